"""`forecast`: one series, what is expected of it and when it runs out, from stored samples to stdout."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from data.records import Objective, Service
from data.series import make_series
from data.store import Store
from tests.app.cli.process import diptych
from tests.app.usecases.ahead_data import daily, filling
from tests.data.builders import at, put, samples

DISK = ("forecast", "--service", "shop", "--metric", "disk_used_percent")
LATENCY = ("forecast", "--service", "shop", "--metric", "latency_ms", "--label", "zone=a")
HOSTILE = "b\x1b[2J\nc"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("forecast") / "home"
    slow = np.where(np.arange(4032) % 30 == 0, 400.0, daily())
    told = {
        make_series("shop", "disk_used_percent", {}): filling(per_day=2.5),
        make_series("shop", "latency_ms", {"zone": "a"}): slow,
        make_series("shop", "latency_ms", {"zone": HOSTILE}): slow,
        make_series("shop", "short", {}): [1.0],
    }
    rows = [row for one, values in told.items() for row in samples(one, list(values), step_s=300)]
    objective = Objective("latency_ms", 250, "<=", 0.95, 28 * 86_400)
    with Store.open(made) as store:
        put(store, series=list(told), services=(Service("shop", objectives=(objective,)),), metrics=rows)
    return made


def test_sentences_tell_what_comes_when_it_runs_out_and_how_that_was_tested(home: Path) -> None:
    done = diptych(home, *DISK)
    assert (done.status, done.err) == (0, "")
    said = done.out.replace("\u00a0", " ")
    assert said.startswith("shop disk_used_percent, times in UTC.\n")
    assert "% expected in 1 day, " in said
    assert "Reaches 100 % in " in said
    assert "The limit is a guess: its unit is percent." in said
    assert "Tested from 16 moments of the history" in said


def test_csv_has_a_row_per_sample_ahead(home: Path) -> None:
    head, *body = csv.reader(io.StringIO(diptych(home, *LATENCY, "--ahead", "6h", "--csv").out))
    assert head == ["ts", "expected", "lower", "upper"]
    assert len(body) == 72
    assert body[0][0] == (at(14 * 1440 - 5) + timedelta(minutes=5)).isoformat()
    assert all(float(low) <= float(middle) <= float(high) for _, middle, low, high in body)


def test_json_is_one_object_with_backtest_and_run_out(home: Path) -> None:
    found = diptych(home, *DISK, "--limit", "99", "--json").json
    assert (found["unit"], found["ahead_s"], found["origins"], len(found["points"])) == ("percent", 86_400, 16, 288)
    assert 0 < found["mase"] < 1
    assert 0.5 < found["inside"] <= 1
    (one,) = found["runs_out"]
    assert (one["limit"], one["guessed"]) == (99, False)
    assert one["earliest"] < one["at"] < one["latest"]


def test_an_error_budget_of_the_metric_is_told(home: Path) -> None:
    said = diptych(home, *LATENCY).out.replace("\u00a0", " ")
    assert "Error budget of latency within 250 ms: " in said


def test_learning_ends_where_it_is_told_to(home: Path) -> None:
    found = diptych(home, *DISK, "--end", at(7 * 1440).isoformat(), "--json").json
    assert found["points"][0][0] == at(7 * 1440).isoformat()


def test_one_sample_is_answered_in_words(home: Path) -> None:
    done = diptych(home, "forecast", "--service", "shop", "--metric", "short")
    assert (done.status, done.err) == (0, "")
    assert "it needs 20 samples in sight, and has 1" in done.out
    assert diptych(home, "forecast", "--service", "shop", "--metric", "short", "--json").json["points"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--ahead", "soon"), "'soon' is not a time to look ahead. Write a number and s, m, h, d or w"),
        (("--ahead", "0s"), "'0s' is not a time to look ahead"),
        (("--ahead", "999999w"), "'999999w' is not a time to look ahead"),
        (("--limit", "nan"), "nan is no limit"),
        (("--limit", "much"), "'much' is not a valid float"),
        (("--csv", "--json"), "exclude each other"),
        (("--label", "zone=z"), "has these labels"),
    ],
)
def test_wrong_use_is_one_line_of_words(home: Path, options: tuple[str, ...], words: str) -> None:
    done = diptych(home, *DISK, *options)
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1


def test_several_series_are_listed_without_moving_the_cursor(home: Path) -> None:
    done = diptych(home, "forecast", "--service", "shop", "--metric", "latency_ms")
    assert done.status == 2
    assert "2 series match" in done.err
    assert "\x1b" not in done.err
