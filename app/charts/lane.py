"""One lane: its traces, shapes, labels and value axis."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from app import format
from app.charts import event_row, tokens
from app.charts.lanes import axis_ref
from app.charts.thin import Floats, Ints, breaks, keep, segments, stretches
from app.charts.values import packed, round_ticks, value_range
from app.usecases.incident_view import Span
from app.usecases.service_lane import ChartLane, LaneEpisode, seconds

_QUIET = {"hoverinfo": "skip"}
_NEAR_END = 0.82
_SHORT = 0.15
_LABEL_SHARE = 0.09  # of the width: what a peak and its label take
_LONG_MEASURE, _CLOSE_PX = 9, 26
_NO_TENTHS = re.compile(r"\.0(?=\D|$)")


def ms(at: datetime) -> float:
    """Milliseconds since the epoch: what a plotly date axis takes as a number."""
    return at.timestamp() * 1000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lane cut to ``span`` and thinned; ``i`` counts lanes from above."""

    lane: ChartLane
    i: int
    span: Span
    seconds: Floats
    segment: Ints
    value: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, lane: ChartLane, i: int, span: Span) -> Drawn:
        """Cut and thin ``lane``."""
        at = seconds(lane.ts)
        inside = np.flatnonzero((at >= span.start.timestamp()) & (at < span.end.timestamp()))
        kept = keep(lane.value[inside])
        chosen, segment = inside[kept], segments(at[inside])[kept]
        return cls(lane, i, span, at[chosen], segment, lane.value[chosen], lane.lower[chosen], lane.upper[chosen])

    @property
    def episodes(self) -> tuple[LaneEpisode, ...]:
        """Those that touch the span."""
        return tuple(e for e in self.lane.episodes if e.start < self.span.end and e.end > self.span.start)

    @property
    def color(self) -> str:
        """Of the line: the side's, or grey."""
        return tokens.MUTED if self.lane.quiet else tokens.SIDE[self.lane.side]

    @property
    def range(self) -> tuple[float, float]:
        """Of the value axis; the limit and the band's rare extremes must not flatten the values."""
        lower, upper = usual(self.lower, 0.02), usual(self.upper, 0.98)
        low, high = value_range(self.value, lower, upper)
        limit = self.lane.limit
        near = limit is not None and low - (high - low) <= limit <= high + (high - low)
        return value_range(self.value, lower, upper, limit=limit if near else None)


def usual(edge: Floats, share: float) -> Floats:
    """The ends of one edge of a band without its rarest samples: a nearly empty last bucket expects anything."""
    known = edge[np.isfinite(edge)]
    return np.quantile(known, [min(share, 1 - share), max(share, 1 - share)]) if known.size else known


def axis(drawn: Drawn, domain: tuple[float, float]) -> dict[str, Any]:
    """The value axis: two or three round numbers, never dragged."""
    low, high = drawn.range
    level = _level(drawn)
    at = round_ticks(low, high) if level is None else [level]
    text = tick_words(at, drawn.lane.unit)
    given = {"range": [low, high], "tickvals": at, "ticktext": text, "domain": list(domain)}
    return {**given, "tickmode": "array", "fixedrange": True, "anchor": "x", "gridwidth": 1}


def _level(drawn: Drawn) -> float | None:
    """The only value of a flat lane, which needs no scale."""
    finite = np.concatenate([c[np.isfinite(c)] for c in (drawn.value, drawn.lower, drawn.upper)])
    return float(finite[0]) if finite.size and np.ptp(finite) == 0 else None


def tick_words(ticks: Sequence[float], unit: str) -> list[str]:
    """Round numbers without the digits that they all lack: 4 %, not 4.0 %."""
    words = [format.value(tick, unit) for tick in ticks]
    return (
        [_NO_TENTHS.sub("", word) for word in words]
        if all("." not in w or _NO_TENTHS.search(w) for w in words)
        else words
    )


def traces(drawn: Drawn) -> list[dict[str, Any]]:
    """Band, line, peaks: in this order from below."""
    return [_band(drawn), _line(drawn), *([_peaks(drawn)] if drawn.lane.peaks else [])]


def _band(drawn: Drawn) -> dict[str, Any]:
    """One closed outline per unbroken stretch, so that no band spans a gap."""
    x: list[Floats] = []
    y: list[Floats] = []
    end = np.array([np.nan])
    for part in stretches(drawn.segment, drawn.lower + drawn.upper):
        x += [drawn.seconds[part], drawn.seconds[part][::-1], end]
        y += [drawn.upper[part], drawn.lower[part][::-1], end]
    return {
        **_QUIET,
        "type": "scatter",
        "mode": "lines",
        "x": packed(np.concatenate(x) * 1000) if x else [],
        "y": packed(np.concatenate(y)) if y else [],
        "yaxis": axis_ref(drawn.i),
        "fill": "toself",
        "fillcolor": tokens.BAND,
        "line": {"width": 0, "color": tokens.BAND},
    }


def _line(drawn: Drawn) -> dict[str, Any]:
    at = breaks(drawn.segment)
    x = np.insert(drawn.seconds, at, drawn.seconds[at])
    return {
        **_QUIET,
        "type": "scatter",
        "mode": "lines",
        "name": f"{drawn.lane.name}, {drawn.lane.measure}",
        "x": packed(x * 1000),
        "y": packed(np.insert(drawn.value, at, np.nan)),
        "yaxis": axis_ref(drawn.i),
        "connectgaps": False,
        "line": {"width": 1.5, "color": drawn.color},
    }


def _peaks(drawn: Drawn) -> dict[str, Any]:
    found = drawn.episodes
    return {
        **_QUIET,
        "type": "scatter",
        "mode": "markers",
        "x": [ms(e.peak_at) for e in found],
        "y": [e.peak for e in found],
        "yaxis": axis_ref(drawn.i),
        "cliponaxis": False,
        "marker": {
            "symbol": "diamond",
            "size": 11,
            "opacity": 1,
            "color": tokens.SURFACE,
            "line": {"width": 1.8, "color": [tokens.STATE[e.state] for e in found]},
        },
    }


def shapes(drawn: Drawn) -> list[dict[str, Any]]:
    """The shaded span of each episode, and the limit as a dashed line."""
    return [_shade(drawn, episode) for episode in drawn.episodes] + _limit_line(drawn)


def _shade(drawn: Drawn, episode: LaneEpisode) -> dict[str, Any]:
    x0, x1 = max(episode.start, drawn.span.start), min(episode.end, drawn.span.end)
    box = {"x0": ms(x0), "x1": ms(x1), "xref": "x", "y0": 0, "y1": 1, "yref": f"{axis_ref(drawn.i)} domain"}
    look = {"fillcolor": tokens.STATE[episode.state], "opacity": 0.16, "line": {"width": 0}, "layer": "below"}
    return {"type": "rect", **box, **look}


def _limit_shown(drawn: Drawn) -> bool:
    low, high = drawn.range
    return drawn.lane.limit is not None and low <= drawn.lane.limit <= high


def _limit_line(drawn: Drawn) -> list[dict[str, Any]]:
    if not _limit_shown(drawn):
        return []
    y = {"y0": drawn.lane.limit, "y1": drawn.lane.limit, "yref": axis_ref(drawn.i)}
    pen = {"color": tokens.DEGRADED, "width": 1.2, "dash": "dash"}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, **y, "line": pen, "layer": "above"}]


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
    if not _limit_shown(drawn):
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
