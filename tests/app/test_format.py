"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app import format as fmt

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)


def plain(text: str) -> str:
    """With ordinary spaces, so that the expectations can be read."""
    return text.replace(fmt.NBSP, " ").replace(fmt.THIN, " ")


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0, "0"),
        (0.0000000001, "0"),
        (0.004, "0.0040"),
        (0.913, "0.91"),
        (1.44, "1.4"),
        (24.4, "24"),
        (409.3, "409"),
        (16204, "16 204"),
        (-5.04, "−5.0"),
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_a_number_has_two_sensible_digits(x: float | None, said: str) -> None:
    assert plain(fmt.number(x)) == said


@pytest.mark.parametrize(
    ("x", "unit", "said"),
    [
        (0.046, "share", "4.6 %"),
        (0.9954, "share", "99.5 %"),
        (1.0, "share", "100 %"),
        (12, "percent", "12 %"),
        (409.3, "ms", "409 ms"),
        (0.118, "s", "118 ms"),
        (95, "s", "1 min 35 s"),
        (-95, "seconds", "−1 min 35 s"),
        (632, "per_second", "632 /s"),
        (1_530_000, "bytes", "1.5 MB"),
        (0, "bytes", "0 B"),
        (0.91, "score", "0.91"),
        (None, "ms", "–"),
    ],
)
def test_a_value_has_its_unit_after_a_no_break_space(x: float | None, unit: str, said: str) -> None:
    text = fmt.value(x, unit)
    assert plain(text) == said
    if unit in ("ms", "share"):
        assert " " not in text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.25, "250 ms"),
        (45, "45 s"),
        (60, "1 min"),
        (95, "1 min 35 s"),
        (3 * 3600 + 300, "3 h 5 min"),
        (3600 + 5, "1 h"),
        (86_400, "1 day"),
        (2 * 86_400 + 4 * 3600, "2 days 4 h"),
        (-45, "−45 s"),
        (None, "–"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float | None, said: str) -> None:
    assert plain(fmt.duration(seconds)) == said


def test_a_change_always_has_a_sign() -> None:
    assert fmt.change(0.03) == "+0.030"
    assert fmt.change(-0.18) == "−0.18"
    assert fmt.change(0) == "0"
    assert fmt.change(None) == "–"


def test_times_are_of_the_zone() -> None:
    assert fmt.clock(NOON, BERLIN) == "13:00:05"
    assert plain(fmt.day(NOON, BERLIN, year=True)) == "Sat 21 Nov 2026"
    assert plain(fmt.moment(NOON, UTC, seconds=False)) == "Sat 21 Nov, 12:00"


def test_a_span_names_the_second_day_only_where_it_is_another() -> None:
    afternoon = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    assert plain(fmt.span(afternoon, afternoon.replace(hour=14, minute=30), UTC)) == "Sat 21 Nov, 13:00 – 14:30"
    assert plain(fmt.span(afternoon, afternoon.replace(day=22), UTC)) == "Sat 21 Nov, 13:00 – Sun 22 Nov, 13:00"


def test_a_span_has_seconds_only_where_it_is_short() -> None:
    assert plain(fmt.span(NOON, NOON.replace(minute=4), UTC)) == "Sat 21 Nov, 12:00:05 – 12:04:05"
    assert plain(fmt.span(NOON, NOON.replace(hour=23), UTC)) == "Sat 21 Nov, 12:00 – 23:00"


@pytest.mark.parametrize(
    ("zone", "said"),
    [("UTC", "UTC"), ("Europe/Berlin", "UTC+1"), ("Asia/Kolkata", "UTC+5:30"), ("America/New_York", "UTC−5")],
)
def test_the_offset_of_a_zone_in_words(zone: str, said: str) -> None:
    assert fmt.offset(NOON, ZoneInfo(zone)) == said


def test_a_count_has_its_word() -> None:
    assert [plain(fmt.count(n, "service")) for n in (0, 1, 2)] == ["0 services", "1 service", "2 services"]
    assert plain(fmt.count(16_204, "query", "queries")) == "16 204 queries"


def test_over_more_than_a_day_a_time_says_its_day() -> None:
    long = fmt.zone_for(BERLIN, NOON, datetime(2026, 11, 23, tzinfo=UTC))
    short = fmt.zone_for(BERLIN, NOON, datetime(2026, 11, 22, tzinfo=UTC))
    assert plain(fmt.clock(NOON, long)) == "21 Nov, 13:00"
    assert fmt.clock(NOON, short) == "13:00:05"
    assert plain(fmt.moment(NOON, long)) == "Sat 21 Nov, 13:00:05"
    assert str(long) == str(short) == "Europe/Berlin"
    assert fmt.clock(NOON, fmt.zone_for(long, NOON, NOON)) == "13:00:05", (
        "a page of an hour is not what the last one was"
    )


def test_a_span_over_years_says_them() -> None:
    later = datetime(2027, 2, 1, tzinfo=UTC)
    assert plain(fmt.span(NOON, later, UTC)) == "21 Nov 2026 – 1 Feb 2027"


def test_a_day_says_its_year_where_it_is_not_that_of_the_page() -> None:
    page = fmt.zone_for(BERLIN, NOON, datetime(2026, 11, 24, tzinfo=UTC))
    before = datetime(2025, 9, 16, 10, 0, tzinfo=UTC)
    assert plain(fmt.clock(before, page)) == "16 Sep 2025, 12:00"
    assert plain(fmt.moment(before, page, seconds=False)) == "Tue 16 Sep 2025, 12:00"
    assert plain(fmt.day(NOON, page)) == "Sat 21 Nov"


def test_over_the_turn_of_a_year_every_day_says_its_year() -> None:
    page = fmt.zone_for(UTC_ZONE, NOON, datetime(2027, 2, 1, tzinfo=UTC))
    assert plain(fmt.clock(NOON, page)) == "21 Nov 2026, 12:00"
    to_the_end = fmt.zone_for(UTC_ZONE, NOON, datetime(2027, 1, 1, tzinfo=UTC))
    assert plain(fmt.clock(NOON, to_the_end)) == "21 Nov, 12:00", "a range ends before its end"


def test_a_span_within_one_year_says_it_once_on_request() -> None:
    later = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert plain(fmt.span(NOON, later, UTC, year=True)) == "Sat 21 Nov, 12:00 – Mon 23 Nov 2026, 09:00"
    assert plain(fmt.span(NOON, NOON.replace(hour=14), UTC, year=True)) == "Sat 21 Nov 2026, 12:00 – 14:00"
