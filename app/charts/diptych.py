"""The diptych: services above the hinge, models below, the lanes of an incident in one plotly figure on one time axis.

What moves (cursor, badges, thread, hinge) is drawn over it in the browser by ``assets/diptych*.js`` from the payload of
``app.charts.diptych_payload``; each trace says in ``meta`` which lane and which part of it it draws.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from app.charts import tokens
from app.charts.diptych_geometry import BARS_GAP_PX, BARS_PX, WIDE, Geometry, Row, measure
from app.charts.diptych_samples import Samples, milliseconds, numbers, reach, ring, thinned
from app.usecases.incident_view import IncidentView, Lane, PerformanceFrame, PerformanceLane

LINE_PX: Final = 1.6
PERFORMANCE_WIDTHS: Final = 1.5
Figure = dict[str, Any]
#: Nothing of plotly's own answers to the pointer: the cursor, the zoom and the keys are ours.
CONFIG: Final[dict[str, Any]] = {"staticPlot": True, "displayModeBar": False, "responsive": False}


def figure(view: IncidentView) -> Figure:
    """The figure in hindsight, quiet lanes folded, zoomed on the incident; data and layout as plotly takes them."""
    opened = measure(view, WIDE, folded=False)
    shown = {row.key: row for row in measure(view, WIDE, folded=True).rows}
    axes = {key: f"y{i + 1}" if i else "y" for i, key in enumerate(row.key for row in opened.rows)}
    traces = [*_lane_traces(view, axes), *_performance_traces(view, axes)]
    for trace in traces:
        trace["visible"] = trace["meta"]["lane"] in shown
    traces.append(_grid_holder(view))
    return {"data": traces, "layout": _layout(view, axes, shown)}


def _lane_traces(view: IncidentView, axes: dict[str, str]) -> list[dict[str, Any]]:
    return [trace for lane in view.lanes for trace in _of_lane(lane, thinned(view, lane), axes[lane.key])]


def _of_lane(lane: Lane, own: Samples, axis: str) -> list[dict[str, Any]]:
    if lane.kind == "strip":
        return _strip(lane, own, axis)
    outline = ring(own.ts, own.lower, own.upper) if has_band(lane) else {}
    band = _area(lane.key, "band", axis, tokens.BAND) | {"fill": "toself"} | outline
    line = _scatter(lane.key, "value", axis) | {"x": own.ts, "y": own.value}
    line["line"] = {"color": tokens.SIDE[lane.side], "width": LINE_PX}
    return [band, *_limit(lane, own, axis), line]


def has_band(lane: Lane) -> bool:
    """A drift that has a limit is judged by it alone."""
    return lane.kind != "drift" or lane.limit is None


def _strip(lane: Lane, own: Samples, axis: str) -> list[dict[str, Any]]:
    """The state as blocks: what was reported, and over it where it was bad."""
    there = [None if x is None else 1 for x in own.value]
    bad = [None if x is None else int(is_bad(lane, x)) for x in own.value]
    parts = (("base", tokens.BAND, there), ("bad", tokens.CRITICAL, bad))
    return [_area(lane.key, part, axis, color, "hv") | {"x": own.ts, "y": y} for part, color, y in parts]


def is_bad(lane: Lane, value: float) -> bool:
    """Whether a strip's state is the bad one; 1 is good unless up is bad."""
    return value >= 0.5 if lane.bad_direction == "up" else value < 0.5


def _limit(lane: Lane, own: Samples, axis: str) -> list[dict[str, Any]]:
    if lane.limit is None or not own.ts:
        return []
    line = {"color": tokens.DEGRADED, "width": 1, "dash": "5px,3px"}
    ends = {"x": [own.ts[0], own.ts[-1]], "y": [lane.limit, lane.limit]}
    return [_scatter(lane.key, "limit", axis) | {"line": line, "opacity": 0.75} | ends]


def _performance_traces(view: IncidentView, axes: dict[str, str]) -> list[dict[str, Any]]:
    return [trace for lane in view.performance for trace in _of_performance(lane, axes[lane.key])]


def _of_performance(lane: PerformanceLane, axis: str) -> list[dict[str, Any]]:
    starts = milliseconds(lane.bucket_start)
    middles = (starts + round(lane.bucket_s * 500)).tolist()
    last = _hindsight(lane)
    edges = [int(starts[0]), int(starts[-1] + lane.bucket_s * 1000)] if middles else []
    band = ring(edges, [lane.lower] * len(edges), [lane.upper] * len(edges)) if np.isfinite(lane.lower) else {}
    pen = {"color": tokens.MODEL, "width": LINE_PX}
    return [
        _area(lane.key, "band", axis, tokens.BAND) | {"fill": "toself"} | band,
        _bars(lane, "predicted", axis, tokens.BAND, 1.0) | {"x": middles, "y": numbers(last.predicted)},
        _bars(lane, "labelled", axis, tokens.MUTED, 0.4) | {"x": middles, "y": numbers(last.labelled)},
        _scatter(lane.key, "estimate", axis)
        | {"line": pen | {"dash": "4px,3px"}, "x": middles, "y": numbers(last.estimate)},
        _scatter(lane.key, "value", axis) | {"line": pen, "x": middles, "y": numbers(last.value)},
    ]


