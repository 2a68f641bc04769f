"""What a look ahead learns from: the samples of a signal without what is to be left out, averaged where too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analytics.forecast import farthest, history_needed
from analytics.samples import outside, step_of
from app.format import duration
from app.usecases.anomaly_expected import left_out_words
from app.usecases.judgement import spans
from app.usecases.signals import Signal

MOST_SAMPLES: Final = 10_000  # from more, averages are made: a minute of a month says no more than its quarter hours
MOST_GRID: Final = 20_000
STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400)
LADDER_S: Final = (60, 300, 900, 3_600, 21_600, 86_400, 604_800, 2_419_200, 7_776_000, 31_536_000)
TWICE: Final = "of a moment that has one already: their mean counts"
LARGEST: Final = 1e150  # whose square is a number: what is larger is none that was measured
FEWEST: Final = history_needed(1)
FEWEST_STEPS: Final = 3
USUAL_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class History:
    """``shown`` are all samples that have a value, ``values`` those that are learned from; ``step_s`` apart."""

    shown: pd.Series
    values: pd.Series
    step_s: float
    notes: tuple[str, ...]

    @property
    def span_s(self) -> float:
        """From the first to the last that is learned from."""
        index = self.values.index
        return float((index[-1] - index[0]).total_seconds()) if len(index) > 1 else 0.0

    @property
    def missing_s(self) -> float:
        """From the last that is learned from to the last there is: an incident that is still open is left out."""
        if self.values.empty:
            return 0.0
        return float((self.shown.index[-1] - self.values.index[-1]).total_seconds())

    @property
    def farthest_s(self) -> float:
        """How far ahead of the last sample this history can be tested, 0 where not at all."""
        if len(self.values) < FEWEST:
            return 0.0
        count = min(int(self.span_s / self.step_s) + 1, MOST_GRID)
        return max(0.0, farthest(count) * self.step_s - self.missing_s)

    def needed_s(self, ahead_s: float) -> float:
        """How much history a look so far ahead would need."""
        return history_needed(steps(ahead_s + self.missing_s, self.step_s)) * self.step_s


def steps(ahead_s: float, step_s: float) -> int:
    """Samples in so much time, at least one."""
    return max(1, round(ahead_s / step_s))


def history(signal: Signal, most: int = MOST_SAMPLES) -> History:
    """The samples of a signal in order of time, at most ``most`` of them and a few more."""
    raw = signal.values.astype(float).sort_index()
    finite = raw[(np.abs(raw.to_numpy()) < LARGEST) & np.asarray(raw.index.notna())]
    unique = finite.groupby(level=0).mean() if finite.index.has_duplicates else finite
    lost = (*_lost(len(raw) - len(finite), "without a value left out"), *_lost(len(finite) - len(unique), TWICE))
    shown, averaged = coarser(unique, most)
    kept = outside(pd.DatetimeIndex(shown.index), spans(signal))
    values = shown if kept is None else shown[kept]
    step_s = step_of(pd.DatetimeIndex(values.index).as_unit("us").asi8 / 1e6)
    return History(shown, values, step_s, (*lost, *averaged, *_left(signal, shown, values)))


def coarser(values: pd.Series, most: int) -> tuple[pd.Series, tuple[str, ...]]:
    """Averages over whole buckets where there are more than ``most`` samples, and the sentence that says so."""
    if len(values) <= most:
        return values, ()
    at = pd.DatetimeIndex(values.index).as_unit("s").asi8
    step_s = next((s for s in STEPS_S if len(np.unique(at // s)) <= most), STEPS_S[-1])
    means = values.groupby(pd.DatetimeIndex(values.index).floor(f"{step_s}s")).mean()
    said = f"{len(values):,} samples are in sight; averages of {duration(step_s)} are learned from."
    return means.iloc[1:-1], (said,)


def choices_s(found: History, seasons_s: tuple[float, ...]) -> tuple[float, ...]:
    """How far one can look ahead: round lengths and stated seasons, as the history allows, else a few samples."""
    least = FEWEST_STEPS * found.step_s
    fitting = sorted({float(s) for s in (*LADDER_S, *seasons_s) if least <= s <= found.farthest_s})
    return tuple(fitting) or ((least,) if least <= found.farthest_s else ())


def usual_s(choices: tuple[float, ...], seasons_s: tuple[float, ...]) -> float:
    """A stated season, else a day, else as far as can be."""
    wanted = [s for s in (*sorted(seasons_s, reverse=True), USUAL_S) if s in choices]
    return wanted[0] if wanted else max((c for c in choices if c <= USUAL_S), default=max(choices, default=USUAL_S))


def next_s(found: History) -> float | None:
    """The next longer round length, for which the history is too short."""
    return next((float(s) for s in LADDER_S if s > found.farthest_s and s >= FEWEST_STEPS * found.step_s), None)


def _lost(count: int, why: str) -> tuple[str, ...]:
    return (f"{count:,} {'row' if count == 1 else 'rows'} {why}.",) if count else ()


def _left(signal: Signal, shown: pd.Series, values: pd.Series) -> tuple[str, ...]:
    return () if len(shown) == len(values) else (left_out_words(signal.left_out),)
