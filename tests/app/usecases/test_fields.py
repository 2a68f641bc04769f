"""Fields of forms: lines, zones and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.usecases.fields import one_line, read_time, read_zone, written

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, SECOND = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))  # both 02:30 in Berlin


@given(st.text(), st.integers(1, 40))
def test_a_line_is_one_printable_and_bounded(text: str, most: int) -> None:
    line = one_line(text, most)
    assert line.isprintable()
    assert line == line.strip()
    assert len(line) <= most
    assert one_line(line) == line, "and reading it again changes nothing"


def test_nothing_is_an_empty_line() -> None:
    assert (one_line(None), one_line(" \n\x00")) == ("", "")
    assert one_line(" Mara\r\n\x00Lind ") == "Mara Lind"


@pytest.mark.parametrize(("name", "key"), [("Europe/Berlin", "Europe/Berlin"), (None, "UTC"), ("", "UTC")])
def test_a_zone_is_read_by_its_name(name: Any, key: str) -> None:
    wrong: list[str] = []
    assert str(read_zone(name, wrong)) == key
    assert wrong == []


def test_what_cannot_be_read_is_said_and_named() -> None:
    wrong: list[str] = []
    assert read_zone("Mars", wrong) is None
    assert read_time("soon", "Started", UTC, None, wrong) is None
    assert ["“Mars” is no time zone" in wrong[0], "“Started”: “soon” is no time" in wrong[1]] == [True, True]


@pytest.mark.parametrize("kept", [FIRST, SECOND])
def test_a_text_that_was_not_touched_stays_its_moment_also_where_the_clock_shows_it_twice(kept: datetime) -> None:
    text = written(kept, BERLIN)
    assert read_time(text, "When", BERLIN, kept, []) == kept
    assert read_time("2026-10-25 02:45", "When", BERLIN, kept, []) == datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert read_time(" ", "When", BERLIN, kept, []) is None


@given(st.integers(0, 4_000_000_000_000_000))
def test_what_a_form_shows_is_read_again(us: int) -> None:
    at = FIRST + timedelta(microseconds=us)
    assert read_time(written(at, UTC), "When", UTC, None, []) == at
