"""Lanes as rows of words: the same figures for those who read a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

import numpy as np

from app.format import DASH, Shown, clock, value
from app.usecases.service_lane import ChartLane, seconds
from app.usecases.words import first_upper

MOST_ROWS = 90


def heads(lanes: Sequence[ChartLane]) -> list[str]:
    """Time, then the measures."""
    return ["Time", *(first_upper(lane.measure) for lane in lanes)]


def rows(lanes: Sequence[ChartLane], zone: tzinfo, most: int = MOST_ROWS) -> list[list[str]]:
    """Every sample of the longest lane, or ``most`` evenly chosen ones, with what the others were at that moment."""
    longest = max(lanes, key=lambda lane: len(lane.ts), default=None)
    if longest is None or not len(longest.ts):
        return []
    chosen = np.unique(np.linspace(0, len(longest.ts) - 1, min(most, len(longest.ts))).astype(int))
    return [[clock(moment(longest, i), zone), *(_cell(lane, longest.ts[i]) for lane in lanes)] for i in chosen]


def moment(lane: ChartLane, i: int) -> datetime:
    """When sample ``i`` was taken."""
    return datetime.fromtimestamp(float(seconds(lane.ts[i : i + 1])[0]), UTC)


def _cell(lane: ChartLane, at: np.datetime64) -> str:
    i = int(np.searchsorted(lane.ts, at, side="right")) - 1
    if i < 0 or not np.isfinite(lane.value[i]):
        return DASH
    outside = lane.value[i] < lane.lower[i] or lane.value[i] > lane.upper[i]
    raw = float(lane.value[i])
    return Shown.of(value(raw, lane.unit) + (" (outside)" if outside else ""), raw)
