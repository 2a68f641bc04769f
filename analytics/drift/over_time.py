"""How far a feature is from its reference, moment by moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.arrays import Ints
from analytics.drift.compare import DEFAULT, MIN_ROWS, statistic_for
from analytics.drift.sample import Kind, kind_of, sample_of
from analytics.drift.statistics import Statistic
from analytics.drift.windows import effects


def over_time(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    feature: str,
    window: pd.Timedelta,
    step: pd.Timedelta,
    statistic: str | None = None,
) -> pd.Series:
    """Effect size (0-1) of the rows of the trailing window against the reference, at every ``step``.

    ``current`` is indexed by time. The value at t rests on rows of ``[t - window, t)`` and on the reference alone, so
    it could be known at t. NaN where the window holds fewer than 30 rows. Raises ValueError as ``compare`` does.
    """
    times = pd.DatetimeIndex(current.index)
    if not len(times):
        return pd.Series(dtype=np.float64, index=times, name=feature)
    if not times.is_monotonic_increasing:
        current = current.sort_index(kind="stable")
        times = pd.DatetimeIndex(current.index)
    kind = kind_of(reference[feature])
    chosen = statistic_for(kind, statistic)
    values = current[feature]
    ends = pd.date_range(times[0].floor(step) + step, times[-1].floor(step) + step, freq=step)
    first, last = times.searchsorted(ends - window, side="left"), times.searchsorted(ends, side="left")
    if chosen.name == DEFAULT[kind]:
        found = list(effects(reference[feature], values, kind, first, last, MIN_ROWS))
    else:
        found = _one_by_one(chosen, reference[feature], values, kind, first, last)
    return pd.Series(found, index=ends, name=feature, dtype=np.float64)


def _one_by_one(
    chosen: Statistic, reference: pd.Series, values: pd.Series, kind: Kind, first: Ints, last: Ints
) -> list[float]:
    """For statistics without a faster way."""
    usual = sample_of(reference, kind)
    return [
        chosen.compare(usual, sample_of(values.iloc[a:b], kind)).effect if b - a >= MIN_ROWS else np.nan
        for a, b in zip(first, last, strict=True)
    ]
