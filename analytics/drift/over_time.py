"""How far a feature is from its reference, moment by moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.drift.compare import MIN_ROWS, statistic_for
from analytics.drift.sample import kind_of, sample_of


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
    compare = statistic_for(kind, statistic).compare
    usual, values = sample_of(reference[feature], kind), current[feature]
    ends = pd.date_range(times[0].floor(step) + step, times[-1].floor(step) + step, freq=step)
    first, last = times.searchsorted(ends - window, side="left"), times.searchsorted(ends, side="left")
    effects = [
        compare(usual, sample_of(values.iloc[a:b], kind)).effect if b - a >= MIN_ROWS else np.nan
        for a, b in zip(first, last, strict=True)
    ]
    return pd.Series(effects, index=ends, name=feature, dtype=np.float64)
