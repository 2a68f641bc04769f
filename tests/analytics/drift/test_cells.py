"""Cells and histograms of two windows: every row has its place, and what matters has a cell of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.drift.cells import MOST_LEVELS, cut
from analytics.drift.histogram import BARS, histogram

VALUES = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=80)


@given(VALUES, VALUES)
@settings(deadline=None, max_examples=60)
def test_every_row_has_a_place_and_shares_add_up(usual: list, now: list) -> None:
    reference, current = pd.Series(usual, dtype=float), pd.Series(now, dtype=float)
    cells = cut(reference, current)
    assert (len(cells.reference), len(cells.current)) == (len(usual), len(now))
    assert cells.reference_shares.sum() == pytest.approx(1)
    assert cells.current_shares.sum() == pytest.approx(1)
    drawn = histogram(reference, current)
    assert drawn.reference.sum() == pytest.approx(1)
    assert drawn.current.sum() == pytest.approx(1)


def test_a_fall_back_value_does_not_vanish_among_its_neighbours() -> None:
    rng = np.random.default_rng(0)
    current = pd.Series(np.where(np.arange(500) < 400, 0.5, rng.normal(size=500)))
    cells = cut(pd.Series(rng.normal(size=2_000)), current)
    assert cells.current_shares[cells.names.index("0.5")] == pytest.approx(0.8)
    assert "0.5" in cells.names
    assert set(cells.reference) | set(cells.current) == set(range(len(cells.names)))


def test_rare_levels_share_a_cell_and_nulls_have_one() -> None:
    levels = [f"level {i}" for i in range(40)]
    table = pd.Series([*levels, *["often"] * 50, *[None] * 20], dtype=object)
    cells = cut(table, table)
    assert len(cells.names) == MOST_LEVELS + 1
    assert {"often", "null", "others"} <= set(cells.names)


def test_one_value_alone_is_one_cell_and_nulls_stand_last_in_the_histogram() -> None:
    assert cut(pd.Series([2.0] * 40), pd.Series([2.0] * 40)).names == ("2.0",)
    current = pd.Series([*np.linspace(0, 1, 75), *[np.nan] * 25])
    drawn = histogram(pd.Series(np.linspace(0, 1, 100)), current)
    assert len(drawn.current) == BARS + 1
    assert drawn.current[-1] == pytest.approx(0.25)