def _hindsight(lane: PerformanceLane) -> PerformanceFrame:
    """The last frame, or one of nothing where none ever came."""
    if lane.frames:
        return lane.frames[-1]
    nothing, none = np.full(len(lane.bucket_start), np.nan), np.zeros(len(lane.bucket_start))
    return PerformanceFrame(datetime.min.replace(tzinfo=UTC), nothing, nothing, none, none)


def _scatter(lane: str, part: str, axis: str) -> dict[str, Any]:
    own = {"type": "scatter", "mode": "lines", "xaxis": "x", "yaxis": axis, "hoverinfo": "skip", "connectgaps": False}
    return own | {"meta": {"lane": lane, "part": part}, "x": [], "y": []}


def _area(lane: str, part: str, axis: str, color: str, shape: str = "linear") -> dict[str, Any]:
    pen = {"width": 0, "shape": shape, "color": color}
    return _scatter(lane, part, axis) | {"fill": "tozeroy", "fillcolor": color, "line": pen}


def _bars(lane: PerformanceLane, part: str, axis: str, color: str, opacity: float) -> dict[str, Any]:
    """Counts hang on an axis of their own at the foot of the lane."""
    own = {"type": "bar", "xaxis": "x", "yaxis": bar_axis(axis), "hoverinfo": "skip", "opacity": opacity}
    drawn = {"marker": {"color": color, "line": {"width": 0}}, "width": round(lane.bucket_s * 930)}
    return own | drawn | {"meta": {"lane": lane.key, "part": part}, "x": [], "y": []}


def bar_axis(axis: str) -> str:
    """The axis of a lane's counts: ``y103`` for ``y3``."""
    return f"y{int(axis[1:] or 1) + 100}"


def _grid_holder(view: IncidentView) -> dict[str, Any]:
    """The lane of events draws nothing here, but shows the grid of the axis like all others."""
    at = round(view.zoom_incident.start.timestamp() * 1000)
    return _scatter("events", "grid", "y") | {"x": [at], "y": [None]}


def _layout(view: IncidentView, axes: dict[str, str], shown: dict[str, Row]) -> dict[str, Any]:
    geometry = measure(view, WIDE, folded=True)
    look = tokens.template()["layout"]
    margin = {"l": WIDE.left, "r": WIDE.right, "t": 0, "b": 0, "pad": 0}
    paper = {key: look[key] for key in ("font", "paper_bgcolor", "plot_bgcolor", "showlegend")}
    own = {"height": geometry.height, "margin": margin, "barmode": "overlay", "dragmode": False, "hovermode": False}
    return {**paper, **own, "xaxis": _time_axis(view), **_value_axes(view, axes, shown, geometry)}


def _time_axis(view: IncidentView) -> dict[str, Any]:
    ends = [round(at.timestamp() * 1000) for at in (view.zoom_incident.start, view.zoom_incident.end)]
    quiet = {"showticklabels": False, "ticks": "", "zeroline": False, "showline": False, "fixedrange": True}
    return {"type": "date", "range": ends, "gridcolor": tokens.LINE, "anchor": "free", "position": 0, **quiet}


def _value_axes(view: IncidentView, axes: dict[str, str], shown: dict[str, Row], size: Geometry) -> dict[str, Any]:
    ranges = _ranges(view)
    made: dict[str, Any] = {}
    for key, axis in axes.items():
        row = shown.get(key)
        counts = row is not None and row.kind == "performance"
        height = (row.height - (BARS_PX + BARS_GAP_PX if counts else 0)) if row else 1
        domain = size.domain(row.top, height) if row else (0.0, 0.001)
        made[_layout_name(axis)] = _value_axis(domain, ranges[key])
        if row and counts:
            foot = size.domain(row.top + row.height - BARS_PX, BARS_PX)
            made[_layout_name(bar_axis(axis))] = _value_axis(foot, _count_range(view, key))
    return made


def _layout_name(axis: str) -> str:
    return f"yaxis{axis[1:]}"


def _value_axis(domain: tuple[float, float], ends: tuple[float, float]) -> dict[str, Any]:
    return {"domain": list(domain), "range": list(ends), "visible": False, "fixedrange": True, "anchor": "x"}


def _ranges(view: IncidentView) -> dict[str, tuple[float, float]]:
    found = {"events": (0.0, 1.0)} | {lane.key: lane_range(lane, thinned(view, lane)) for lane in view.lanes}
    return found | {lane.key: _performance_range(lane) for lane in view.performance}


def lane_range(lane: Lane, own: Samples) -> tuple[float, float]:
    """The least and greatest value a lane shows in hindsight."""
    if lane.kind == "strip":
        return (0.0, 1.0)
    return reach(own.value, own.lower, own.upper, lane.limit, room_below(lane.bad_direction))


def room_below(bad_direction: str) -> float:
    """Share of the spare room under the line: most of it where a bad value would go."""
    return 0.8 if bad_direction == "down" else 0.2


def _performance_range(lane: PerformanceLane) -> tuple[float, float]:
    last = _hindsight(lane)
    edges = [None if np.isnan(x) else float(x) for x in (lane.lower, lane.upper)]
    return reach([*numbers(last.value), *numbers(last.estimate)], edges[:1], edges[1:], None, 0.8, PERFORMANCE_WIDTHS)


def _count_range(view: IncidentView, key: str) -> tuple[float, float]:
    counts = [f.predicted for lane in view.performance if lane.key == key for f in lane.frames[-1:]]
    return (0.0, max((float(np.nanmax(c)) for c in counts if c.size), default=1.0) or 1.0)
