"""Counting codes of many windows gives what comparing each window alone gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.drift import windows
from analytics.drift.sample import Kind, kind_of, sample_of
from analytics.drift.statistics import STATISTICS

NUMBERS = st.lists(st.one_of(st.none(), st.integers(-30, 30).map(lambda n: n / 4)), min_size=1, max_size=120)
LEVELS = st.lists(st.one_of(st.none(), st.sampled_from("abcdefgh")), min_size=1, max_size=120)


def one_by_one(reference: pd.Series, values: pd.Series, kind: Kind) -> list[float]:
    compare = STATISTICS["ks" if kind == "numeric" else "chi_square"].compare
    usual = sample_of(reference, kind)
    return [compare(usual, sample_of(values.iloc[a:b], kind)).effect for a, b in spans(values)]


def spans(values: pd.Series) -> list[tuple[int, int]]:
    return [(a, b) for a in range(0, len(values), 7) for b in (a + 1, a + 20) if b <= len(values)]


def counted(reference: pd.Series, values: pd.Series, kind: Kind) -> np.ndarray:
    first, last = np.array(spans(values)).T if spans(values) else (np.zeros(0, int), np.zeros(0, int))
    return windows.effects(reference, values, kind, first, last, 1)


@given(NUMBERS, NUMBERS)
@settings(deadline=None, max_examples=60)
def test_distances_of_numbers_are_exact(usual: list, current: list) -> None:
    reference, values = pd.Series(usual, dtype=float), pd.Series(current, dtype=float)
    np.testing.assert_allclose(counted(reference, values, "numeric"), one_by_one(reference, values, "numeric"))


@given(LEVELS, LEVELS)
@settings(deadline=None, max_examples=60)
def test_effects_of_levels_are_exact(usual: list, current: list) -> None:
    reference, values = pd.Series(usual, dtype=object), pd.Series(current, dtype=object)
    np.testing.assert_allclose(
        counted(reference, values, "categorical"), one_by_one(reference, values, "categorical"), atol=1e-12
    )


def test_beyond_the_finest_grid_the_distance_is_at_most_a_cell_too_small() -> None:
    rng = np.random.default_rng(0)
    reference, values = pd.Series(rng.normal(size=20_000)), pd.Series(rng.normal(0.3, 1, 400))
    assert kind_of(reference) == "numeric"
    found, exact = counted(reference, values, "numeric"), np.array(one_by_one(reference, values, "numeric"))
    assert (found <= exact + 1e-12).all()
    assert (exact - found <= 1 / windows.FINEST + 1e-12).all()


def test_short_windows_are_nan() -> None:
    values = pd.Series(np.arange(40.0))
    found = windows.effects(values, values, "numeric", np.array([0, 0]), np.array([5, 40]), 30)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0)
