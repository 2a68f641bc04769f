"""One lane: its traces, shapes and value axis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from app import format
from app.charts import tokens
from app.charts.lanes import axis_ref
from app.charts.thin import Floats, Ints, breaks, keep, segments, stretches
from app.charts.values import packed, round_ticks, value_range
from app.usecases.incident_view import Span
from app.usecases.service_lane import ChartLane, Ghost, LaneEpisode, seconds

_QUIET = {"hoverinfo": "skip"}
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
        before = self.lane.ghost.value if self.lane.ghost else np.array([])
        low, high = value_range(self.value, lower, upper, before)
        limit = self.lane.limit
        near = (limit is not None and low - (high - low) <= limit <= high + (high - low)) or self.lane.limit_in_sight
        return value_range(self.value, lower, upper, before, limit=limit if near else None)


def usual(edge: Floats, share: float) -> Floats:
    """The ends of one edge of a band without its rarest samples: a nearly empty last bucket expects anything."""
    known = edge[np.isfinite(edge)]
    return np.quantile(known, [min(share, 1 - share), max(share, 1 - share)]) if known.size else known


def axis(drawn: Drawn, domain: tuple[float, float]) -> dict[str, Any]:
    """The value axis: two or three round numbers, never dragged."""
    low, high = drawn.range
    level = _level(drawn)
    at = _ticks(low, high, drawn.lane.unit) if level is None else [level]
    text = tick_words(at, drawn.lane.unit)
    given = {"range": [low, high], "tickvals": at, "ticktext": text, "domain": list(domain)}
    return {**given, "tickmode": "array", "fixedrange": True, "anchor": "x", "gridwidth": 1}


def _ticks(low: float, high: float, unit: str) -> list[float]:
    """Round numbers; of what is up or down these two alone."""
    return [end for end in (0.0, 1.0) if low <= end <= high] if unit == "bool" else round_ticks(low, high)


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
    """Band, the period before, line, peaks: in this order from below."""
    before = [ghost(drawn.lane.ghost, drawn.i)] if drawn.lane.ghost else []
    return [_band(drawn), *before, _line(drawn), *([_peaks(drawn)] if drawn.lane.peaks else [])]


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


def ghost(one: Ghost, i: int) -> dict[str, Any]:
    """The period before as a thin grey line in lane ``i``."""
    at = seconds(one.ts)
    kept = keep(one.value)
    gaps = breaks(segments(at)[kept])
    x, y = at[kept], one.value[kept]
    return {
        **_QUIET,
        "type": "scatter",
        "mode": "lines",
        "name": "the period before",
        "x": packed(np.insert(x, gaps, x[gaps]) * 1000),
        "y": packed(np.insert(y, gaps, np.nan)),
        "yaxis": axis_ref(i),
        "connectgaps": False,
        "opacity": 0.75,
        "line": {"width": 1, "color": tokens.MUTED},
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


def limit_shown(drawn: Drawn) -> bool:
    """Whether the limit lies where the values are."""
    low, high = drawn.range
    return drawn.lane.limit is not None and low <= drawn.lane.limit <= high


def _limit_line(drawn: Drawn) -> list[dict[str, Any]]:
    if not limit_shown(drawn):
        return []
    y = {"y0": drawn.lane.limit, "y1": drawn.lane.limit, "yref": axis_ref(drawn.i)}
    pen = {"color": tokens.DEGRADED, "width": 1.2, "dash": "dash"}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, **y, "line": pen, "layer": "above"}]
