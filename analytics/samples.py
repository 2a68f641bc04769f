"""A time series as clean samples: in order, one per time stamp, finite; what had to be done is said in notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats, Ints

FIRST_SAMPLES = 20
GAP_STEPS = 3.5  # a pause of more than this many steps is a gap; scrapes that miss one or two beats are not


@dataclass(frozen=True, slots=True)
class Samples:
    """``values`` and ``seconds`` of shape (m,), strictly increasing in time; ``origin`` (n,) maps each input row to its
    sample, -1 where the row has none (no value). ``notes`` say what was wrong with the input."""

    values: Floats
    seconds: Floats
    origin: Ints
    notes: tuple[str, ...]

    @property
    def step_s(self) -> float:
        """Median distance of samples in seconds, 1 where there are fewer than two."""
        return step_of(self.seconds)

    def on(self, series: pd.Series, per_sample: Floats, *, missing: float = np.nan) -> pd.Series:
        """Per-sample numbers (m,) back on the rows (n,) of the series that the samples were made of."""
        rows = np.full(len(self.origin), missing)
        has = self.origin >= 0
        rows[has] = per_sample[self.origin[has]]
        return pd.Series(rows, index=series.index)

    def times(self, series: pd.Series) -> pd.DatetimeIndex:
        """Time stamps (m,) of the samples in the zone of the series."""
        stamps = pd.DatetimeIndex((self.seconds * 1e6).round().astype("datetime64[us]"))
        zone = pd.DatetimeIndex(series.index).tz
        return stamps if zone is None else stamps.tz_localize("UTC").tz_convert(zone)


def outside(series_times: pd.DatetimeIndex, stretches: Iterable[tuple[pd.Timestamp, pd.Timestamp]]) -> Bools | None:
    """Which times (m,) lie in none of the half-open stretches; None where there is no stretch."""
    kept, some = np.ones(len(series_times), dtype=np.bool_), False
    for start, end in stretches:
        kept &= ~np.asarray((series_times >= start) & (series_times < end))
        some = True
    return kept if some else None


def step_of(seconds: Floats) -> float:
    """Median distance between samples in seconds, 1 where there are fewer than two."""
    return float(np.median(np.diff(seconds))) if len(seconds) > 1 else 1.0


def first_step_of(seconds: Floats) -> float:
    """The same of the first samples alone: what comes later does not change it."""
    return step_of(seconds[:FIRST_SAMPLES])


def prepare(series: pd.Series, *, causal: bool) -> Samples:
    """Clean samples of ``series``. Raises ValueError when its index is not made of times.

    In full mode rows are put in order and those of one time stamp averaged. Causal mode may not know of later rows:
    a row that is not newer than all before it is set aside, and shares the score of the sample before it.
    """
    if not isinstance(series.index, pd.DatetimeIndex):
        raise ValueError("The series needs a DatetimeIndex: convert its index with pd.to_datetime first.")
    values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    stamps = series.index.as_unit("us").asi8
    usable = np.isfinite(values) & ~np.asarray(series.index.isna())
    seconds = stamps / 1e6
    notes = _notes(seconds, usable)
    build = _arrival_order if causal else _time_order
    return build(values, seconds, usable, notes)


def _arrival_order(values: Floats, seconds: Floats, usable: Bools, notes: tuple[str, ...]) -> Samples:
    newest = np.maximum.accumulate(np.where(usable, seconds, -np.inf)) if len(values) else seconds
    before = np.concatenate([[-np.inf], newest[:-1]]) if len(values) else seconds
    fresh = usable & (seconds > before)
    origin = np.where(usable, np.cumsum(fresh) - 1, -1)
    return Samples(values[fresh], seconds[fresh], origin.astype(np.int64), notes)


def _time_order(values: Floats, seconds: Floats, usable: Bools, notes: tuple[str, ...]) -> Samples:
    rows = np.flatnonzero(usable)
    unique, inverse, counts = np.unique(seconds[rows], return_inverse=True, return_counts=True)
    origin = np.full(len(values), -1, dtype=np.int64)
    origin[rows] = inverse
    if len(unique) == len(rows):
        ordered = np.empty(len(rows))
        ordered[inverse] = values[rows]
        return Samples(ordered, unique, origin, notes)
    return Samples(np.bincount(inverse, weights=values[rows], minlength=len(unique)) / counts, unique, origin, notes)


def _notes(seconds: Floats, usable: Bools) -> tuple[str, ...]:
    kept = seconds[usable]
    moves = np.diff(kept)
    backward, missing = int((moves < 0).sum()), int((~usable).sum())
    duplicate = len(kept) - len(np.unique(kept))
    said = [
        (missing, f"{_times(missing, 'row')} without a value left out."),
        (duplicate, f"{_times(duplicate, 'row')} with a time stamp already seen."),
        (backward, f"The clock went back {_times(backward, 'time')}."),
    ]
    return tuple(words for count, words in said if count) + _gap_notes(kept)


def _gap_notes(seconds: Floats) -> tuple[str, ...]:
    ordered = np.unique(seconds)
    if len(ordered) < 3:
        return ()
    steps = np.diff(ordered)
    step = float(np.median(steps))
    said: list[str] = []
    gaps = steps[steps > GAP_STEPS * step]
    irregular = float(np.mean(np.abs(steps - step) > 0.5 * step))
    if len(gaps):
        said.append(f"{_times(len(gaps), 'gap')} without samples, the longest {duration(float(gaps.max()))}.")
    if irregular > 0.2:
        said.append(f"Samples come irregularly, {duration(step)} apart in the median.")
    return tuple(said)


def _times(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """ "18 min", "5 days", "2 weeks": the largest unit that leaves a number of at least 1, two digits at most."""
    for name, size in (("week", 604_800.0), ("day", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= size * (2 if name == "week" else 1):
            return _quantity(seconds / size, name)
    return _quantity(seconds, "s")


def _quantity(number: float, unit: str) -> str:
    text = f"{number:.0f}" if number >= 10 or abs(number - round(number)) < 0.05 else f"{number:.1f}"
    plural = "s" if unit in ("week", "day") and text != "1" else ""
    return f"{text} {unit}{plural}"
