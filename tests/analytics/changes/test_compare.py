"""A change that was planted is found first, and where nothing changed nothing is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.changes import compare, rank, tally
from analytics.changes.compare import _q_values


def window(rows: int, seed: int) -> pd.DataFrame:
    """Requests as an access log has them."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "status": rng.choice([200, 301, 404, 500], rows, p=[0.9, 0.05, 0.04, 0.01]),
            "path": rng.choice([f"/p{i}" for i in range(200)], rows),
            "host": pd.Categorical(rng.choice(["a", "b", "c"], rows)),
            "latency_ms": rng.lognormal(4, 0.5, rows),
            "request_id": [f"{seed}-{i}" for i in range(rows)],
            "message": [f"served {i} in {i % 7} ms" for i in range(rows)],
        }
    )


def test_without_a_change_nothing_is_reported_in_95_of_100_trials() -> None:
    trials = [compare(window(600, 2 * seed), window(400, 2 * seed + 1), lines="message") for seed in range(100)]
    assert sum(bool(trial.changes) for trial in trials) <= 5
    assert all(trial.tested > 100 for trial in trials)


def test_a_planted_value_comes_first() -> None:
    before, during = window(5_000, 0), window(5_000, 1)
    during.loc[during.index[::10], "path"] = "/login"
    found = compare(before, during).changes
    assert (found[0].field, found[0].value) == ("path", "/login")
    assert found[0].q_value < 1e-6
    assert found[0].sentence == "path /login: new, 10 % of records (500)"


def test_a_rise_is_said_in_words() -> None:
    before, during = window(20_000, 0), window(20_000, 1)
    before["status"], during["status"] = np.arange(20_000) % 100 == 0, np.arange(20_000) % 25 == 0
    found = compare(before[["status"]], during[["status"]]).changes
    assert found[0].sentence == "status True: 4 % of records, 1 % before: 4 times as often"


def test_a_number_that_moved_is_one_change_with_its_medians() -> None:
    before, during = window(5_000, 0), window(5_000, 1)
    during["latency_ms"] *= 3
    found = [change for change in compare(before, during).changes if change.field == "latency_ms"]
    assert len(found) == 1
    assert found[0].value is None
    assert found[0].during / found[0].before == pytest.approx(3, rel=0.1)
    assert found[0].sentence.startswith("latency_ms rose: median ")


def test_new_and_vanished_templates_are_found() -> None:
    before, during = window(2_000, 0), window(2_000, 1)
    before.loc[:99, "message"] = "cache warmed"
    during.loc[:99, "message"] = [f"timeout after {i} s" for i in range(100)]
    said = {change.sentence for change in compare(before, during, lines="message").changes}
    assert "template timeout after <*> s: new, 5 % of records (100)" in said
    assert "template cache warmed: gone, 5 % of records before (100)" in said


def test_a_change_too_small_to_matter_is_not_reported_however_many_records_prove_it() -> None:
    parts = tally(
        "region", pd.Series(["eu"] * 500_000 + ["us"] * 500_000), pd.Series(["eu"] * 505_000 + ["us"] * 495_000)
    )
    assert rank([parts], records=(1_000_000, 1_000_000)).changes == ()


def test_missing_values_are_a_value() -> None:
    before, during = pd.DataFrame({"user": ["a"] * 300}), pd.DataFrame({"user": ["a"] * 200 + [None] * 100})
    assert {change.value for change in compare(before, during).changes} == {"(none)"}


def test_ids_that_are_always_new_are_no_change() -> None:
    found = compare(window(3_000, 0), window(3_000, 1)).changes
    assert not any(change.field == "request_id" for change in found)


def test_twice_as_many_records_of_the_same_kind_are_volume_not_change() -> None:
    report = compare(window(2_000, 0), window(4_000, 1), seconds=(600, 600))
    assert report.changes == ()
    assert report.volume == "400 records a minute, 200 before: 2 times as many"


@pytest.mark.parametrize("rows", [(0, 100), (100, 0), (0, 0)])
def test_an_empty_window_says_how_many_there_were(rows: tuple[int, int]) -> None:
    report = compare(window(rows[0], 0), window(rows[1], 1))
    assert report.changes == ()
    assert report.volume == f"{rows[1]} records, {rows[0]} before"


def test_columns_of_one_window_alone_and_of_mixed_kinds_do_no_harm() -> None:
    before = pd.DataFrame(
        {"old": [1] * 50, "mixed": [1, "a"] * 25, "list": [[1]] * 50, "when": pd.Timestamp("2026-01-01")}
    )
    during = pd.DataFrame(
        {"new": [1] * 50, "mixed": [1, "b"] * 25, "list": [[1]] * 50, "when": pd.Timestamp("2026-01-01")}
    )
    assert {change.value for change in compare(before, during).changes} == {"a", "b"}


def test_the_same_windows_give_the_same_report() -> None:
    before, during = window(1_000, 0), window(1_000, 1)
    during["host"] = "a"
    assert compare(before, during, lines="message") == compare(before.copy(), during.copy(), lines="message")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_values_are_those_of_scipy(p_values: list[float]) -> None:
    from scipy.stats import false_discovery_control

    array = np.array(p_values)
    assert _q_values(array) == pytest.approx(false_discovery_control(array, method="bh"))
