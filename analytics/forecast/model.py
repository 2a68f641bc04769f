"""An expected range ahead: simple forecasts weighted by how well each would have done, the range from what they missed.

Combination by backtest after Bates and Granger (1969); the range is the empirical quantile of the misses at the same
distance (split conformal), so that it holds what it says whatever the series looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats, Ints
from analytics.decompose import MIN_HISTORY, periods_of
from analytics.forecast.candidates import Way, ways
from analytics.samples import Samples, duration, prepare
from analytics.seasons import DAY_S, WEEK_S, enough_cycles

COVERAGE = 0.9
LONGEST = 20_000  # samples that are looked at, the newest
ORIGINS = 16  # moments in the second half of the history from which a backtest starts
FEWEST_ORIGINS = 3
SHARPNESS = 4.0  # weights go with the error to the power of minus this
GROUPS = 6  # distances ahead that share a width
CAUTION = 1.1  # widths are this much wider: weights were chosen on the misses that they are measured by


@dataclass(frozen=True, slots=True)
class Backtest:
    """How the forecast would have done: ``mase`` is its mean absolute error in those of the seasonal naive forecast
    from the same origins, ``coverage`` the share of values inside the range (leaving each origin out)."""

    origins: int
    mase: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Series on the times ahead; empty where there is too little history. ``coverage`` is what the range promises."""

    expected: pd.Series
    lower: pd.Series
    upper: pd.Series
    coverage: float
    periods: tuple[pd.Timedelta, ...]
    backtest: Backtest | None
    notes: tuple[str, ...]


def forecast(
    series: pd.Series,
    ahead: pd.Timedelta | str,
    *,
    coverage: float = COVERAGE,
    seasons: Sequence[pd.Timedelta | str] | None = None,
) -> Forecast:
    """The expected range for the time ``ahead``, at the distance of the samples.

    A range that never was left is not expected to be: what never was negative stays at 0 and above. Raises ValueError
    for a coverage outside (0, 1), a time that is not positive, or an index that is not made of times.
    """
    if not 0 < coverage < 1 or not pd.Timedelta(ahead) > pd.Timedelta(0):
        raise ValueError("coverage lies between 0 and 1, and the time ahead is positive.")
    samples = prepare(series, causal=False)
    periods, notes = periods_of(samples, seasons)
    past = on_grid(samples)[-LONGEST:]
    steps = max(1, round(pd.Timedelta(ahead).total_seconds() / samples.step_s))
    spans = tuple(pd.Timedelta(period, unit="s") for period in periods)
    origins = _origins(len(past), steps) if len(samples.values) >= MIN_HISTORY else np.empty(0, dtype=np.int64)
    if len(origins) < FEWEST_ORIGINS:
        none = pd.Series(np.empty(0), index=_times(series, samples, 0))
        said = f"{duration(steps * samples.step_s)} ahead needs more history than {duration(_span(samples))}."
        return Forecast(none, none, none, coverage, spans, None, (*samples.notes, *notes, said))
    in_samples, naive = _in_samples(samples, periods, len(past))
    expected, misses, test = _combined(past, steps, origins, ways(in_samples, naive), naive, coverage)
    low, high = _widths(misses, coverage)
    floor, index = (0.0 if past.min() >= 0 else -np.inf), _times(series, samples, steps)
    return Forecast(
        expected=pd.Series(np.maximum(expected, floor), index=index),
        lower=pd.Series(np.maximum(np.minimum(expected + low, expected), floor), index=index),
        upper=pd.Series(np.maximum(np.maximum(expected + high, expected), floor), index=index),
        coverage=coverage,
        periods=spans,
        backtest=test,
        notes=(*samples.notes, *notes),
    )


def history_needed(steps: int) -> int:
    """Samples, at equal distances, from which a forecast so many steps ahead can be backtested."""
    return max(MIN_HISTORY, 2 * steps + FEWEST_ORIGINS)


def farthest(samples: int) -> int:
    """The most steps ahead that so many samples, at equal distances, allow; 0 where they are too few."""
    return (samples - FEWEST_ORIGINS) // 2 if samples >= MIN_HISTORY else 0


