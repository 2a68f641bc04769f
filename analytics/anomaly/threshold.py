"""From strength to score: the threshold comes from a budget of false alarms, by replay over the series' history."""

from __future__ import annotations

import numpy as np

from analytics.anomaly.expectation import refits
from analytics.arrays import Floats
from analytics.samples import step_of
from analytics.seasons import DAY_S, WEEK_S

LEAST = 1.6  # strength that no history can lower: about four usual deviations over a few samples
LARGEST = 2.6  # strength that always alarms: tens of usual deviations, whatever the history
REACH = 10.0  # the tail is not believed further than ten times the history
BLOCKS = 24  # parts of a history too short to be cut into days
TAIL = 0.5  # how much of the straight-line tail to believe: it bends down in real series
LOW_SHARE = 0.2  # the fit uses the calmer blocks (20 % and 50 % quantile): incidents sit in the others


def scores_of(strength: Floats, threshold: Floats | float) -> Floats:
    """Score in [0, 1): 0.5 where strength meets the threshold."""
    return strength / (strength + threshold)


def budget_threshold(strength: Floats, seconds: Floats, alarms_per_week: float) -> float:
    """Strength that a usual block of this history passes as seldom as the budget allows.

    The largest strength of each day (or 24th part of a short history) follows a Gumbel law in its bulk; median and 20 %
    quantile give location and scale, which a minority of days with incidents cannot move.
    """
    size, per_week = _block(seconds)
    count = len(strength) // size
    if count < 3:
        return LEAST
    peaks = strength[len(strength) - count * size :].reshape(count, size).max(axis=1)
    middle, low = np.quantile(peaks, [0.5, LOW_SHARE])
    scale = (middle - low) / (np.log(-np.log(LOW_SHARE)) - np.log(-np.log(0.5)))
    blocks_per_alarm = float(np.clip(per_week / alarms_per_week, 1.0, REACH * count))
    return float(np.clip(middle + TAIL * scale * np.log(blocks_per_alarm), LEAST, LARGEST))


def known_thresholds(strength: Floats, seconds: Floats, alarms_per_week: float) -> Floats:
    """The same at every sample from earlier ones alone. Shape (m,)."""
    found = np.empty(len(strength))
    for first, last in refits(len(strength)):
        found[first:last] = budget_threshold(strength[:first], seconds[:first], alarms_per_week)
    return found


def _block(seconds: Floats) -> tuple[int, float]:
    """Samples in a block and blocks in a week."""
    count, step = len(seconds), step_of(seconds)
    size = round(DAY_S / step) if count * step > 4 * DAY_S else count // BLOCKS
    size = max(size, 8)
    return size, WEEK_S / (size * step)
