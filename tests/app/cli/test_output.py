"""What leaves the command line is data, and harmless."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.output import plain, print_csv, print_json, print_table, visible


def test_json_has_iso_times_and_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"at": datetime(2026, 11, 22, tzinfo=UTC), "x": float("nan"), "raw": b"a\xff", "t": (1, 2)})
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-11-22T00:00:00+00:00",
        "x": None,
        "raw": "a\ufffd",
        "t": [1, 2],
    }


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1"])
def test_csv_disarms_formulas(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([cell], [[cell]])
    assert capsys.readouterr().out.count("'" + cell) == 2


def test_csv_leaves_numbers_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv(["a"], [[-1.5], [None]])
    assert capsys.readouterr().out.splitlines() == ["a", "-1.5", '""']


@given(st.text())
def test_no_text_can_steer_a_terminal(text: str) -> None:
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in visible(text))


def test_table_pads_to_the_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["service", "n"], [["shop", 1], ["recommender", 22]])
    assert capsys.readouterr().out.splitlines() == ["service      n", "shop         1", "recommender  22"]


def test_plain_knows_nested_values() -> None:
    assert plain([{"a": {1}}]) == [{"a": [1]}]
