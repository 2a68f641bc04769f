"""Which seasons a series has, and what each says about a moment: periods are accepted only when they predict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.arrays import Floats, rolling_median, row_median
from analytics.samples import duration, first_step_of, step_of

HOUR_S, DAY_S, WEEK_S = 3_600.0, 86_400.0, 604_800.0
CALENDAR_S = (DAY_S, WEEK_S, HOUR_S)
MIN_SKILL = 0.1  # share of the absolute error that the season must save out of sample; noise stays below 0
MIN_SAMPLES_PER_CYCLE = 4
MAX_BINS = 288  # a day at 5 minutes: finer profiles cost time and gain nothing in the test
MAX_LAGS_FROM = 20_000
ACF_PEAK = 0.3  # an autocorrelation peak below this is not worth a test


def find_periods(values: Floats, seconds: Floats) -> tuple[float, ...]:
    """Accepted periods in seconds, in the order in which they are to be taken out. At most three."""
    accepted: list[float] = []
    rest = values
    for period in CALENDAR_S:
        rest = _accept(rest, seconds, period, accepted)
    found = _autocorrelation_period(rest, seconds) if not accepted else None
    if found is not None:
        _accept(rest, seconds, found, accepted)
    return tuple(accepted[:3])


def stated_periods(seasons: Sequence[pd.Timedelta | str], seconds: Floats) -> tuple[tuple[float, ...], list[str]]:
    """Periods that a person stated, in seconds, and a note for each that has fewer than two cycles of history."""
    wanted = [pd.Timedelta(s).total_seconds() for s in seasons]
    kept = tuple(p for p in wanted if enough_cycles(seconds, p))
    notes = [too_short(p, seconds) for p in wanted if p not in kept]
    return kept, notes


def too_short(period_s: float, seconds: Floats) -> str:
    """The sentence that says how much history a season needs and how much there is."""
    span = float(seconds[-1] - seconds[0]) if len(seconds) else 0.0
    needed = duration(period_s * cycles_needed(period_s))
    return f"A season of {duration(period_s)} needs {needed} of history, has {duration(span)}."


def cycles_needed(period_s: float) -> int:
    """Two cycles, three for a week and longer: two weeks cannot tell a Tuesday from an accident."""
    return 3 if period_s >= WEEK_S else 2


def enough_cycles(seconds: Floats, period_s: float) -> bool:
    """Whether the span holds the cycles that a period needs, with enough samples in each."""
    if len(seconds) < 2 or period_s <= 0:
        return False
    step = step_of(seconds)
    span = float(seconds[-1] - seconds[0]) + step
    return span >= cycles_needed(period_s) * period_s and period_s / step >= MIN_SAMPLES_PER_CYCLE


def skill(values: Floats, seconds: Floats, period_s: float) -> float:
    """Share of absolute error saved when even cycles predict odd ones and the reverse, the worse of both.

    1 is a perfect season, 0 and below none.
    """
    table = _cycles_by_phase(values, seconds, period_s)
    if len(table) < 2:
        return -1.0
    return min(_saved(table[0::2], table[1::2]), _saved(table[1::2], table[0::2]))


def season_at(values: Floats, seconds: Floats, period_s: float, *, causal: bool, cycles: int) -> Floats:
    """Median of the samples at the same phase of up to ``cycles`` other cycles, shape (m,).

    Causal: of earlier cycles only. Else of cycles on both sides. The own sample never counts. NaN where no other
    cycle has a sample within half a step.
    """
    offsets = range(1, cycles + 1) if causal else [k for k in range(-cycles, cycles + 1) if k]
    half_step = 0.51 * (first_step_of(seconds) if causal else step_of(seconds))
    columns = [_shifted(values, seconds, -k * period_s, half_step) for k in offsets]
    return row_median(np.stack(columns, axis=1), cautious=True)  # an episode in one of two others is not expected


def same_phase(values: Floats, seconds: Floats, wanted: Floats, period_s: float) -> Floats:
    """Median of the samples at the same phase of all other cycles, at the moments ``wanted`` (n,). Shape (n,)."""
    bins = int(np.clip(round(period_s / step_of(seconds)), 2, MAX_BINS))
    of, at = ((moments % period_s) / period_s * bins for moments in (seconds, wanted))
    medians = pd.Series(values).groupby(of.astype(np.int64)).median().reindex(range(bins))
    profile = np.asarray(medians.interpolate(limit_direction="both"), dtype=np.float64)
    found: Floats = profile[at.astype(np.int64)]
    return found


def _accept(rest: Floats, seconds: Floats, period: float, accepted: list[float]) -> Floats:
    if not enough_cycles(seconds, period) or any(abs(period - p) < 0.05 * p for p in accepted):
        return rest
    window = max(3, round(period / step_of(seconds)))
    level = _level(rest, window)
    if skill(rest - level, seconds, period) < MIN_SKILL:
        return rest
    accepted.append(period)
    season = season_at(rest - level, seconds, period, causal=False, cycles=3)
    return rest - np.nan_to_num(season)


def _level(values: Floats, window: int) -> Floats:
    """Centred rolling median that mirrors the edges: five times as fast as pandas; edges matter little here."""
    from scipy.ndimage import median_filter

    level: Floats = median_filter(values, size=min(window, len(values)), mode="mirror")
    return level


def _shifted(values: Floats, seconds: Floats, shift_s: float, tolerance_s: float) -> Floats:
    wanted = seconds + shift_s
    right = np.clip(np.searchsorted(seconds, wanted), 1, len(seconds) - 1)
    nearest = np.where(wanted - seconds[right - 1] <= seconds[right] - wanted, right - 1, right)
    return np.where(np.abs(seconds[nearest] - wanted) <= tolerance_s, values[nearest], np.nan)


def _cycles_by_phase(values: Floats, seconds: Floats, period_s: float) -> Floats:
    bins = int(np.clip(round(period_s / step_of(seconds)), 2, MAX_BINS))
    since = seconds - seconds[0]
    cycle = (since // period_s).astype(np.int64)
    phase = np.minimum((since % period_s) / period_s * bins, bins - 1).astype(np.int64)
    cell, shape = cycle * bins + phase, (int(cycle[-1]) + 1, bins)
    low, high = np.quantile(values, [0.01, 0.99])
    total = np.bincount(cell, weights=np.clip(values, low, high), minlength=shape[0] * bins)
    count = np.bincount(cell, minlength=shape[0] * bins)
    with np.errstate(invalid="ignore"):
        table: Floats = (total / count).reshape(shape)
    return table[:-1] if np.isnan(table[-1]).mean() > 0.5 else table


def _saved(teacher: Floats, pupil: Floats) -> float:
    profile = row_median(teacher.T)
    both = ~np.isnan(pupil) & ~np.isnan(profile)[None, :]
    if both.sum() < MIN_SAMPLES_PER_CYCLE:
        return -1.0
    seen = pupil[both]
    base = float(np.abs(seen - np.median(seen)).mean())
    error = float(np.abs(pupil - profile[None, :])[both].mean())
    return 1 - error / base if base > 0 else -1.0


def _autocorrelation_period(values: Floats, seconds: Floats) -> float | None:
    """The lag of the highest autocorrelation peak with at least three cycles in the series, or None."""
    x = values[-MAX_LAGS_FROM:]
    if len(x) < 3 * MIN_SAMPLES_PER_CYCLE or np.ptp(x) == 0:
        return None
    x = x - rolling_median(x, max(3, len(x) // 3), causal=False)
    x = np.clip(x, *np.quantile(x, [0.01, 0.99]))
    x = x - x.mean()
    spectrum = np.fft.rfft(x, 2 * len(x))
    acf = np.fft.irfft(spectrum * np.conj(spectrum))[: len(x) // 3]
    if acf[0] <= 0:
        return None
    inner = acf[1:-1]
    peaks = np.flatnonzero((inner > acf[:-2]) & (inner >= acf[2:]) & (inner > ACF_PEAK * acf[0])) + 1
    peaks = peaks[peaks >= MIN_SAMPLES_PER_CYCLE]
    return float(peaks[np.argmax(acf[peaks])] * step_of(seconds)) if len(peaks) else None
