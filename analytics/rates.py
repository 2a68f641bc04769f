"""Counters as rates."""

from __future__ import annotations

import pandas as pd


def counter_to_rate(series: pd.Series) -> pd.Series:
    """Increase per second between neighbouring samples of a counter (m,), on the index of the later one (m - 1,).

    A counter that falls was reset: it began again at 0, so its new value is the increase (Prometheus' rule). Samples
    without a value and repeated times are left out.
    """
    known = series.dropna()
    known = known[~known.index.duplicated(keep="last")].sort_index()
    increase = known.diff()
    increase = increase.where(increase >= 0, known)
    elapsed = known.index.to_series().diff().dt.total_seconds()
    rates = (increase / elapsed).iloc[1:]
    rates.name = series.name
    return pd.Series(rates)
