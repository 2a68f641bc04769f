"""What stands in words in the figure of a model: titles, the worst, what is expected, names of features."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo
from typing import Any

import numpy as np

from app import format
from app.charts import event_row, tokens
from app.charts.lane import ms
from app.charts.lanes import Geometry, axis_ref
from app.charts.model_scale import COLORS, metric_range, middle, named
from app.usecases.incident_view import Span
from app.usecases.model_view import InputLane, PerformanceSeries

WORST_FREE = 0.86


def texts(
    performance: PerformanceSeries | None,
    fed: InputLane | None,
    found: Sequence[event_row.Cluster],
    span: Span,
    zone: tzinfo,
    geometry: Geometry,
) -> list[dict[str, Any]]:
    """All texts of the figure; what stands beside the lanes needs a gutter."""
    made = event_row.labels(found, span, zone, geometry.plot_width, axis_ref(2))
    if performance is not None:
        made += [_title(0, f"{performance.metric}, 95 % interval"), *_worst_label(performance, span, zone)]
        made += _left_out_label(performance)
        made += _beside(performance) if geometry.right > 100 else []
    if fed is not None:
        made.append(_title(1, fed.measure))
        made += _limit_label(fed)
        made += _names(fed) if geometry.right > 100 else []
    return made


def _limit_label(fed: InputLane) -> list[dict[str, Any]]:
    if fed.limit is None:
        return []
    return [_text(0, fed.limit, 1, f"limit {fed.limit:.2f}", tokens.DEGRADED, xshift=4, yanchor="bottom")]


def _text(x: float, y: float, lane: int, text: str, color: str, **place: Any) -> dict[str, Any]:
    given = {"x": x, "xref": "paper", "xanchor": "left", "y": y, "yref": axis_ref(lane), "yanchor": "middle"}
    return {**given, "text": text, "showarrow": False, "font": {"size": 11, "color": color}, "borderpad": 0, **place}


def _title(lane: int, words: str) -> dict[str, Any]:
    up = {"yref": f"{axis_ref(lane)} domain", "yanchor": "bottom", "yshift": 3}
    return _text(0, 1, lane, event_row.plain(words), tokens.MUTED, **up)


def _worst_label(one: PerformanceSeries, span: Span, zone: tzinfo) -> list[dict[str, Any]]:
    if one.worst_at is None:
        return []
    late = (one.worst_at - span.start) / (span.end - span.start) > WORST_FREE
    long = span.end - span.start > timedelta(days=2)
    when = format.day(one.worst_at, zone) if long else format.clock(one.worst_at, zone)
    place = {"xref": "x", "xanchor": "right" if late else "left", "xshift": -10 if late else 10}
    look = {"bgcolor": tokens.rgba(tokens.SURFACE, 0.7)}
    words = f"<b>{format.value(one.worst)} at {when}</b>"
    return [_text(ms(one.worst_at) + one.bucket_s * 500, one.worst, 0, words, tokens.TEXT, **place, **look)]


def _left_out_label(one: PerformanceSeries) -> list[dict[str, Any]]:
    known = np.flatnonzero(np.isfinite(one.left_out))
    if not len(known):
        return []
    at = known[len(known) // 2]
    value = float(np.nanmedian(one.left_out))
    words = f"<b>outage left out: {format.value(value)}</b>"
    place = {
        "xref": "x",
        "xanchor": "center",
        "yanchor": "top",
        "yshift": -8,
        "bgcolor": tokens.rgba(tokens.SURFACE, 0.8),
    }
    return [_text(float(middle(one)[at]), float(one.left_out[at]), 0, words, tokens.TEXT, **place)]


def _beside(one: PerformanceSeries) -> list[dict[str, Any]]:
    low, high = metric_range(one)
    made = []
    if np.isfinite(one.lower + one.upper):
        made.append(_text(1, (one.lower + one.upper) / 2, 0, "grey: expected", tokens.MUTED, xshift=4))
    if np.isfinite(one.estimate).any():
        last = float(one.estimate[np.isfinite(one.estimate)][-1])
        close = abs(last - (one.lower + one.upper) / 2) < 0.06 * (high - low)
        shift = {"yshift": -14} if close else {}
        made.append(_text(1, last, 0, "<b>estimate</b>", tokens.MODEL, xshift=4, **shift))
    counted = f"labels per {format.duration(one.bucket_s)}"
    return [*made, _text(1, low, 0, counted, tokens.MUTED, xshift=4, yanchor="bottom")]


def _names(fed: InputLane) -> list[dict[str, Any]]:
    """The marked lines by name in their colours, below each other; how many others there are."""
    shown = named(fed)
    lines = [(event_row.plain(_short(one.name)), color) for one, color in zip(shown, COLORS, strict=False)]
    more = sum(one.marked for one in fed.lines) - len(shown)
    calm = len(fed.lines) - len(shown) - more
    rest = [f"{more} more drifted" if more else "", format.count(calm, "other") if calm else ""]
    lines += [(words, tokens.MUTED) for words in rest if words]
    place = {"yref": f"{axis_ref(1)} domain", "yanchor": "top", "xshift": 4}
    return [
        _text(1, 1, 1, f"<b>{words}</b>" if color != tokens.MUTED else words, color, **place, yshift=-15 * i)
        for i, (words, color) in enumerate(lines)
    ]


def _short(name: str) -> str:
    return name if len(name) <= 18 else name[:17] + "…"
