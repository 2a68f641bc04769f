"""A model's metric over what it was fed, on one time axis: the figure of the pages Model and Models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any

import numpy as np

from app import format
from app.charts import event_row, tokens
from app.charts.lane import ghost, ms, tick_words
from app.charts.lane_words import band_words
from app.charts.lanes import MODEL, MODEL_NARROW, Geometry, axis_name, axis_ref
from app.charts.model_scale import COLORS, FOOT, input_range, metric_range, middle, named
from app.charts.model_words import texts
from app.charts.signals import time_axis
from app.charts.thin import Floats, stretches
from app.charts.values import packed, round_ticks
from app.usecases.incident_view import EventMark, Span
from app.usecases.model_view import InputLane, PerformanceSeries
from app.usecases.service_lane import seconds

Figure = dict[str, Any]
QUIET = {"hoverinfo": "skip"}


def figure(
    performance: PerformanceSeries | None,
    fed: InputLane | None,
    events: Sequence[EventMark],
    shaded: Sequence[tuple[Span, str]],
    span: Span,
    zone: tzinfo = UTC,
    wide: Geometry = MODEL,
    narrow: Geometry = MODEL_NARROW,
) -> Figure:
    """A plotly figure as plain data: the metric over what the model was fed.

    ``shaded`` are spans with the state that colours them."""
    found = event_row.clusters(events, span, wide.plot_width)
    made = [texts(performance, fed, found, span, zone, g) for g in (wide, narrow)]
    layout = _layout(performance, fed, found, shaded, span, zone, wide)
    layout["annotations"] = made[0]
    layout["meta"] = {
        "start": span.start.timestamp(),
        "end": span.end.timestamp(),
        "zone": str(zone),
        "wide": wide.relayout(2, made[0]),
        "narrow": narrow.relayout(2, made[1]),
        "lanes": [_samples(performance, span)] if performance else [],
    }
    traces = [*(_performance(performance) if performance else []), *(_inputs(fed) if fed else [])]
    return {"data": [*traces, event_row.signs(found, axis_ref(2))], "layout": layout}


def _layout(
    performance: PerformanceSeries | None,
    fed: InputLane | None,
    found: Sequence[event_row.Cluster],
    shaded: Sequence[tuple[Span, str]],
    span: Span,
    zone: tzinfo,
    wide: Geometry,
) -> dict[str, Any]:
    layout: dict[str, Any] = {"template": tokens.template(), "height": wide.height(2), "margin": wide.margin()}
    layout |= {"hovermode": False, "bargap": 0, "xaxis": time_axis(span, zone, wide)}
    ranges = (metric_range(performance), input_range(fed))
    for i, (ends, domain) in enumerate(zip(ranges, wide.domains(2), strict=True)):
        layout[axis_name(i)] = _axis(
            ends, domain, fed.unit if fed and i else "", shown=(performance, fed)[i] is not None
        )
    hidden = {"visible": False, "fixedrange": True, "range": [0, 1]}
    layout[axis_name(2)] = {**hidden, "domain": list(wide.events_domain(2)), "anchor": "x"}
    top = sum(wide.events_domain(2)) / 2 - 0.01
    shapes = [
        *_expected(performance),
        *(shape for one in shaded for shape in _shade(*one, span)),
        *_limit(fed),
    ]
    layout["shapes"] = shapes + event_row.rules(found, top)
    return layout


def _axis(ends: tuple[float, float], domain: tuple[float, float], unit: str, shown: bool) -> dict[str, Any]:
    low, high = ends
    at = [tick for tick in round_ticks(low, high, 4) if tick >= low + FOOT * (high - low) / 2]
    words = {"tickvals": at, "ticktext": tick_words(at, unit), "tickmode": "array"}
    given = {"range": [low, high], "domain": list(domain), "fixedrange": True, "anchor": "x", "gridwidth": 1}
    return {**given, **words, "visible": shown}


def _performance(one: PerformanceSeries) -> list[dict[str, Any]]:
    at = middle(one)
    lines = [
        _line(at, one.value, tokens.MODEL, 1.6),
        _line(at, _joined(one), tokens.MODEL, 1.6, "4px,3px"),
        _line(at, one.left_out, tokens.TEXT, 1.5, "1.5px,3px"),
    ]
    before = [ghost(one.ghost, 0)] if one.ghost else []
    return [_counts(one, at), _band(one, at), *before, *lines, *_worst(one)]


def _line(at: Floats, y: Floats, color: str, width: float, dash: str = "solid", lane: int = 0) -> dict[str, Any]:
    pen = {"width": width, "color": color, "dash": dash}
    place = {"x": packed(at), "y": packed(y), "yaxis": axis_ref(lane), "connectgaps": False}
    return {**QUIET, "type": "scatter", "mode": "lines", **place, "line": pen}


def _joined(one: PerformanceSeries) -> Floats:
    """The estimate from the last known value on, so that the dashed line goes on from the drawn one."""
    y = one.estimate.copy()
    before = np.flatnonzero(np.isfinite(one.estimate[1:]) & np.isfinite(one.value[:-1]))
    y[before] = one.value[before]
    return y


def _counts(one: PerformanceSeries, at: Floats) -> dict[str, Any]:
    low, high = metric_range(one)
    most = max(float(one.labelled.max(initial=0)), 1.0)
    bars = one.labelled / most * (high - low) * FOOT * 0.6
    place = {"x": packed(at), "y": packed(bars), "base": low, "width": one.bucket_s * 850, "yaxis": axis_ref(0)}
    return {**QUIET, "type": "bar", **place, "marker": {"color": tokens.MUTED, "opacity": 0.32, "line": {"width": 0}}}


def _band(one: PerformanceSeries, at: Floats) -> dict[str, Any]:
    """The 95 % interval, one closed outline per unbroken stretch."""
    x: list[Floats] = []
    y: list[Floats] = []
    end = np.array([np.nan])
    for part in stretches(np.zeros(len(at), np.int64), one.low + one.high):
        x += [at[part], at[part][::-1], end]
        y += [one.high[part], one.low[part][::-1], end]
    given = {"x": packed(np.concatenate(x)) if x else [], "y": packed(np.concatenate(y)) if y else []}
    look = {"fill": "toself", "fillcolor": tokens.rgba(tokens.MODEL, 0.15), "line": {"width": 0}}
    return {**QUIET, "type": "scatter", "mode": "lines", **given, **look, "yaxis": axis_ref(0)}


def _worst(one: PerformanceSeries) -> list[dict[str, Any]]:
    if one.worst_at is None:
        return []
    x = ms(one.worst_at) + one.bucket_s * 500
    pen = {"width": 1.8, "color": tokens.CRITICAL}
    marker = {"symbol": "diamond", "size": 11, "opacity": 1, "color": tokens.SURFACE, "line": pen}
    place = {"x": [x], "y": [one.worst], "yaxis": axis_ref(0), "cliponaxis": False}
    return [{**QUIET, "type": "scatter", "mode": "markers", **place, "marker": marker}]


def _inputs(fed: InputLane) -> list[dict[str, Any]]:
    """The first marked lines in colours of their own, all others as one grey trace."""
    shown = named(fed)
    rest = [one for one in fed.lines if one not in shown]
    found = []
    if rest:
        x = np.concatenate([np.append(seconds(one.ts) * 1000, np.nan) for one in rest])
        y = np.concatenate([np.append(one.value, np.nan) for one in rest])
        found.append({**_line(x, y, tokens.MUTED, 1, lane=1), "opacity": 0.55})
    pairs = list(zip(shown, COLORS, strict=False))
    return found + [_line(seconds(one.ts) * 1000, one.value, color, 1.5, lane=1) for one, color in reversed(pairs)]


def _expected(one: PerformanceSeries | None) -> list[dict[str, Any]]:
    if one is None or not np.isfinite(one.lower + one.upper):
        return []
    box = {"xref": "paper", "x0": 0, "x1": 1, "yref": axis_ref(0), "y0": one.lower, "y1": one.upper}
    return [{"type": "rect", **box, "fillcolor": tokens.BAND, "opacity": 0.75, "line": {"width": 0}, "layer": "below"}]


def _shade(found: Span, state: str, span: Span) -> list[dict[str, Any]]:
    x0, x1 = max(found.start, span.start), min(found.end, span.end)
    look = {"fillcolor": tokens.STATE[state], "opacity": 0.11, "line": {"width": 0}, "layer": "below"}
    box = {"type": "rect", "xref": "x", "x0": ms(x0), "x1": ms(x1), "y0": 0, "y1": 1}
    return [{**box, **look, "yref": f"{axis_ref(i)} domain"} for i in (0, 1)]


def _limit(fed: InputLane | None) -> list[dict[str, Any]]:
    if fed is None or fed.limit is None:
        return []
    pen = {"color": tokens.DEGRADED, "width": 1.2, "dash": "dash"}
    place = {"xref": "paper", "x0": 0, "x1": 1, "yref": axis_ref(1), "y0": fed.limit, "y1": fed.limit}
    return [{"type": "line", **place, "line": pen, "layer": "above"}]


def _samples(one: PerformanceSeries, span: Span) -> dict[str, Any]:
    """What the cursor reads: the value of each bucket and its interval, or how many labels are in."""
    at = packed(seconds(one.start) - span.start.timestamp(), "f4")["bdata"]
    shown = np.where(np.isfinite(one.value), one.value, one.estimate)
    return {
        "key": "performance",
        "at": at,
        "value": [format.value(x) for x in shown.tolist()],
        "band": [interval_words(one, i) for i in range(len(shown))],
    }


def interval_words(one: PerformanceSeries, i: int) -> str:
    """``95 %: 0.86 – 0.93``, or how much of the labels is in."""
    if one.waiting[i]:
        share = format.value(float(one.labelled[i] / max(one.predicted[i], 1)), "share")
        return f"{'estimate, ' if np.isfinite(one.estimate[i]) else ''}{share} of labels in"
    words = band_words(float(one.low[i]), float(one.high[i]), "")
    return words.replace("expected", "95\u00a0%:") if words else "no label"
