"""The store and the pure function see the same kinds of line."""

from __future__ import annotations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import templates
from data.queries import log_masks

LINES = [
    "",
    "   ",
    "blk_-38 of /10.0.0.1:50010",
    "connection from 210.245.165.136 () at Fri Jul  1 09:00:00 2005",
    "authentication failure; rhost=ns.example.com  user=root",
    "can't open 'x.example.org' or \"y.example.org\"",
    "Failed password for root from 1.2.3.4 port 22",
    "it's\nover\ttwo lines 12 KB\r\n",
    "größe 12 € ist für user=Jürgen\u00a03 zu viel",
    "نص 12 عربي",
    "a" * 399 + "9" + "b" * 50,
    "<*> <*> s, 3 ms",
    r"back\1slash \\ 'quote'' ;--",
]


def in_sql(lines: list[str]) -> list[str]:
    sql = f"SELECT {log_masks.masked('message')} FROM (SELECT unnest($lines::VARCHAR[]) AS message)"
    return [row[0] for row in duckdb.execute(sql, {"lines": lines}).fetchall()]


def in_python(lines: list[str]) -> list[str]:
    found = templates.mine(lines)
    return [found.templates[at] for at in found.template_ids]


def test_the_rules_are_written_alike() -> None:
    assert log_masks.MASKS == templates.MASKS
    assert log_masks.LINE_CHARS == templates.LINE_CHARS


def test_both_give_the_same_templates() -> None:
    assert in_sql(LINES) == in_python(LINES)


WORDS = st.sampled_from(
    [
        "user",
        "user=",
        "for",
        "from",
        "by",
        "()",
        "a.example.com",
        "x=",
        "12",
        "KB",
        "s",
        "Mon",
        "é",
        "\n",
        " ",
        ".",
        ",",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.lists(WORDS, max_size=9).map(" ".join), st.text(max_size=30)), min_size=1, max_size=20))
def test_whatever_the_lines_are(lines: list[str]) -> None:
    lines = [line.replace("\x00", "") for line in lines]
    assert in_sql(lines) == in_python(lines)
