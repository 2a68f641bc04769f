"""A lane's samples as figure and replay take them: thinned, broken at gaps, epoch milliseconds, None for NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.charts.thin import MOST_POINTS, breaks, keep, segments
from app.usecases.incident_view import IncidentView, Lane

MOST_PER_FIGURE = 8_000
FOLDED_SHARE = 0.2
LEAST_PER_LANE = 50
_DIGITS = 6
_PAD = 0.1
CALM_WIDTHS = 4.0
Number = float | None


@dataclass(frozen=True, slots=True)
class Samples:
    """Columns of equal length (m,). A row whose value is None breaks the line; it is known with the sample after it."""

    ts: list[int]
    known: list[int]
    value: list[Number]
    lower: list[Number]
    upper: list[Number]
    lower_known: list[Number]
    upper_known: list[Number]
    thinned: bool = False


def milliseconds(times: np.ndarray) -> np.ndarray:
    """datetime64 (m,) in UTC as epoch milliseconds (m,)."""
    return times.astype("datetime64[ms]").astype(np.int64)


def numbers(values: np.ndarray) -> list[Number]:
    """Six significant digits, and None where JSON knows no number."""
    return [float(f"{x:.{_DIGITS}g}") if np.isfinite(x) else None for x in values.tolist()]


def thinned(view: IncidentView, lane: Lane) -> Samples:
    """The samples of a lane, so that the figure keeps its limit; folded lanes share what the others leave of it."""
    shown = [len(other.ts) for other in view.lanes if not other.quiet]
    each = min(MOST_POINTS, int(MOST_PER_FIGURE * (1 - FOLDED_SHARE) / max(len(shown), 1)))
    if lane.quiet:
        left = MOST_PER_FIGURE - sum(min(each, size) for size in shown)
        each = min(MOST_POINTS, left // max(len(view.lanes) - len(shown), 1))
    return samples(lane, max(each, LEAST_PER_LANE))


def samples(lane: Lane, most: int = MOST_POINTS) -> Samples:
    """``most`` points at most: the least and the greatest of each bucket stay."""
    chosen = keep(lane.value, most)
    stamps = milliseconds(lane.ts)
    ts, known = stamps[chosen], milliseconds(lane.known_at)[chosen]
    gaps = breaks(segments(stamps / 1000.0)[chosen])

    def broken(column: np.ndarray) -> list[Number]:
        return numbers(np.insert(column[chosen].astype(float), gaps, np.nan))

    return Samples(
        ts=np.insert(ts, gaps, (ts[gaps - 1] + ts[gaps]) // 2).tolist(),
        known=np.insert(known, gaps, known[gaps]).tolist(),
        value=broken(lane.value),
        lower=broken(lane.lower),
        upper=broken(lane.upper),
        lower_known=broken(lane.lower_known),
        upper_known=broken(lane.upper_known),
        thinned=len(chosen) < len(lane.value),
    )


def ring(ts: list[int], lower: list[Number], upper: list[Number]) -> dict[str, list[Any]]:
    """The outline of a band for ``fill="toself"``: out along the upper edge, back along the lower, broken at gaps."""
    x: list[Any] = []
    y: list[Any] = []
    for run in _runs(lower, upper):
        x += [*ts[run], *reversed(ts[run]), None]
        y += [*upper[run], *reversed(lower[run]), None]
    return {"x": x[:-1], "y": y[:-1]}


def _runs(lower: list[Number], upper: list[Number]) -> list[slice]:
    inside = np.array([a is not None and b is not None for a, b in zip(lower, upper, strict=True)], dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def reach(
    values: list[Number],
    lower: list[Number],
    upper: list[Number],
    limit: float | None,
    below: float = 0.2,
    widths: float = CALM_WIDTHS,
) -> tuple[float, float]:
    """The range of a lane: all there is, and never less than four widths of its band, so that calm looks calm.

    ``widths`` are those widths, ``below`` is the share of the room to spare that goes under the lane's values.
    """
    present = [x for x in (*values, *lower, *upper, limit) if x is not None]
    if not present:
        return (0.0, 1.0)
    low, high = min(present), max(present)
    span = max(high - low, widths * _usual_width(lower, upper), 1e-3 * abs(high), 1e-9)
    spare = span - (high - low)
    return (low - below * spare - _PAD * span, high + (1 - below) * spare + _PAD * span)


def _usual_width(lower: list[Number], upper: list[Number]) -> float:
    widths = [b - a for a, b in zip(lower, upper, strict=True) if a is not None and b is not None]
    return float(np.median(widths)) if widths else 0.0
