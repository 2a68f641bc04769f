"""What a lane says in words: its peaks, its limit, the names at its end, and what the cursor reads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app import format
from app.charts import event_row, tokens
from app.charts.lane import Drawn, limit_shown, ms
from app.charts.lanes import axis_ref
from app.charts.values import packed
from app.usecases.service_lane import LaneEpisode

_NEAR_END = 0.75  # in the narrowest figure a label takes a fifth of the width
_SHORT = 0.15
_LABEL_SHARE = 0.09  # of the width: what a peak and its label take
_LONG_MEASURE, _CLOSE_PX = 9, 26


def labels(drawn: Drawn) -> list[dict[str, Any]]:
    """The value of each peak beside its episode, and of the limit over its line."""
    peaks = [_peak_label(drawn, episode) for episode in told_apart(drawn)] if drawn.lane.peaks else []
    return peaks + _limit_label(drawn)


def told_apart(drawn: Drawn) -> tuple[LaneEpisode, ...]:
    """The episodes whose labels do not lie over one another: of close ones the farthest outside speaks."""
    length = (drawn.span.end - drawn.span.start).total_seconds()
    middle = float(np.nanmedian((drawn.lower + drawn.upper) / 2)) if np.isfinite(drawn.lower).any() else 0.0
    chosen: list[LaneEpisode] = []
    for episode in sorted(drawn.episodes, key=lambda e: -abs(e.peak - middle)):
        if all(abs((episode.peak_at - c.peak_at).total_seconds()) >= _LABEL_SHARE * length for c in chosen):
            chosen.append(episode)
    return tuple(sorted(chosen, key=lambda e: e.peak_at))


def _peak_label(drawn: Drawn, episode: LaneEpisode) -> dict[str, Any]:
    """To the right of a short episode, of the diamond in a long one; to the left where the figure ends."""
    length = drawn.span.end - drawn.span.start
    short = (episode.end - episode.start) / length < _SHORT
    left, right = (episode.start, episode.end) if short else (episode.peak_at, episode.peak_at)
    late = (right - drawn.span.start) / length > _NEAR_END
    beside = 4 if short else 10
    place = {"x": ms(left if late else right), "xref": "x", "xanchor": "right" if late else "left"}
    text = f"<b>{format.value(episode.peak, drawn.lane.unit)}</b>"
    height = {"y": episode.peak, "yref": axis_ref(drawn.i), "yanchor": "middle"}
    look = {"font": {"size": 11, "color": tokens.TEXT}, "showarrow": False, "xshift": -beside if late else beside}
    return {**place, **height, **look, "text": text}


def _limit_label(drawn: Drawn) -> list[dict[str, Any]]:
    if not limit_shown(drawn):
        return []
    words = drawn.lane.limit_words or f"limit {format.value(drawn.lane.limit, drawn.lane.unit)}"
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": drawn.lane.limit, "yref": axis_ref(drawn.i)}
    look = {"font": {"size": 11, "color": tokens.DEGRADED}, "showarrow": False, "yanchor": "bottom", "xshift": 4}
    return [{**place, **look, "text": event_row.plain(words), "bgcolor": tokens.rgba(tokens.SURFACE, 0.7)}]


def end_labels(drawn: Drawn, height_px: int) -> list[dict[str, Any]]:
    """The measure and "expected" where line and band end, one above the other where they end together."""
    seen = np.flatnonzero(np.isfinite(drawn.value))
    if not len(seen):
        return []
    value, upper, lower = (float(column[seen[-1]]) for column in (drawn.value, drawn.upper, drawn.lower))
    measure = event_row.plain(drawn.lane.measure)
    words = measure.replace(" ", "<br>") if len(measure) > _LONG_MEASURE else measure
    if not math.isfinite(upper + lower):
        return [_end_label(drawn, value, f"<b>{words}</b>", drawn.color, "middle")]
    middle = (upper + lower) / 2
    low, high = drawn.range
    close = abs(value - middle) / (high - low) * height_px < _CLOSE_PX
    anchors = ("bottom", "top") if close and value >= middle else ("top", "bottom") if close else ("middle", "middle")
    return [
        _end_label(drawn, value, f"<b>{words}</b>", drawn.color, anchors[0]),
        _end_label(drawn, middle, "expected", tokens.MUTED, anchors[1]),
    ]


def _end_label(drawn: Drawn, y: float, text: str, color: str, anchor: str) -> dict[str, Any]:
    place = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 4, "y": y, "yref": axis_ref(drawn.i)}
    look = {"font": {"size": 11, "color": color}, "align": "left", "showarrow": False, "borderpad": 0}
    return {**place, **look, "yanchor": anchor, "text": text}


def samples(drawn: Drawn) -> dict[str, Any]:
    """What the cursor reads: seconds since the start of the span, and finished words of value and band."""
    unit = drawn.lane.unit
    at = packed(drawn.seconds - drawn.span.start.timestamp(), "f4")["bdata"]
    bands = zip(drawn.lower.tolist(), drawn.upper.tolist(), strict=True)
    values = [format.value(v, unit) for v in drawn.value.tolist()]
    return {"key": drawn.lane.key, "at": at, "value": values, "band": [band_words(*band, unit) for band in bands]}


def band_words(lower: float, upper: float, unit: str) -> str:
    """``expected 94 – 142``: the unit stands above it, with the value; empty where nothing can be expected."""
    if not (math.isfinite(lower) and math.isfinite(upper)):
        return ""
    low, high = format.value(lower, unit), format.value(upper, unit)
    if low == high:
        return f"expected {high}"
    (least, _, small), (most, _, large) = low.partition(format.NBSP), high.partition(format.NBSP)
    if least == "0" or small == large:
        low, high = least, most
    return f"expected {low}{format.NBSP}{format.DASH}{format.NBSP}{high}"
