"""The effect over time rests on the trailing window and the reference, nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.drift import over_time

START = pd.Timestamp("2026-11-21 14:00", tz="UTC")
STEP, WINDOW = pd.Timedelta("15s"), pd.Timedelta("60s")


def rows(n: int = 3_600, moved: slice | None = None) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"recency": rng.gamma(2, 10, n), "segment": rng.choice(list("abc"), n)})
    if moved is not None:
        table.loc[moved, "recency"] = 30.0
    return table.set_index(START + pd.to_timedelta(np.arange(n) / 2, unit="s"))


def effect(current: pd.DataFrame, feature: str = "recency") -> pd.Series:
    return over_time(rows(1_200), current, feature=feature, window=WINDOW, step=STEP)


@pytest.mark.parametrize("feature", ["recency", "segment"])
def test_calm_inputs_stay_low(feature: str) -> None:
    assert effect(rows(), feature).max() < 0.2


def test_inputs_on_their_default_rise_within_a_window_and_fall_again() -> None:
    found = effect(rows(moved=slice(1_200, 1_619)))
    high = found[found > 0.2]
    assert START + pd.Timedelta("600s") < high.index[0] <= START + pd.Timedelta("645s")
    assert found.max() > 0.4
    assert (found[found.index >= START + pd.Timedelta("870s")] < 0.2).all()


def test_a_prefix_gives_the_same_numbers() -> None:
    current = rows(moved=slice(1_200, 1_619))
    whole, part = effect(current), effect(current.iloc[:1_300])
    known = part.index[part.index <= current.index[1_299]]
    pd.testing.assert_series_equal(part.loc[known], whole.loc[known])


def test_windows_with_few_rows_are_nan() -> None:
    assert effect(rows().iloc[:29]).isna().tolist() == [True]
    assert effect(rows().iloc[:30]).isna().tolist() == [False]


def test_rows_out_of_order_make_no_difference() -> None:
    current = rows(moved=slice(1_200, 1_619))
    pd.testing.assert_series_equal(effect(current.sample(frac=1, random_state=0)), effect(current))


def test_no_rows_give_no_values() -> None:
    assert effect(rows().iloc[:0]).empty
