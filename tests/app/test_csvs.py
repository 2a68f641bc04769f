"""Cells that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

import csv
import io
from typing import Final

import pytest

from app.csvs import cell, lines

#: What a cell holds, and what is written for it: here and by assets/export.js (tests/browser/test_export.py).
CELLS: Final = (
    ("=1+1", "'=1+1"), ("+x", "'+x"), ("+5", "'+5"), ("-x", "'-x"), ("-1+cmd", "'-1+cmd"), ("@a", "'@a"),
    ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"), ("-", "'-"), ("-2.5\n=1", "'-2.5\n=1"), ("-.5", "'-.5"),
    ("-2.5", "-2.5"), ("-2.5e-7", "-2.5e-7"), ("-1E9", "-1E9"), ("1e3", "1e3"), ("-٢", "'-٢"),
    ("a-b=c", "a-b=c"), ('a "b", c', 'a "b", c'), ("", ""),
)  # fmt: skip


@pytest.mark.parametrize(("held", "written"), CELLS)
def test_what_would_be_run_gets_an_apostrophe_and_a_number_stays_one(held: str, written: str) -> None:
    assert cell(held) == written


def test_values_that_are_no_text_stay() -> None:
    assert [cell(value) for value in (-2.5, 7, None, True)] == [-2.5, 7, "", True]


def test_head_and_rows_read_back_as_they_were_made_safe() -> None:
    texts = [held for held, _ in CELLS]
    read = list(csv.reader(io.StringIO("".join(lines(texts, [texts])), newline="")))
    assert read == [[written for _, written in CELLS]] * 2
