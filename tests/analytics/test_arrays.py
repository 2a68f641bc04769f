"""The small operations, against plain ones that are slow but sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.arrays import robust_sigma, rolling_mean, rolling_median, row_median, runs_of
from analytics.words import amount

VALUES = arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e3, 1e3))


def around(i: int, window: int, causal: bool) -> slice:
    back = window - 1 if causal else window // 2
    return slice(max(0, i - back), i + 1 if causal else i + window - window // 2)


@given(VALUES, st.integers(1, 12), st.booleans())
def test_rolling_mean(values: np.ndarray, window: int, causal: bool) -> None:
    window = min(window, len(values))
    slow = [values[around(i, window, causal)].mean() for i in range(len(values))]
    assert rolling_mean(values, window, causal=causal) == pytest.approx(slow, abs=1e-9)


@given(VALUES, st.integers(0, 6), st.booleans())
def test_rolling_median(values: np.ndarray, half: int, causal: bool) -> None:
    window = 2 * half + 1
    slow = [np.median(values[around(i, window, causal)]) for i in range(len(values))]
    if window <= len(values):
        assert rolling_median(values, window, causal=causal) == pytest.approx(slow)


@given(VALUES, st.integers(1, 12), st.data())
def test_trailing_operations_know_no_future(values: np.ndarray, window: int, data) -> None:
    cut = data.draw(st.integers(1, len(values)))
    for operation in (rolling_mean, rolling_median):
        whole, part = operation(values, window, causal=True), operation(values[:cut], window, causal=True)
        assert part.tobytes() == whole[:cut].tobytes()


@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 6)), elements=st.floats(-9, 9) | st.just(np.nan)))
def test_row_median_leaves_nan_out(table: np.ndarray) -> None:
    for row, found in zip(table, row_median(table), strict=True):
        known = row[~np.isnan(row)]
        assert found == pytest.approx(np.median(known)) if len(known) else np.isnan(found)


def test_robust_sigma_of_a_normal_sample_is_its_standard_deviation_and_ignores_outliers() -> None:
    sample = np.random.default_rng(0).normal(5, 2, 20_000)
    assert robust_sigma(sample) == pytest.approx(2, rel=0.03)
    sample[:1_000] = 1e9
    assert robust_sigma(sample) == pytest.approx(2, rel=0.1)
    assert robust_sigma(np.array([])) == 0


def test_runs() -> None:
    assert runs_of(np.array([True, False, True, True, False])) == [(0, 1), (2, 4)]
    assert runs_of(np.array([], dtype=bool)) == []


@pytest.mark.parametrize(
    ("value", "margin", "words"),
    [(812.3, 60, "812"), (240.4, 60, "240"), (0.0512, 0.009, "0.0512"), (12_345.6, 400, "12,346"), (-0.001, 0.3, "0"),
     (99.7, 0.15, "99.7"), (5, 0, "5"), (float("nan"), 1, "unknown")],
)  # fmt: skip
def test_amounts_keep_the_digits_that_mean_something(value: float, margin: float, words: str) -> None:
    assert amount(value, margin) == words
