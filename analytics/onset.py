"""When a series left what is usual: the change point, and the moment at which that could be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.arrays import Floats, runs_of

BadDirection = Literal["up", "down", "both"]
LOOKBACK = 30  # samples before the first one outside in which the change may have begun
CLIP = 6.0  # half-widths of the range: one wild sample must not decide where the change point lies


@dataclass(frozen=True, slots=True)
class Onset:
    """``happened`` is the change point, ``confirmed`` the sample that confirmed it, ``known`` its arrival.

    ``first`` is the first sample outside, ``ended`` the first of the stretch that stays back inside, None while it has
    not come back.
    """

    happened: pd.Timestamp
    first: pd.Timestamp
    confirmed: pd.Timestamp
    known: pd.Timestamp
    ended: pd.Timestamp | None
    peak_value: float
    peak_ts: pd.Timestamp
    direction: Literal["up", "down"]


def find_onset(
    values: pd.Series,
    lower: pd.Series,
    upper: pd.Series,
    *,
    known_at: pd.Series,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    bad_direction: BadDirection = "both",
    confirm: int = 3,
) -> Onset | None:
    """First run of ``confirm`` samples outside ``[lower, upper]`` whose first sample lies in ``[start, end)``, or None.

    All series share one increasing DatetimeIndex; samples without a value or a range are passed over. The change point
    is the split of the samples around the run's begin, confirming ones included, that leaves the least squares (one
    change in mean, Hinkley 1970); it rests on nothing later than the confirming sample. Raises ValueError for a
    ``confirm`` below 1.
    """
    if confirm < 1:
        raise ValueError("confirm counts samples: at least 1.")
    table = _Table.of(values, lower, upper, known_at)
    beyond = _beyond(table, bad_direction)
    begin = _first_run(table.index, beyond > 0, start, end, confirm)
    if begin is None:
        return None
    last = begin + confirm - 1
    change = _change_point(table, beyond, begin, last)
    if start is not None:
        change = max(change, _place(table.index, start))
    back = _back_inside(beyond <= 0, last + 1, confirm)
    peak = begin + int(np.argmax(beyond[begin:back]))
    return Onset(
        happened=table.index[change],
        first=table.index[begin],
        confirmed=table.index[last],
        known=known_at.iloc[table.kept[begin : last + 1]].max(),
        ended=table.index[back] if back is not None else None,
        peak_value=float(table.value[peak]),
        peak_ts=table.index[peak],
        direction="up" if table.value[peak] > table.upper[peak] else "down",
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """Samples that have a value and a range, arrays of shape (k,); ``kept`` are their places among all."""

    index: pd.DatetimeIndex
    kept: np.ndarray
    value: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, values: pd.Series, lower: pd.Series, upper: pd.Series, known_at: pd.Series) -> _Table:
        columns = [one.to_numpy(dtype=np.float64) for one in (values, lower, upper)]
        kept = np.flatnonzero(~np.isnan(columns).any(axis=0) & known_at.notna().to_numpy())
        return cls(pd.DatetimeIndex(values.index)[kept], kept, *(column[kept] for column in columns))


def _beyond(table: _Table, bad_direction: BadDirection) -> Floats:
    """Distance outside the range on the side that hurts, positive outside, shape (m,)."""
    above, below = table.value - table.upper, table.lower - table.value
    by_side: dict[BadDirection, Floats] = {"up": above, "down": below, "both": np.maximum(above, below)}
    return by_side[bad_direction]


def _first_run(
    times: pd.Index, outside: np.ndarray, start: pd.Timestamp | None, end: pd.Timestamp | None, confirm: int
) -> int | None:
    first = 0 if start is None else _place(times, start)
    stop = len(times) if end is None else _place(times, end)
    for a, b in runs_of(outside[first:]):
        if first + a >= stop:
            return None
        if b - a >= confirm:
            return first + a
    return None


def _place(times: pd.Index, at: pd.Timestamp) -> int:
    """How many of ``times`` lie before ``at``, which may be finer than their own unit."""
    index = pd.DatetimeIndex(times)
    moment = pd.Timestamp(at)
    floor = moment.as_unit(index.unit)
    return int(index.searchsorted(floor, side="left" if floor == moment else "right"))


def _change_point(table: _Table, beyond: Floats, begin: int, last: int) -> int:
    low = max(0, begin - LOOKBACK)
    half = (table.upper - table.lower)[low : last + 1] / 2
    moved = np.clip(beyond[low : last + 1] / np.maximum(half, 1e-12), -2.0, CLIP)
    count = len(moved)
    if count < 3 or begin == low:
        return begin
    return min(low + change_point(moved), begin)


def change_point(values: Floats) -> int:
    """Index (1 to m - 1) of the first value after one change in mean: the split of least squares (Hinkley 1970).

    Raises ValueError for fewer than two values.
    """
    if len(values) < 2:
        raise ValueError("A change needs a value before and one after.")
    before, sums = np.arange(1, len(values)), np.cumsum(values)[:-1]
    gain = sums**2 / before + (values.sum() - sums) ** 2 / (len(values) - before)
    return 1 + int(np.argmax(gain))


def switch_point(values: Floats, before: float, after: float) -> int:
    """Index (0 to m) of the first value of the second level, both levels being known: the split of least squares.

    With a level to be found on either side, a small change among noisy values is dated far less well.
    """
    gain = (values - before) ** 2 - (values - after) ** 2
    return int(np.argmax(np.concatenate([[0.0], np.cumsum(-gain)])))


def _back_inside(inside: np.ndarray, first: int, confirm: int) -> int | None:
    runs = ((first + a, first + b) for a, b in runs_of(inside[first:]))
    return next((a for a, b in runs if b - a >= confirm), None)
