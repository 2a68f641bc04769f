"""The definitions of Health, by examples that a person can check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import health

INDEX = pd.date_range("2026-11-21 13:00", periods=1_080, freq="5s", tz="UTC")


def series(level: float, count: int = 1_080) -> pd.Series:
    return pd.Series(level, index=INDEX[:count])


def shop_errors() -> pd.Series:
    """0.3 % with three minutes at 4.6 %: 36 samples."""
    errors = series(0.003)
    errors.iloc[800:836] = 0.046
    return errors


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"samples": 0, "episodes": 0}, "nodata"),
        ({"samples": 9, "episodes": 0}, "ok"),
        ({"samples": 9, "episodes": 1}, "degraded"),
        ({"samples": 9, "episodes": 0, "missed_s": 5.0}, "degraded"),
        ({"samples": 9, "episodes": 1, "missed_s": 5.0}, "critical"),
        ({"samples": 9, "episodes": 0, "budget_left": 0.0}, "critical"),
        ({"samples": 9, "episodes": 0, "budget_left": 0.4}, "ok"),
        ({"samples": 9, "episodes": 1, "down": True}, "critical"),
    ],
)
def test_state(facts: dict, expected: str) -> None:
    assert health.state(**facts) == expected


def test_rows_are_sorted_by_state_then_by_budget() -> None:
    rows = [
        ("ok", 0.91),
        ("critical", 0.31),
        ("nodata", None),
        ("degraded", None),
        ("critical", 0.12),
        ("degraded", 0.6),
    ]
    ordered = sorted(rows, key=lambda row: health.severity(*row))
    assert [r[0] for r in ordered] == ["critical", "critical", "degraded", "degraded", "ok", "nodata"]
    assert [r[1] for r in ordered[:4]] == [0.12, 0.31, 0.6, None]


def test_distance_is_in_widths_of_the_range_and_cut_at_six() -> None:
    values = pd.Series([10, 11, 9, 500, -500, np.nan], index=INDEX[:6], dtype=float)
    found = health.distance(values, series(10, 6), series(9, 6), series(11, 6))
    assert found.iloc[:5].tolist() == [0, 0.5, -0.5, 6, -6]
    assert np.isnan(found.iloc[5])


def test_where_there_is_no_range_there_is_no_distance() -> None:
    assert health.distance(series(3), series(3), series(3), series(3)).isna().all()


def test_worst_is_the_farthest_sample_on_the_side_that_hurts() -> None:
    errors = shop_errors()
    errors.iloc[810] = 0.051
    found = health.worst(errors, series(0.003), series(0), series(0.009), bad_direction="up")
    assert found is not None
    assert (found.value, found.ts, found.outside_s) == (0.051, INDEX[810], 180)
    assert found.widths == pytest.approx((0.051 - 0.003) / 0.009)
    assert health.worst(errors, series(0.003), series(0), series(0.009), bad_direction="down") is None


def test_a_service_that_was_down_is_outside_for_as_long_as_it_was_down() -> None:
    up = series(1)
    up.iloc[100:142] = 0
    found = health.worst(up, series(1), series(0.91), series(1.09), bad_direction="down")
    assert found is not None
    assert (found.value, found.ts, found.outside_s) == (0, INDEX[100], 210)


def test_p95_needs_twenty_samples() -> None:
    values = pd.Series(np.arange(101.0), index=INDEX[:101])
    assert health.p95(values) == 95
    assert health.p95(values.iloc[:19]) is None


def test_times_expected_is_left_out_where_nothing_is_expected() -> None:
    assert health.times_expected(409, 118, 94, 142) == pytest.approx(3.47, abs=0.01)
    assert health.times_expected(0.046, 0.0, 0.0, 0.009) is None
    assert health.times_expected(5, -3, -4, -2) is None


def test_the_error_budget_of_three_bad_minutes() -> None:
    """98 % of 90 min allows 108 s; 180 s were bad: 67 % overspent. Over 30 days 2 % is 14.4 h: hardly touched."""
    objective = {"threshold": 0.02, "comparison": "<=", "target": 0.98}
    short = health.budget_left(shop_errors(), window_s=5_400, **objective)
    assert short is not None
    assert (short.bad_s, short.allowed_s) == (180, pytest.approx(108))
    assert short.left == pytest.approx(1 - 180 / 108)
    month = health.budget_left(shop_errors(), window_s=30 * 86_400, **objective)
    assert month is not None
    assert month.left == pytest.approx(1 - 180 / 51_840)


def test_only_the_window_of_the_objective_counts() -> None:
    objective = {"threshold": 0.02, "comparison": "<=", "target": 0.9}
    found = health.budget_left(shop_errors(), window_s=600, **objective)
    assert found is not None
    assert (found.bad_s, found.left) == (0, 1)


def test_an_objective_can_be_a_floor() -> None:
    up = series(1)
    up.iloc[100:142] = 0
    assert health.missed_s(up, threshold=1, comparison=">=") == 210


def test_a_gap_is_not_bad_time() -> None:
    errors = shop_errors().drop(INDEX[820:1_000])
    assert health.missed_s(errors, threshold=0.02, comparison="<=") == 100


def test_no_samples_have_no_budget_and_a_wrong_objective_is_refused() -> None:
    objective = {"threshold": 0.02, "comparison": "<=", "window_s": 600.0}
    assert health.budget_left(series(0, 0), target=0.9, **objective) is None
    with pytest.raises(ValueError, match="target"):
        health.budget_left(series(0), target=1.0, **objective)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=60), st.floats(0.01, 0.99))
def test_good_and_bad_time_make_up_the_whole(values: list[float], threshold: float) -> None:
    some = pd.Series(values, index=INDEX[: len(values)])
    bad = health.missed_s(some, threshold=threshold, comparison="<=")
    good = float(health.seconds_each(some[:])[(some <= threshold).to_numpy()].sum())
    assert bad + good == pytest.approx(5 * len(values))


def test_every_term_is_defined_in_words() -> None:
    terms = {"state", "worst", "p95", "times expected", "against expected", "budget left", "episodes"}
    assert set(health.DEFINITIONS) == terms
    assert all(text.endswith(".") for text in health.DEFINITIONS.values())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(30, 3_000))
def test_the_course_of_a_budget_ends_at_what_is_left_and_falls_by_what_was_missed(
    values: list[float], window_s: float
) -> None:
    some = pd.Series([*values, np.nan], index=INDEX[: len(values) + 1])
    objective = {"threshold": 0.5, "comparison": "<=", "target": 0.9, "window_s": window_s}
    course = health.budget_course(some, **objective)
    now = health.budget_left(some, **objective)
    assert now is not None
    assert course.index.equals(some.dropna().index)
    assert course.iloc[-1] == pytest.approx(now.left)
    kept = some.dropna() <= 0.5
    assert (course.diff().fillna(0.0)[kept] >= -1e-9).all(), "a sample that keeps the objective costs nothing"
    assert (course <= 1 + 1e-9).all()
