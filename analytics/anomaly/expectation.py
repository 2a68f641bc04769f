"""What was to be expected at every sample and how far samples usually stray: in hindsight, or from the past alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import MAD_TO_SIGMA, Bools, Floats, robust_sigma, rolling_median
from analytics.decompose import MIN_HISTORY, history_notes, periods_of, take_apart
from analytics.samples import Samples
from analytics.seasons import find_periods, same_phase, stated_periods
from analytics.spread import least_spread

BAND_SIGMAS = 3.0  # half the width of the expected range
REFIT_GROWTH = 1.1  # causal: floors are judged anew when the history has grown by a tenth
SEASON_GROWTH = 1.2  # and seasons, which cost more, by a fifth
WIDER_BY = 20.0  # causal: samples; a range learned from 20 is twice as wide, from 200 a tenth: neighbours are alike
SEASON_SAMPLES = 40_000  # causal: how far back seasons are looked for; four weeks of minutes
SPREAD_SAMPLES = 1_000  # causal: how far back the usual spread looks

Seasons = Sequence[pd.Timedelta | str] | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """Arrays of shape (m,). ``sigma`` is a third of half the expected range, wider than the unit of ``deviation`` where
    little history teaches it; before ``judged_from`` there is too little to judge at all. ``taught`` marks the samples
    that it was learned from, None for all.
    """

    expected: Floats
    sigma: Floats
    deviation: Floats
    judged_from: int
    periods: tuple[float, ...]
    notes: tuple[str, ...]
    taught: Bools | None = None


def with_hindsight(samples: Samples, seasons: Seasons, unit: str, taught: Bools | None = None) -> Expectation:
    """Expectation from the whole series, or from the samples that are ``taught``."""
    if taught is not None and taught.sum() >= MIN_HISTORY and not taught.all():
        return _from_the_rest(samples, seasons, unit, taught)
    periods, notes = periods_of(samples, seasons)
    if (count := len(samples.values)) < MIN_HISTORY:
        return Expectation(np.full(count, np.nan), np.full(count, np.nan), np.zeros(count), count, periods, notes)
    parts = take_apart(samples.values, samples.seconds, periods)
    usual = max(robust_sigma(parts.remainder), least_spread(samples.values, parts.remainder, unit))
    sigma = np.full(len(samples.values), usual)
    return Expectation(samples.values - parts.remainder, sigma, parts.remainder / sigma, 0, periods, notes)


def _from_the_rest(samples: Samples, seasons: Seasons, unit: str, taught: Bools) -> Expectation:
    """In place of what is left out stands what its neighbours and other cycles make expected there.

    The first filling is a straight line; the seasons that are then found fill it once more.
    """
    seconds, values = samples.seconds, samples.values.copy()
    values[~taught] = np.interp(seconds[~taught], seconds[taught], values[taught])
    periods, notes = periods_of(replace(samples, values=values[taught], seconds=seconds[taught]), seasons)
    values[~taught] = _filled(values, seconds, periods, taught)
    parts = take_apart(values, seconds, periods)
    usual = parts.remainder[taught]
    spread = max(robust_sigma(usual), least_spread(values[taught], usual, unit))
    expected, sigma = values - parts.remainder, np.full(len(values), spread)
    said = f"{100 * (1 - taught.mean()):.2g} % of the samples are left out of what is expected."
    return Expectation(expected, sigma, (samples.values - expected) / sigma, 0, periods, (*notes, said), taught)


def _filled(values: Floats, seconds: Floats, periods: tuple[float, ...], taught: Bools) -> Floats:
    """What is expected of the samples that teach nothing: the trend across them, and each season of all who teach."""
    trend = take_apart(values, seconds, periods).trend
    there, known = seconds[~taught], seconds[taught]
    found = np.interp(there, known, trend[taught])
    rest = (values - trend)[taught]
    for period in periods:
        found += np.nan_to_num(same_phase(rest, known, there, period))
        rest -= np.nan_to_num(same_phase(rest, known, known, period))
    return found


def as_known(samples: Samples, seasons: Seasons, unit: str) -> Expectation:
    """Expectation of every sample from itself and earlier ones alone.

    Seasons, window and floors are fixed at refits whose positions depend on nothing but the count of samples, and hold
    until the next: a longer series changes no number that was already given.
    """
    values, seconds = samples.values, samples.seconds
    expected, sigma = np.empty(len(values)), np.empty(len(values))
    periods: tuple[float, ...] = ()
    parts: dict[tuple[float, ...], tuple[Floats, Floats]] = {}
    next_search = 0.0
    for first, last in refits(len(values)):
        if first >= next_search:
            past = slice(max(0, first - SEASON_SAMPLES), first)
            periods, next_search = _known_periods(values[past], seconds[past], seasons), SEASON_GROWTH * first
        if periods not in parts:
            parts[periods] = _trailing(values, seconds, periods)
        remainder, usual = parts[periods]
        floor = least_spread(values[:first], remainder[:first], unit) if first else 0.0
        expected[first:last] = values[first:last] - remainder[first:last]
        sigma[first:last] = np.maximum(usual[first:last], floor)
    sigma[:MIN_HISTORY] = np.nan
    deviation = np.nan_to_num((values - expected) / sigma)
    widened = sigma * (1 + WIDER_BY / np.arange(1, len(values) + 1))
    return Expectation(expected, widened, deviation, MIN_HISTORY, periods, history_notes(samples, seasons))


def refits(count: int) -> Iterator[tuple[int, int]]:
    """Half-open stretches ``(first, last)`` that cover ``count`` samples; each is judged with what lies before it."""
    first, last = 0, MIN_HISTORY
    while first < count:
        yield first, min(last, count)
        first, last = last, max(int(last * REFIT_GROWTH), last + 1)


def _known_periods(values: Floats, seconds: Floats, seasons: Seasons) -> tuple[float, ...]:
    if len(values) < MIN_HISTORY or np.ptp(values) == 0:
        return ()
    return find_periods(values, seconds) if seasons is None else stated_periods(seasons, seconds)[0]


def _trailing(values: Floats, seconds: Floats, periods: tuple[float, ...]) -> tuple[Floats, Floats]:
    remainder = take_apart(values, seconds, periods, causal=True).remainder
    return remainder, MAD_TO_SIGMA * rolling_median(np.abs(remainder), SPREAD_SAMPLES, causal=True)
