"""Counters as rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analytics.rates import counter_to_rate


def counter(values: list[float], step_s: int = 5) -> pd.Series:
    return pd.Series(values, pd.date_range("2026-01-01", periods=len(values), freq=f"{step_s}s", tz="UTC"), dtype=float)


def test_rate_is_increase_per_second() -> None:
    assert counter_to_rate(counter([0, 10, 30])).tolist() == [2.0, 4.0]


def test_a_reset_counts_from_zero() -> None:
    assert counter_to_rate(counter([100, 110, 5, 15])).tolist() == [2.0, 1.0, 2.0]


def test_gaps_stretch_the_interval() -> None:
    assert counter_to_rate(counter([0, np.nan, 20])).tolist() == [2.0]


def test_repeated_times_do_not_divide_by_zero() -> None:
    series = counter([0, 10, 20])
    doubled = pd.concat([series, series.iloc[[1]]])
    assert np.isfinite(counter_to_rate(doubled)).all()


def test_too_short_for_a_rate_is_empty() -> None:
    assert counter_to_rate(counter([7])).empty
    assert counter_to_rate(counter([])).empty


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=40))
def test_no_rate_is_negative_and_a_counter_without_resets_keeps_its_increase(increments: list[float]) -> None:
    series = counter(np.cumsum(increments).tolist())
    rate = counter_to_rate(series)
    assert (rate >= 0).all()
    assert np.isclose((rate * 5).sum(), series.iloc[-1] - series.iloc[0], rtol=1e-6, atol=1e-6)
