"""Simple ways to go on from a history of regular samples; which of them to believe is decided by backtests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analytics.arrays import Floats

CYCLES = 4  # that a season is the median of
SHORT = 5  # samples that say where a series stands now
SLOPE_PAIRS = 200
HALF_LIFE = 0.25  # of a period, in which a series that stands off its season comes back to it

Way = Callable[[Floats, int], Floats]


def ways(periods: Sequence[int], level_samples: int) -> tuple[Way, ...]:
    """Functions (history (m,), steps ahead) -> values ahead (h,). ``periods`` and ``level_samples`` in samples."""
    found: list[Way] = [
        lambda past, ahead: np.full(ahead, np.median(past[-SHORT:])),
        lambda past, ahead: np.full(ahead, np.median(past[-level_samples:])),
        _drifting,
    ]
    for period in periods:
        found += [_naive(period), _usual(period), _returning(period)]
    return tuple(found)


def slope_of(past: Floats) -> float:
    """Median slope per sample between the two halves of a history (Theil-Sen on pairs half of it apart)."""
    lag = len(past) // 2
    if not lag:
        return 0.0
    first = np.unique(np.linspace(0, len(past) - lag - 1, SLOPE_PAIRS).astype(np.intp))
    return float(np.median(past[first + lag] - past[first])) / lag


def _drifting(past: Floats, ahead: int) -> Floats:
    """The recent level, and on with the slope of as much history again as is asked for, at least."""
    recent = past[-max(3 * ahead, 20) :]
    slope = slope_of(recent)
    middle = np.median(recent - slope * np.arange(len(recent)))
    expected: Floats = middle + slope * (len(recent) + np.arange(ahead))
    return expected


def _naive(period: int) -> Way:
    """The last cycle again."""

    def go_on(past: Floats, ahead: int) -> Floats:
        return np.resize(_cycles(past, period, 1)[0], ahead)

    return go_on


def _usual(period: int) -> Way:
    """The median of the last cycles."""

    def go_on(past: Floats, ahead: int) -> Floats:
        profile: Floats = np.median(_cycles(past, period, CYCLES), axis=0)
        return profile[np.arange(ahead) % period]

    return go_on


def _returning(period: int) -> Way:
    """The shape of the last cycles on the level of the newest one; where it stands now fades within a part of it."""

    def go_on(past: Floats, ahead: int) -> Floats:
        cycles = _cycles(past, period, CYCLES)
        level = np.median(cycles, axis=1, keepdims=True)
        shape = np.median(cycles - level, axis=0)
        off = np.median(past[-SHORT:] - level[0, 0] - shape[-SHORT:]) if period >= SHORT else 0.0
        fading = 0.5 ** ((1 + np.arange(ahead)) / max(1.0, HALF_LIFE * period))
        expected: Floats = level[0, 0] + shape[np.arange(ahead) % period] + off * fading
        return expected

    return go_on


def _cycles(past: Floats, period: int, count: int) -> Floats:
    """The last whole cycles, the newest first, shape (at most count, period)."""
    count = max(1, min(count, len(past) // period))
    if len(past) < period:
        return np.resize(past, (1, period))
    return past[len(past) - count * period :].reshape(count, period)[::-1]
