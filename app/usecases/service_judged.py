"""A signal with what was expected of it and where it left that: what Health and Service draw and speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd

from analytics import health
from analytics.onset import Onset
from app.usecases.judgement import Excursion, excursions, expected_range, pooled
from app.usecases.service_lane import ChartLane, LaneEpisode, State
from app.usecases.service_words import stated
from app.usecases.signals import Signal
from app.usecases.stamps import times
from data.records import Objective


@dataclass(frozen=True)
class Judged:
    """``band`` has the columns ``expected lower upper`` on the signal's index; excursions are in order of time.

    Where several buckets are judged together, the band is that of so many: what did not judge is not shown.
    """

    signal: Signal
    band: pd.DataFrame
    excursions: tuple[Excursion, ...]

    @cached_property
    def distance(self) -> pd.Series:
        """Shape (m,): distance from expected in widths of the band; off a band without width it is the cut."""
        expected, lower, upper = (self.band[name].to_numpy(float) for name in ("expected", "lower", "upper"))
        away, width = self.signal.values.to_numpy(float) - expected, upper - lower
        with np.errstate(divide="ignore", invalid="ignore"):
            widths = np.where(width > 0, np.clip(away / width, -health.CUT, health.CUT), np.nan)
        flat = np.sign(away) * health.CUT
        return pd.Series(np.where(upper == lower, flat, widths), self.signal.values.index)

    @cached_property
    def worst(self) -> health.Worst | None:
        """The sample farthest outside, in the direction that hurts.

        A bucket too small to be judged by itself is no worst one: where several are judged together, it is the farthest
        of the main excursion, as its page and its incident say.
        """
        if self.signal.pooled > 1:
            return None if self.main is None else self._farthest(self.main)
        columns = [self.band[name] for name in ("expected", "lower", "upper")]
        return health.worst(self.signal.values, *columns, bad_direction=self.signal.bad_direction)

    def _farthest(self, one: Excursion) -> health.Worst:
        at, value = peak(self.signal, one)
        far = abs(float(self.distance[at])) if at in self.distance.index else health.CUT
        return health.Worst(value, at, far, sum((e.end - e.start).total_seconds() for e in self.excursions))

    @cached_property
    def main(self) -> Excursion | None:
        """The excursion whose peak lies farthest from expected; of several at the cut the longest."""
        return max(self.excursions, key=self._far, default=None)

    def _far(self, one: Excursion) -> tuple[float, float]:
        i = int(self.signal.values.index.searchsorted(one.onset.peak_ts))
        far = abs(float(self.distance.iloc[i])) if i < len(self.distance) else 0.0
        return far, (one.end - one.start).total_seconds()


def judge(signal: Signal, find: Callable[[Signal, pd.DataFrame], tuple[Excursion, ...]] = excursions) -> Judged:
    """The signal judged with hindsight; ``find`` may remember what `excursions` found."""
    band = expected_range(signal, "full")
    return Judged(signal, pooled(signal, band)[1], find(signal, band))


#: How pages have signals judged: `judge`, or with a memory.
Judge = Callable[[Signal], Judged]


def marked(judged: Judged) -> np.ndarray:
    """Shape (m,): whether each sample lies in an excursion."""
    index = judged.signal.values.index
    inside = np.zeros(len(index), dtype=bool)
    for one in judged.excursions:
        inside |= (index >= pd.Timestamp(one.start)) & (index < pd.Timestamp(one.end))
    return inside


def chart_lane(judged: Judged, state: State, objective: Objective | None = None) -> ChartLane:
    """The signal as a lane; its episodes are of ``state``, its limit that of the objective."""
    signal = judged.signal
    expected, lower, upper = (judged.band[n].to_numpy(dtype=float) for n in ("expected", "lower", "upper"))
    limit = objective.threshold if objective and signal.unit != "bool" else None
    return ChartLane(
        key=signal.key,
        side=signal.side,
        name=signal.name,
        measure=signal.measure,
        unit=signal.unit,
        ts=times(pd.DatetimeIndex(signal.values.index)),
        value=signal.values.to_numpy(dtype=float),
        episodes=tuple(_episode(signal, one, state) for one in judged.excursions),
        limit=limit,
        limit_words=f"objective {stated(limit, signal.unit)}" if limit is not None else "",
        expected=expected,
        lower=lower,
        upper=upper,
        guessed=signal.metric if signal.guessed else "",
    )


def peak(signal: Signal, one: Excursion) -> tuple[pd.Timestamp, float]:
    """The sample of an excursion that lies farthest out; also where several buckets were judged together."""
    return farthest(signal, one.onset, one.start, one.end)


def farthest(signal: Signal, onset: Onset, start: datetime, end: datetime) -> tuple[pd.Timestamp, float]:
    """The sample of ``[start, end)`` that lies farthest in the direction of the onset."""
    inside = (signal.values.index >= pd.Timestamp(start)) & (signal.values.index < pd.Timestamp(end))
    values = signal.values[inside].dropna()
    if values.empty:
        return onset.peak_ts, onset.peak_value
    place = int(values.argmin() if onset.direction == "down" else values.argmax())
    return values.index[place], float(values.iloc[place])


def _episode(signal: Signal, one: Excursion, state: State) -> LaneEpisode:
    at, value = peak(signal, one)
    return LaneEpisode(_utc(one.start), _utc(one.end), _utc(at), value, state)


def _utc(at: datetime) -> datetime:
    return pd.Timestamp(at).tz_convert("UTC").to_pydatetime()
