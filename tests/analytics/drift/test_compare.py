"""Windows of one population nearly never alarm; windows that moved do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.drift import STATISTICS, compare, holm


def window(n: int, seed: int, *, shift: float = 0.0, city: str = "abcde", nulls: float = 0.02) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    income = rng.lognormal(10 + shift, 0.8, n)
    income[rng.random(n) < nulls] = np.nan
    return pd.DataFrame(
        {
            "income": income,
            "age": rng.integers(18, 90, n),
            "city": rng.choice(list(city), n),
            "member": rng.random(n) < 0.3,
            "tariff": np.full(n, "basic"),
        }
    )


@pytest.mark.parametrize("statistic", [None, "psi"])
@pytest.mark.parametrize(("n", "m"), [(2_000, 2_000), (5_000, 300), (100_000, 100_000)])
def test_windows_of_one_population_nearly_never_alarm(n: int, m: int, statistic: str | None) -> None:
    """The promise is 5 % of comparisons of five features; at many rows the effect floor makes it none."""
    trials = 60 if n < 10_000 else 5
    pairs = ((window(n, 2 * seed), window(m, 2 * seed + 1)) for seed in range(trials))
    assert sum(bool(compare(a, b, statistic=statistic).drifted) for a, b in pairs) <= 0.1 * trials


@pytest.mark.parametrize("statistic", [None, "psi"])
def test_a_feature_that_moved_is_named_and_comes_first(statistic: str | None) -> None:
    report = compare(window(3_000, 0), window(800, 1, shift=0.5), statistic=statistic)
    assert report.drifted == ("income",)
    assert report.features.index[0] == "income"


def test_a_difference_too_small_to_matter_does_not_alarm_however_many_rows_prove_it() -> None:
    report = compare(window(200_000, 0), window(200_000, 1, shift=0.03))
    row = report.features.loc["income"]
    assert row["p_adjusted"] < 1e-6
    assert not row["drifted"]


def test_levels_never_seen_before_count() -> None:
    report = compare(window(3_000, 0), window(500, 1, city="abcdeXY"))
    assert report.drifted == ("city",)
    assert report.features.loc["city", "kind"] == "categorical"


@pytest.mark.parametrize("feature", ["income", "city"])
def test_values_that_went_missing_count(feature: str) -> None:
    current = window(800, 1)
    current.loc[:199, feature] = np.nan
    report = compare(window(3_000, 0), current)
    assert report.drifted == (feature,)
    assert report.features.loc[feature, "nulls_current"] == pytest.approx(0.26, abs=0.015)


def test_a_column_that_vanished_counts_as_missing() -> None:
    assert compare(window(3_000, 0), window(800, 1).drop(columns="city")).drifted == ("city",)


def test_a_constant_is_constant_until_it_changes() -> None:
    reference, current = window(1_000, 0), window(500, 1)
    assert compare(reference, current).features.loc["tariff", "kind"] == "constant"
    changed = compare(reference, current.assign(tariff="premium")).features.loc["tariff"]
    assert changed["drifted"]
    assert changed["effect"] > 0.95


def test_everything_at_its_default_has_a_large_effect() -> None:
    report = compare(window(3_000, 0), window(400, 1).assign(income=22_000.0))
    assert report.features.loc["income", "effect"] > 0.4
    assert report.drifted == ("income",)


def test_ids_that_never_repeat_are_no_drift() -> None:
    reference = pd.DataFrame({"id": [f"user-{i}" for i in range(2_000)]})
    current = pd.DataFrame({"id": [f"user-{i}" for i in range(2_000, 3_000)]})
    assert compare(reference, current).drifted == ()


def test_few_rows_say_nothing() -> None:
    row = compare(window(3_000, 0), window(29, 1, shift=5)).features.loc["income"]
    assert np.isnan(row["value"])
    assert not row["drifted"]
    assert compare(window(3_000, 0), window(0, 1)).drifted == ()


def test_numbers_with_few_values_are_levels() -> None:
    reference = pd.DataFrame({"flag": np.r_[np.zeros(900), np.ones(100)]})
    current = pd.DataFrame({"flag": np.r_[np.zeros(200), np.ones(200)]})
    row = compare(reference, current).features.loc["flag"]
    assert (row["kind"], row["statistic"], row["drifted"]) == ("categorical", "chi_square", True)


def test_one_and_one_point_zero_are_the_same_level() -> None:
    reference = pd.DataFrame({"code": [1, 2] * 200})
    current = pd.DataFrame({"code": [1.0, 2.0, np.nan] + [1.0, 2.0] * 200})
    assert compare(reference, current).features.loc["code", "effect"] < 0.05


def test_infinite_numbers_are_nulls() -> None:
    current = window(500, 1)
    current.loc[:249, "income"] = np.inf
    assert compare(window(2_000, 0), current).drifted == ("income",)


def test_ks_and_chi_square_agree_with_scipy() -> None:
    from scipy import stats

    rng = np.random.default_rng(5)
    first, second = rng.normal(0, 1, 700), rng.normal(0.2, 1.1, 450)
    found = compare(pd.DataFrame({"x": first}), pd.DataFrame({"x": second})).features.loc["x"]
    distance = stats.ks_2samp(first, second).statistic
    law = stats.kstwobign.sf(distance * np.sqrt(700 * 450 / 1_150))
    assert (found["value"], found["p_value"]) == pytest.approx((distance, law))

    levels = [rng.choice(list("abcd"), n, p=p) for n, p in ((700, (0.4, 0.3, 0.2, 0.1)), (450, (0.3, 0.3, 0.3, 0.1)))]
    found = compare(*(pd.DataFrame({"x": part}) for part in levels)).features.loc["x"]
    table = [[(part == level).sum() for level in "abcd"] for part in levels]
    chi = stats.chi2_contingency(table, correction=False)
    assert (found["value"], found["p_value"]) == pytest.approx((chi.statistic, chi.pvalue))


def test_psi_of_known_shares() -> None:
    """Shares .5/.5 against .8/.2: (.3) ln(1.6) + (-.3) ln(.4) = .416; the zero floor moves it by little."""
    reference = pd.DataFrame({"x": ["a", "b"] * 5_000})
    current = pd.DataFrame({"x": ["a", "a", "a", "a", "b"] * 2_000})
    assert compare(reference, current, statistic="psi").features.loc["x", "value"] == pytest.approx(0.416, abs=0.002)


def test_p_values_are_even_when_nothing_moved() -> None:
    """A test that promises 5 % must alarm in about 5 % of its p-values, before any effect floor."""
    rng = np.random.default_rng(11)
    p_values = [
        compare(pd.DataFrame({"x": rng.normal(size=400)}), pd.DataFrame({"x": rng.normal(size=400)}))
        .features["p_value"]
        .iloc[0]
        for _ in range(400)
    ]
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.08


def test_holm_against_figures_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert (adjusted >= np.array(p_values) - 1e-12).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p_values, kind="stable")]) >= 0).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=3), st.integers(-3, 3), st.booleans()), min_size=30, max_size=80))
def test_a_window_never_differs_from_itself(values: list[object]) -> None:
    table = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    for name in ("chi_square", "psi"):
        row = compare(table, table, statistic=None if name == "chi_square" else name).features.loc["x"]
        assert row["effect"] == pytest.approx(0, abs=1e-9)
        assert not row["drifted"]


def test_a_statistic_that_does_not_exist_or_fit_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="There are ks, chi_square, psi"):
        compare(window(100, 0), window(100, 1), statistic="wasserstein")
    with pytest.raises(ValueError, match="cannot compare a categorical feature"):
        compare(window(100, 0)[["city"]], window(100, 1)[["city"]], statistic="ks")


def test_every_statistic_describes_itself() -> None:
    for name, statistic in STATISTICS.items():
        assert statistic.name == name
        assert all((statistic.label, statistic.formula, statistic.binning, statistic.zero_floor, statistic.citation))
