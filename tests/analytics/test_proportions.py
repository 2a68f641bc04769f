"""The expected range of a counted share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.proportions import WARM_UP, band

N = 180


def shares(p: np.ndarray, seed: int = 0) -> tuple[pd.Series, pd.Series]:
    index = pd.date_range("2026-01-01", periods=len(p), freq="15s", tz="UTC")
    values = np.random.default_rng(seed).binomial(N, p) / N
    return pd.Series(values, index), pd.Series(N, index)


def test_a_calm_share_stays_inside() -> None:
    values, counts = shares(np.full(2_000, 0.9))
    found = band(values, counts)
    outside = (values < found.lower) | (values > found.upper)
    assert outside.mean() < 0.003


def test_a_fault_of_a_quarter_of_the_time_is_outside_and_does_not_move_the_centre() -> None:
    p = np.full(120, 0.9)
    p[45:75] = 0.72
    values, counts = shares(p)
    found = band(values, counts)
    assert abs(found.expected.iloc[0] - 0.9) < 0.02
    assert (values[45:75] < found.lower[45:75]).all()


def test_causal_range_of_a_prefix_is_the_prefix_of_the_range() -> None:
    values, counts = shares(np.linspace(0.95, 0.7, 60))
    whole = band(values, counts, causal=True)
    for cut in (1, WARM_UP, 23, 59):
        pd.testing.assert_frame_equal(band(values[:cut], counts[:cut], causal=True), whole[:cut], check_exact=True)


def test_causal_range_needs_history_and_says_nothing_before() -> None:
    values, counts = shares(np.full(20, 0.5))
    found = band(values, counts, causal=True)
    assert found.lower[:WARM_UP].isna().all()
    assert found.lower[WARM_UP:].notna().all()


def test_buckets_without_records_do_not_count() -> None:
    values, counts = shares(np.full(40, 0.8))
    counts.iloc[::2] = 0
    values.iloc[::2] = 0.0
    assert band(values, counts).expected.iloc[0] > 0.7


def test_a_share_that_never_varies_has_a_range_of_a_point() -> None:
    values, counts = shares(np.zeros(30))
    found = band(values, counts)
    assert (found.lower == 0).all()
    assert np.allclose(found.upper, 0.01)
