"""Lanes of signals on one time axis: observed, the expected band, episodes with a diamond at the peak, events above.

Names and the values at the cursor stand beside the figure as text of the page; ``layout.meta`` holds what the page's
script needs for them: the samples of each lane, and the figure's geometry on a wide screen and on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any

from app.charts import event_row, lane, lane_words, tokens
from app.charts.lane import Drawn, ms
from app.charts.lanes import NARROW, WIDE, Geometry, axis_name, axis_ref
from app.charts.ticks import time_ticks
from app.usecases.incident_view import EventMark, Span
from app.usecases.service_lane import ChartLane

Figure = dict[str, Any]
_END_FREE = 0.03
_PX_PER_TICK, _LEAST_TICKS, _MOST_TICKS = 45, 4, 9


def figure(
    lanes: Sequence[ChartLane],
    events: Sequence[EventMark],
    span: Span,
    zone: tzinfo = UTC,
    *,
    wide: Geometry = WIDE,
    narrow: Geometry = NARROW,
) -> Figure:
    """A plotly figure as plain data; nothing outside ``span`` is drawn."""
    drawn = [Drawn.of(one, i, span) for i, one in enumerate(lanes)]
    found = event_row.clusters(events, span, wide.plot_width)
    row = axis_ref(len(lanes))
    layout = _layout(drawn, found, span, zone, wide)
    labels = [_annotations(drawn, found, span, zone, geometry) for geometry in (wide, narrow)]
    layout["annotations"] = labels[0]
    layout["meta"] = {
        "start": span.start.timestamp(),
        "end": span.end.timestamp(),
        "zone": str(zone),
        "wide": wide.relayout(len(lanes), labels[0]),
        "narrow": narrow.relayout(len(lanes), labels[1]),
        "lanes": [lane_words.samples(d) for d in drawn],
    }
    traces = [trace for d in drawn for trace in lane.traces(d)]
    return {"data": [*traces, event_row.signs(found, row)], "layout": layout}


def _layout(
    drawn: Sequence[Drawn], found: Sequence[event_row.Cluster], span: Span, zone: tzinfo, wide: Geometry
) -> dict[str, Any]:
    count = len(drawn)
    top = wide.events_domain(count)
    layout: dict[str, Any] = {"template": tokens.template(), "height": wide.height(count), "margin": wide.margin()}
    layout["hovermode"] = False
    layout["xaxis"] = time_axis(span, zone, wide)
    for d, domain in zip(drawn, wide.domains(count), strict=True):
        layout[axis_name(d.i)] = lane.axis(d, domain)
    hidden = {"visible": False, "fixedrange": True, "range": [0, 1]}
    layout[axis_name(count)] = {**hidden, "domain": list(top), "anchor": "x"}
    layout["shapes"] = [shape for d in drawn for shape in lane.shapes(d)] + event_row.rules(found, sum(top) / 2 - 0.01)
    return layout


def time_axis(span: Span, zone: tzinfo, wide: Geometry) -> dict[str, Any]:
    """The one time axis of a figure, with round local times."""
    most = min(max(wide.plot_width // _PX_PER_TICK, _LEAST_TICKS), _MOST_TICKS)
    last = span.end - (span.end - span.start) * _END_FREE  # the right gutter has words of its own
    ticks = [tick for tick in time_ticks(span.start, span.end, zone, most=most) if tick.at <= last]
    at = {"tickvals": [ms(tick.at) for tick in ticks], "ticktext": [tick.text for tick in ticks]}
    place = {"anchor": "free", "position": 0, "ticklabelstandoff": wide.bottom // 2 - 10}
    return {"range": [ms(span.start), ms(span.end)], "tickmode": "array", **at, **place}


def _annotations(
    drawn: Sequence[Drawn], found: Sequence[event_row.Cluster], span: Span, zone: tzinfo, geometry: Geometry
) -> list[dict[str, Any]]:
    row = axis_ref(len(drawn))
    beside = [label for d in drawn for label in lane_words.labels(d)]
    if geometry.end_labels:
        beside += [label for d in drawn for label in lane_words.end_labels(d, geometry.lane)]
    return beside + event_row.labels(found, span, zone, geometry.plot_width, row)
