"""Alarms become episodes: from where a series left the expected range to where it is back, told in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.anomaly.expectation import BAND_SIGMAS
from analytics.arrays import Bools, Floats, runs_of
from analytics.samples import duration
from analytics.words import amount

ALARM = 0.5
THREE_DIGITS = 0.03  # of a value: a margin that leaves it three digits
NEGLIGIBLE = 1e-5  # of the distance: a margin below this is none, and is not said
HOLD = 3  # samples back inside that do not end an episode


@dataclass(frozen=True, slots=True)
class Episode:
    """An anomaly with a start and an end, half-open. ``observed`` is its most unusual value."""

    start: pd.Timestamp
    end: pd.Timestamp
    peak_score: float
    observed: float
    expected: float
    direction: Literal["up", "down"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What episodes are cut from. ``times`` and arrays of shape (m,), ``step_s`` the distance of samples."""

    times: pd.DatetimeIndex
    values: Floats
    expected: Floats
    sigma: Floats
    deviation: Floats
    scores: Floats
    step_s: float


def cut_episodes(judged: Judged, unit: str, *, echo: int = 0) -> tuple[Episode, ...]:
    """Episodes in order of time; alarms less than four samples apart are one.

    An alarm inside the expected range that starts up to ``echo`` samples after the series came back is the echo of
    windows that look backwards, no episode of its own.
    """
    outside = bridged(np.abs(judged.values - judged.expected) > BAND_SIGMAS * judged.sigma, HOLD)
    alarms = bridged(judged.scores >= ALARM, HOLD)
    reached = np.zeros(len(alarms), dtype=np.bool_)
    stretches = runs_of(outside)
    for first, last in runs_of(alarms):
        touched = [(a, b) for a, b in stretches if a < last and b > first]
        heard = any(b <= first <= b + echo for _, b in stretches)
        for a, b in touched or ([] if heard else [(first, last)]):
            reached[a:b] = True
    return tuple(_episode(judged, first, last, unit) for first, last in runs_of(bridged(reached, HOLD)))


def bridged(flags: Bools, hold: int) -> Bools:
    """``flags`` with holes of at most ``hold`` samples between two True filled."""
    filled = flags.copy()
    for first, last in runs_of(~flags):
        if first > 0 and last < len(flags) and last - first <= hold:
            filled[first:last] = True
    return filled


def _episode(judged: Judged, first: int, last: int, unit: str) -> Episode:
    peak = first + int(np.argmax(np.abs(judged.deviation[first:last])))
    start = judged.times[first]
    end = judged.times[last] if last < len(judged.times) else judged.times[-1] + pd.Timedelta(judged.step_s, unit="s")
    observed, expected = float(judged.values[peak]), float(judged.expected[peak])
    return Episode(
        start=start,
        end=end,
        peak_score=float(judged.scores[first:last].max()),
        observed=observed,
        expected=expected,
        direction="up" if observed >= expected else "down",
        sentence=_sentence(observed, expected, BAND_SIGMAS * float(judged.sigma[peak]), end - start, unit),
    )


def _sentence(observed: float, expected: float, margin: float, lasted: pd.Timedelta, unit: str) -> str:
    scale = max(margin, NEGLIGIBLE * abs(observed - expected))
    spread = f" ± {amount(margin, scale)}" if margin == scale else ""
    tail = f" {unit}" if unit else ""
    seen = amount(observed, max(scale, THREE_DIGITS * abs(observed)))
    return f"{seen}{tail}, expected {amount(expected, scale)}{spread}, for {duration(lasted.total_seconds())}"
