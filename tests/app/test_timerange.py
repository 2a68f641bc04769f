"""The grammar of ranges, and what a page shows for any query."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TimeRangeError
from app.timerange import find_zone, moment, parse, resolve

NOW = datetime(2026, 11, 21, 14, 23, 45, tzinfo=UTC)  # a Saturday
OLDEST, NEWEST = datetime(2026, 11, 20, 13, 0, 20, tzinfo=UTC), datetime(2026, 11, 20, 13, 30, 10, tzinfo=UTC)


def at(text: str, zone: str = "UTC", end: bool = False) -> str:
    return moment(text, now=NOW, zone=ZoneInfo(zone), end=end).isoformat()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", "2026-11-21T14:23:45+00:00"),
        ("now-6h", "2026-11-21T08:23:45+00:00"),
        ("now+90s", "2026-11-21T14:25:15+00:00"),
        ("now-1d-30m", "2026-11-20T13:53:45+00:00"),
        ("now-1M", "2026-10-21T14:23:45+00:00"),
        ("now-9M", "2026-02-21T14:23:45+00:00"),
        ("now-1y", "2025-11-21T14:23:45+00:00"),
        ("now/h", "2026-11-21T14:00:00+00:00"),
        ("now-1d/d", "2026-11-20T00:00:00+00:00"),
        ("now/w", "2026-11-16T00:00:00+00:00"),
        ("now/M", "2026-11-01T00:00:00+00:00"),
        ("now/y", "2026-01-01T00:00:00+00:00"),
        ("2026-11-21T13:00:00Z", "2026-11-21T13:00:00+00:00"),
        ("2026-11-21 13:00", "2026-11-21T13:00:00+00:00"),
        ("2026-11-21T13:00:00+02:00", "2026-11-21T11:00:00+00:00"),
        ("1795266000000", "2026-11-21T13:00:00+00:00"),
        ("1795266000", "2026-11-21T13:00:00+00:00"),
        (" now-1h ", "2026-11-21T13:23:45+00:00"),
    ],
)
def test_a_moment(text: str, meant: str) -> None:
    assert at(text) == meant


def test_the_end_of_a_range_rounds_up() -> None:
    assert at("now/d", end=True) == "2026-11-22T00:00:00+00:00"
    assert at("now/M", end=True) == "2026-12-01T00:00:00+00:00"
    assert at("now-1d/d", end=True) == "2026-11-21T00:00:00+00:00"


def test_days_begin_in_the_zone_and_unzoned_times_are_of_the_zone() -> None:
    assert at("now/d", "America/New_York") == "2026-11-21T05:00:00+00:00"
    assert at("2026-11-21 13:00", "Europe/Berlin") == "2026-11-21T12:00:00+00:00"


def test_a_day_back_over_the_change_of_the_clock_is_a_day_of_the_calendar_and_an_hour_is_an_hour() -> None:
    sunday = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)  # noon in Berlin, on the day that had 25 hours
    berlin = ZoneInfo("Europe/Berlin")
    assert moment("now-1d", now=sunday, zone=berlin) == datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
    assert moment("now-24h", now=sunday, zone=berlin) == datetime(2026, 10, 24, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "now-", "now-6x", "now--1h", "now-9999999y", "now;"])
def test_nonsense_is_refused_in_words(text: str) -> None:
    with pytest.raises(TimeRangeError, match=r"is no time[.] Write now-6h"):
        at(text)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        found = moment(text, now=NOW, zone=ZoneInfo("Europe/Berlin"))
    except TimeRangeError:
        return
    assert found.tzinfo is UTC


def test_a_range_must_have_a_length() -> None:
    with pytest.raises(TimeRangeError, match="must lie before"):
        parse("now", "now-1h", now=NOW, zone=UTC)


def test_without_a_range_a_short_recording_is_shown_whole_in_whole_minutes() -> None:
    shown = resolve({}, now=NOW, newest=NEWEST, oldest=OLDEST)
    assert (shown.start, shown.end) == (OLDEST.replace(second=0), NEWEST.replace(minute=31, second=0))
    assert (shown.words, shown.asked, shown.anchored) == ("", False, False)
    assert shown.label.replace("\u00a0", " ") == "Fri 20 Nov, 13:00 – 13:31"


def test_records_of_another_year_are_shown_with_that_year() -> None:
    shown = resolve({}, now=NOW.replace(year=NOW.year + 11), newest=NEWEST, oldest=OLDEST)
    assert shown.label.replace("\u00a0", " ") == "Fri 20 Nov 2026, 13:00 – 13:31"


def test_without_a_range_a_long_history_is_shown_by_its_last_day() -> None:
    shown = resolve({}, now=NOW, newest=NEWEST, oldest=NEWEST - timedelta(days=30))
    assert shown.end - shown.start == timedelta(hours=24, minutes=1)
    assert shown.end >= NEWEST


def test_without_data_the_last_six_hours() -> None:
    shown = resolve({}, now=NOW, newest=None)
    assert (shown.end, shown.end - shown.start) == (NOW, timedelta(hours=6))


def test_a_relative_range_after_the_newest_data_moves_back_to_them_and_says_so() -> None:
    shown = resolve({"from": "now-15m", "to": "now"}, now=NOW, newest=NEWEST, oldest=OLDEST)
    assert shown.anchored
    assert shown.end == NEWEST + timedelta(seconds=1)
    assert shown.end - shown.start == timedelta(minutes=15)
    assert "Newest data: Fri 20" in shown.words
    assert shown.words.endswith("Showing the 15\u00a0min before.")


def test_a_range_that_reaches_the_data_stays() -> None:
    shown = resolve({"from": "now-2d"}, now=NOW, newest=NEWEST, oldest=OLDEST)
    assert not shown.anchored
    assert shown.end == NOW


def test_an_absolute_range_is_never_moved() -> None:
    query = {"from": "2027-01-01T00:00:00Z", "to": "2027-01-02T00:00:00Z"}
    shown = resolve(query, now=NOW, newest=NEWEST, oldest=OLDEST)
    assert shown.start == datetime(2027, 1, 1, tzinfo=UTC)
    assert not shown.anchored


def test_nonsense_in_the_query_is_answered_by_what_fits_and_said() -> None:
    shown = resolve({"from": "<script>", "to": "now", "tz": "Mars/Base"}, now=NOW, newest=NEWEST, oldest=OLDEST)
    assert shown.start == OLDEST.replace(second=0)
    assert shown.zone.key == "UTC"
    assert "“Mars/Base” is no time zone." in shown.words
    assert "“<script>” is no time." in shown.words


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "/etc/passwd", "a" * 500, "\0", "UTC\n"])
def test_a_zone_that_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(TimeRangeError, match="no time zone"):
        find_zone(name)


@given(st.dictionaries(st.sampled_from(["from", "to", "tz", "x"]), st.text(max_size=30)))
def test_any_query_has_a_range(query: dict[str, str]) -> None:
    shown = resolve(query, now=NOW, newest=NEWEST, oldest=OLDEST)
    assert shown.start < shown.end