def on_grid(samples: Samples) -> Floats:
    """Values at equal distances, the newest at the end; holes are bridged by a straight line."""
    if len(samples.values) < 2:
        return samples.values
    span = float(samples.seconds[-1] - samples.seconds[0])
    count = min(int(span / samples.step_s) + 1, LONGEST)
    at = samples.seconds[-1] - samples.step_s * np.arange(count)[::-1]
    grid: Floats = np.interp(at, samples.seconds, samples.values)
    return grid


def _span(samples: Samples) -> float:
    return float(samples.seconds[-1] - samples.seconds[0]) if len(samples.seconds) else 0.0


def _times(series: pd.Series, samples: Samples, steps: int) -> pd.DatetimeIndex:
    times = samples.times(series)
    last = times[-1] if len(times) else pd.Timestamp(0, tz=pd.DatetimeIndex(series.index).tz)
    return pd.DatetimeIndex(
        [last + pd.Timedelta(samples.step_s * (k + 1), unit="s") for k in range(steps)], tz=times.tz
    )


def _in_samples(samples: Samples, periods: Sequence[float], count: int) -> tuple[list[int], int]:
    """Periods to try (those accepted, and day and week where there is history for them), and that of the naive one."""
    tried = {*periods, *(p for p in (DAY_S, WEEK_S) if enough_cycles(samples.seconds, p))}
    found = sorted({round(p / samples.step_s) for p in tried if 2 * p / samples.step_s <= count})
    day = round(DAY_S / samples.step_s)
    return found, day if day in found else (found[0] if found else max(1, count // 10))


def _origins(count: int, steps: int) -> Ints:
    """Places in the second half of a history after which there are ``steps`` values to compare with."""
    first, last = max(count // 2, MIN_HISTORY // 2), count - steps
    return (
        np.unique(np.linspace(first, last, ORIGINS).astype(np.int64)) if last > first else np.empty(0, dtype=np.int64)
    )


def _combined(
    past: Floats, steps: int, origins: Ints, tried: Sequence[Way], naive: int, coverage: float
) -> tuple[Floats, Floats, Backtest]:
    """Values ahead (h,), what the same weights missed from every origin (origins, h), and how good that was."""
    base = past[
        -1
    ]  # weights are applied to what differs from it, so that a constant stays what it is to the last digit
    told = np.stack([[way(past[:at], steps) for at in origins] for way in tried]) - base
    came = np.stack([past[at : at + steps] for at in origins]) - base
    weights = _weights(np.abs(told - came).mean(axis=(1, 2)))
    misses = came - np.tensordot(weights, told, axes=1)
    expected: Floats = base + np.tensordot(weights, np.stack([way(past, steps) for way in tried]) - base, axes=1)
    period = min(naive, int(origins[0]))
    again = np.stack([np.resize(past[at - period : at], steps) for at in origins]) - base
    error = float(np.abs(came - again).mean())
    mase = float(np.abs(misses).mean()) / error if error > 0 else float("nan")
    return expected, misses, Backtest(len(origins), mase, _kept(misses, coverage))


def _weights(errors: Floats) -> Floats:
    least = errors.min()
    worth = (errors <= 0).astype(np.float64) if least <= 0 else (errors / least) ** (-SHARPNESS)
    weights: Floats = worth / worth.sum()
    return weights


def _widths(misses: Floats, coverage: float) -> tuple[Floats, Floats]:
    """Lower and upper edge as distances from the expected value, by groups of steps ahead. Shape (h,) each."""
    low, high = np.empty(misses.shape[1]), np.empty(misses.shape[1])
    share = min(1.0, coverage * (1 + 1 / len(misses)))
    for group in np.array_split(np.arange(misses.shape[1]), min(GROUPS, misses.shape[1])):
        low[group], high[group] = np.quantile(misses[:, group], [(1 - share) / 2, (1 + share) / 2])
    return CAUTION * low, CAUTION * high


def _kept(misses: Floats, coverage: float) -> float:
    """Share of values inside a range that was made without their own origin."""
    inside = []
    for at in range(len(misses)):
        low, high = _widths(np.delete(misses, at, axis=0), coverage)
        inside.append(((misses[at] >= low) & (misses[at] <= high)).mean())
    return float(np.mean(inside))
