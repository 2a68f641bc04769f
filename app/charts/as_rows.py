"""Lanes as rows of words: the same figures for those who read a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

import numpy as np

from app.format import DASH, clock, value
from app.usecases.service_lane import ChartLane, seconds
from app.usecases.words import first_upper

MOST_ROWS = 90


def heads(lanes: Sequence[ChartLane]) -> list[str]:
    """Time, then the measures."""
    return ["Time", *(first_upper(lane.measure) for lane in lanes)]


def csv_heads(lanes: Sequence[ChartLane]) -> list[str]:
    """The same for a file: with units, and the time in UTC."""
    return ["Time (UTC)", *(_with_unit(first_upper(lane.measure), lane.unit) for lane in lanes)]


def _with_unit(measure: str, unit: str) -> str:
    told = {"bool": "1 is up", "1": "", "score": "", "share": "share, 0 to 1"}.get(unit, unit)
    return f"{measure} ({told})" if told else measure


def rows(lanes: Sequence[ChartLane], zone: tzinfo, most: int = MOST_ROWS) -> list[list[str]]:
    """Every sample of the longest lane, or ``most`` evenly chosen ones, with what the others were at that moment."""
    return [
        [clock(moment(longest, i), zone), *(_cell(lane, longest.ts[i]) for lane in lanes)]
        for longest, i in _chosen(lanes, most)
    ]


def lines(lanes: Sequence[ChartLane], most: int = MOST_ROWS) -> list[list[datetime | float]]:
    """The same moments with the bare figures, NaN where there is none."""
    return [[moment(longest, i), *(_at(lane, longest.ts[i]) for lane in lanes)] for longest, i in _chosen(lanes, most)]


def _chosen(lanes: Sequence[ChartLane], most: int) -> list[tuple[ChartLane, int]]:
    longest = max(lanes, key=lambda lane: len(lane.ts), default=None)
    if longest is None or not len(longest.ts):
        return []
    chosen = np.unique(np.linspace(0, len(longest.ts) - 1, min(most, len(longest.ts))).astype(int))
    return [(longest, int(i)) for i in chosen]


def moment(lane: ChartLane, i: int) -> datetime:
    """When sample ``i`` was taken."""
    return datetime.fromtimestamp(float(seconds(lane.ts[i : i + 1])[0]), UTC)


def _cell(lane: ChartLane, at: np.datetime64) -> str:
    i = _before(lane, at)
    if i < 0 or not np.isfinite(lane.value[i]):
        return DASH
    outside = lane.value[i] < lane.lower[i] or lane.value[i] > lane.upper[i]
    return value(float(lane.value[i]), lane.unit) + (" (outside)" if outside else "")


def _at(lane: ChartLane, at: np.datetime64) -> float:
    i = _before(lane, at)
    return float(lane.value[i]) if i >= 0 else np.nan


def _before(lane: ChartLane, at: np.datetime64) -> int:
    return int(np.searchsorted(lane.ts, at, side="right")) - 1
