"""From strength to score: the threshold comes from a budget of false alarms, by replay over the series' history."""

from __future__ import annotations

import numpy as np

from analytics.anomaly.expectation import refits
from analytics.arrays import Bools, Floats
from analytics.samples import first_step_of, step_of
from analytics.seasons import DAY_S, WEEK_S

LEAST = 1.8  # strength that no history can lower: about five usual deviations over a few samples
LARGEST = 2.6  # and the most that the tail of a history can ask for: tens of usual deviations
TAIL = 0.97  # the quantile of the history that says how far this series strays now and then
TAIL_WEIGHT = 0.5
PER_CHANCE = 0.16  # the threshold grows with the logarithm of the samples between two alarms, as an exponential tail's
FEWEST_CHANCES = 300
FIRST_HISTORY = 50  # causal: samples before the tail is believed
RECENT = 2_000  # causal: samples of history that count
USUAL_DAY = 0.5  # causal: the quantile of the strongest sample of each day; a spike of every day is no alarm
MORE_AT_FIRST = 30.0  # causal: samples; a history of 30 asks for twice the strength, one of 300 for a tenth more


def scores_of(strength: Floats, threshold: Floats | float) -> Floats:
    """Score in [0, 1): 0.5 where strength meets the threshold."""
    return strength / (strength + threshold)


def budget_threshold(strength: Floats, seconds: Floats, alarms_per_week: float, taught: Bools | None = None) -> float:
    """Strength that this series passes as seldom as the budget allows; its history are the samples ``taught``, or all.

    Half of it is the same for all series, half the tail of this one's history. The more samples there are to each
    alarm of the budget, the more chances for a false one, and the higher the threshold.
    """
    history = strength if taught is None else strength[taught]
    return _level(history) * _chances(len(history), step_of(seconds), alarms_per_week)


def known_thresholds(strength: Floats, seconds: Floats, alarms_per_week: float) -> Floats:
    """The same at every sample from earlier ones alone, and never below what a usual day reaches. Shape (m,)."""
    found, step = np.empty(len(strength)), first_step_of(seconds)
    for first, last in refits(len(strength)):
        past = strength[max(0, first - RECENT) : first]
        level = _level(past) if first >= FIRST_HISTORY else LEAST
        at_first = 1 + MORE_AT_FIRST / max(first, 1)
        found[first:last] = max(level, _usual_day(past, step)) * _chances(first, step, alarms_per_week) * at_first
    return found


def _level(strength: Floats) -> float:
    tail = float(np.quantile(strength, TAIL))
    return float(np.clip(TAIL_WEIGHT * tail + (1 - TAIL_WEIGHT) * LEAST, LEAST, LARGEST))


def _chances(history: int, step_s: float, alarms_per_week: float) -> float:
    """Samples to each alarm of the budget as a factor; the tail is not believed further than the history reaches."""
    wanted = WEEK_S / step_s / alarms_per_week
    return PER_CHANCE * float(np.log(max(min(wanted, max(history, FEWEST_CHANCES)), 3.0)))


def _usual_day(strength: Floats, step_s: float) -> float:
    size = max(8, round(DAY_S / step_s))
    days = len(strength) // size
    if days < 2:
        return 0.0
    return float(np.quantile(strength[len(strength) - days * size :].reshape(days, size).max(axis=1), USUAL_DAY))
