"""A series taken apart: trend, season, remainder. Medians throughout, so that an episode stays in the remainder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats, rolling_median
from analytics.samples import Samples, first_step_of, prepare, step_of
from analytics.seasons import DAY_S, WEEK_S, enough_cycles, find_periods, season_at, stated_periods, too_short

CYCLES = 4  # cycles that a season is the median of, on each side: more follow a changing season too slowly
MOST_CYCLES = 7  # where a longer season is left to be taken out, whole ones of it: as many weekends on every day
PERIODS_IN_TREND = 3  # the trend's window in longest periods: shorter ones follow an episode of a day
TREND_SHARE = 1 / 3  # window of the trend as a share of a series without a season; breaks down at half of that
TREND_SAMPLES = (360, 2_000)  # at least and at most this many samples
CAUSAL_TREND_SAMPLES = 1_000
MIN_HISTORY = 20  # samples below which no statement is made


@dataclass(frozen=True, slots=True)
class Parts:
    """Arrays of shape (m,): ``trend`` + ``season`` is what was expected, ``remainder`` what is left of the values."""

    trend: Floats
    season: Floats
    remainder: Floats


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Series on the index of the input, NaN where it has no value: observed = trend + season + remainder."""

    observed: pd.Series
    trend: pd.Series
    season: pd.Series
    remainder: pd.Series
    periods: tuple[pd.Timedelta, ...]
    notes: tuple[str, ...]


def decompose(
    series: pd.Series, *, seasons: Sequence[pd.Timedelta | str] | None = None, stl: bool = False
) -> Decomposition:
    """Trend, season and remainder of a series, with hindsight.

    Seasons are found (hour, day, week, the highest autocorrelation peak; accepted when even cycles predict odd ones)
    or stated. ``stl`` smooths with LOESS instead of medians (Cleveland et al. 1990, robust), where a single season is
    accepted; it needs regular samples. Raises ValueError for an index that is not made of times.
    """
    samples = prepare(series, causal=False)
    periods, notes = periods_of(samples, seasons)
    use_stl = stl and len(periods) == 1
    parts = _stl(samples, periods[0]) if use_stl else take_apart(samples.values, samples.seconds, periods)
    return Decomposition(
        observed=samples.on(series, samples.values),
        trend=samples.on(series, parts.trend),
        season=samples.on(series, parts.season),
        remainder=samples.on(series, parts.remainder),
        periods=tuple(pd.Timedelta(p, unit="s") for p in periods),
        notes=(*samples.notes, *notes),
    )


def periods_of(
    samples: Samples, seasons: Sequence[pd.Timedelta | str] | None
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Periods in seconds, found or stated, and what is to be said about them."""
    notes = history_notes(samples, seasons)
    if len(samples.values) < MIN_HISTORY or np.ptp(samples.values) == 0:
        return (), notes
    if seasons is not None:
        return stated_periods(seasons, samples.seconds)[0], notes
    return find_periods(samples.values, samples.seconds), notes


def history_notes(samples: Samples, seasons: Sequence[pd.Timedelta | str] | None) -> tuple[str, ...]:
    """What the history is too short for: any statement, a stated season, or the next season of the calendar."""
    seconds = samples.seconds
    if len(seconds) < MIN_HISTORY:
        return (f"Needs {MIN_HISTORY} samples, has {len(seconds)}.",)
    if np.ptp(samples.values) == 0:
        return ("The value never changed.",)
    if seasons is not None:
        return tuple(stated_periods(seasons, seconds)[1])
    untested = next((p for p in (DAY_S, WEEK_S) if not enough_cycles(seconds, p)), None)
    return () if untested is None else (too_short(untested, seconds),)


def take_apart(values: Floats, seconds: Floats, periods: Sequence[float], *, causal: bool = False) -> Parts:
    """Rolling-median trend, then for every period the median of the same phase in other cycles. All shapes (m,).

    Causal: each number rests on its own sample and earlier ones alone.
    """
    trend = _trend(values, seconds, periods, causal=causal)
    rest, season = values - trend, np.zeros(len(values))
    for period in periods:
        part = np.nan_to_num(season_at(rest, seconds, period, causal=causal, cycles=_cycles(period, periods)))
        season, rest = season + part, rest - part
    return Parts(trend, season, rest)


def _cycles(period: float, periods: Sequence[float]) -> int:
    longer = [round(other / period) for other in periods if other > period]
    return next((count for count in sorted(longer) if CYCLES < count <= MOST_CYCLES), CYCLES)


def trend_window(seconds: Floats, periods: Sequence[float], *, causal: bool) -> int:
    """Samples in the window of the trend: whole periods, or without a season a share of the series."""
    if periods:
        step, cycles = (first_step_of(seconds), 1) if causal else (step_of(seconds), PERIODS_IN_TREND)
        return max(3, round(max(periods) * cycles / step))
    return CAUSAL_TREND_SAMPLES if causal else int(np.clip(len(seconds) * TREND_SHARE, *TREND_SAMPLES))


def _trend(values: Floats, seconds: Floats, periods: Sequence[float], *, causal: bool) -> Floats:
    window = min(trend_window(seconds, periods, causal=causal), len(values))
    trend = rolling_median(values, window, causal=causal)
    return trend if causal else _with_edges(trend, window // 2)


def _with_edges(trend: Floats, half: int) -> Floats:
    """At both ends the window is cut short and would follow an episode there: go on from the last whole window instead,
    with the slope that the whole windows have in the median (0 unless the series grows steadily)."""
    inner = trend[half : len(trend) - half]
    if half < 1 or len(inner) < 2:
        return trend
    lag = max(1, len(inner) // 4)
    slope = float(np.median(inner[lag:] - inner[:-lag])) / lag
    away = np.arange(1, half + 1)
    after = inner[-1] + slope * away
    return np.concatenate([inner[0] - slope * away[::-1], inner, after])


def _stl(samples: Samples, period_s: float) -> Parts:
    """STL with jumps of a tenth of the period in trend and low pass; the season itself must not jump."""
    from statsmodels.tsa.seasonal import STL

    period = round(period_s / samples.step_s)
    jump = max(1, period // 10)
    fit = STL(samples.values, period=period, robust=True, seasonal_jump=1, trend_jump=jump, low_pass_jump=jump).fit()
    return Parts(np.asarray(fit.trend), np.asarray(fit.seasonal), np.asarray(fit.resid))
