"""What a shift of inputs cost: planted causes come first, shifts without effect lose nothing, and the parts add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.drift.cells import cut
from analytics.drift.cost import MIN_LABELS, Cost, cost

N, M = 4_000, 1_500
SEEDS = st.integers(0, 2**31)


def tables(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reference and window of three features of which none has moved."""
    rng = np.random.default_rng(seed)
    both = pd.DataFrame(
        {"recency": rng.gamma(2, 10, N + M), "price": rng.normal(size=N + M), "region": rng.choice(list("abcd"), N + M)}
    )
    return both.iloc[:N].copy(), both.iloc[N:].copy()


def wrong(table: pd.DataFrame, seed: int, by_region: float = 0.0, by_default: float = 0.0) -> np.ndarray:
    """0/1 losses: one in ten, more in region d, more where recency stands at its default."""
    chance = 0.1 + by_region * (table["region"] == "d") + by_default * (table["recency"] == -1.0)
    return (np.random.default_rng(seed + 1).random(len(table)) < chance).astype(float)


def found(reference: pd.DataFrame, current: pd.DataFrame, before: np.ndarray, after: np.ndarray) -> Cost:
    return cost({name: cut(reference[name], current[name]) for name in reference}, before, after)


def value(made: Cost, name: str) -> float:
    one = made.features[name]
    assert one is not None
    return one.value


@given(SEEDS)
@settings(deadline=None, max_examples=10)
def test_a_planted_default_comes_first_with_what_it_cost(seed: int) -> None:
    reference, current = tables(seed)
    current.loc[current.index[: M * 3 // 4], "recency"] = -1.0
    reference.loc[reference.index[:100], "recency"] = -1.0
    made = found(reference, current, wrong(reference, seed), wrong(current, seed + 7, by_default=0.3))
    assert max(made.features, key=lambda name: value(made, name)) == "recency"
    assert value(made, "recency") == pytest.approx(0.3 * (0.75 - 100 / N), abs=0.12)
    lost = made.features["recency"]
    assert lost is not None
    assert lost.low > 0


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_a_shift_that_does_not_matter_loses_about_nothing_even_while_another_costs(seed: int) -> None:
    reference, current = tables(seed)
    current.loc[current.index[: M * 3 // 4], "recency"] = -1.0
    current["price"] += 1.0
    made = found(reference, current, wrong(reference, seed), wrong(current, seed + 7, by_default=0.3))
    assert abs(value(made, "price")) < 0.06
    assert value(made, "recency") > 2 * abs(value(made, "price"))


def test_the_interval_of_a_shift_that_does_not_matter_holds_zero_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(40):
        reference, current = tables(seed)
        current["price"] += 0.8
        made = found(reference, current, wrong(reference, seed), wrong(current, seed + 7)).features["price"]
        held += made is not None and made.low <= 0 <= made.high
    assert held >= 33


@given(SEEDS)
@settings(deadline=None, max_examples=10)
def test_a_mix_that_moved_to_a_harder_level_costs_that_level(seed: int) -> None:
    reference, current = tables(seed)
    current.loc[current.index[: M // 2], "region"] = "d"
    made = found(reference, current, wrong(reference, seed, by_region=0.3), wrong(current, seed + 7, by_region=0.3))
    assert max(made.features, key=lambda name: value(made, name)) == "region"
    assert value(made, "region") == pytest.approx(0.3 * 0.375, abs=0.05)


@given(SEEDS, st.floats(0, 0.4))
@settings(deadline=None, max_examples=10)
def test_the_parts_and_the_rest_add_up_to_the_whole_loss(seed: int, more: float) -> None:
    reference, current = tables(seed)
    before, after = wrong(reference, seed), np.clip(wrong(current, seed + 7) + more, 0, 1)
    made = found(reference, current, before, after)
    assert made.total == pytest.approx(after.mean() - before.mean())
    assert sum(value(made, name) for name in made.features) + made.rest == pytest.approx(made.total)


def test_a_loss_without_any_shift_stays_in_the_rest() -> None:
    reference, current = tables(1)
    made = found(reference, current, wrong(reference, 1), np.ones(M))
    assert made.rest == pytest.approx(made.total, abs=0.03)


def test_a_feature_with_values_the_reference_never_held_cannot_be_told() -> None:
    reference, current = tables(2)
    current["region"] = "elsewhere"
    made = found(reference, current, wrong(reference, 2), wrong(current, 3))
    assert made.features["region"] is None
    assert made.features["price"] is not None


def test_too_few_labels_are_said() -> None:
    reference, current = tables(3)
    labels = np.where(np.arange(M) < MIN_LABELS - 1, wrong(current, 3), np.nan)
    made = found(reference, current, wrong(reference, 3), labels)
    assert made.reason == f"needs {MIN_LABELS} labels in either window, has {MIN_LABELS - 1}"
    assert set(made.features.values()) == {None}


def test_rows_without_labels_count_for_shares_alone() -> None:
    reference, current = tables(4)
    after = wrong(current, 5)
    made = found(reference, current, wrong(reference, 4), np.where(np.arange(M) % 2, after, np.nan))
    assert made.total == pytest.approx(after[1::2].mean() - wrong(reference, 4).mean())


def test_a_constant_feature_and_no_feature_lose_nothing() -> None:
    reference, current = tables(5)
    flat = {"flat": cut(pd.Series(np.ones(N)), pd.Series(np.ones(M)))}
    made = cost(flat, wrong(reference, 5), wrong(current, 6))
    assert value(made, "flat") == 0
    assert cost({}, wrong(reference, 5), wrong(current, 6)).rest == pytest.approx(made.total)
