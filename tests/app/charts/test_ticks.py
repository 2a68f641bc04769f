from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.charts.ticks import time_ticks

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def texts(start, end, zone=UTC, most=8):
    return [tick.text for tick in time_ticks(start, end, zone, most=most)]


def test_ninety_minutes_have_a_tick_each_quarter_of_an_hour():
    assert texts(NOON, NOON + timedelta(minutes=90)) == [
        "12:00", "12:15", "12:30", "12:45", "13:00", "13:15", "13:30",
    ]  # fmt: skip


def test_ticks_start_at_the_first_round_time_inside_the_span():
    ticks = time_ticks(NOON + timedelta(seconds=7), NOON + timedelta(minutes=20))
    assert ticks[0].at == NOON + timedelta(minutes=5)


def test_a_short_span_shows_seconds():
    short = texts(NOON, NOON + timedelta(seconds=60), most=5)
    assert short == ["12:00:00", "12:00:15", "12:00:30", "12:00:45", "12:01:00"]


def test_midnight_shows_the_day():
    start = datetime(2026, 11, 21, 18, tzinfo=UTC)
    assert texts(start, start + timedelta(hours=12), most=5) == ["18:00", "21:00", "22 Nov", "03:00", "06:00"]


def test_days_are_days_of_the_zone():
    start = datetime(2026, 3, 27, 23, tzinfo=UTC)
    ticks = time_ticks(start, start + timedelta(days=4), BERLIN, most=6)
    assert [tick.text for tick in ticks] == ["28 Mar", "29 Mar", "30 Mar", "31 Mar", "1 Apr"]
    assert {tick.at.hour for tick in ticks} == {0}


def test_hours_stay_round_over_a_change_of_the_clock():
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert texts(start, start + timedelta(hours=10), BERLIN, most=12)[:5] == [
        "25 Oct", "01:00", "02:00", "03:00", "04:00",
    ]  # fmt: skip


def test_months_say_their_year_once_and_at_each_turn_of_it():
    start = datetime(2025, 9, 14, tzinfo=UTC)
    assert texts(start, start + timedelta(days=330)) == ["Nov 2025", "2026", "Mar", "May", "Jul"]


def test_many_years_are_covered_to_their_end():
    start = datetime(2009, 9, 14, tzinfo=UTC)
    assert texts(start, start + timedelta(days=16 * 365)) == ["2010", "2015", "2020", "2025"]


def test_months_begin_at_midnight_of_the_zone():
    start = datetime(2026, 1, 31, 23, tzinfo=UTC)
    ticks = time_ticks(start, start + timedelta(days=190), BERLIN)
    assert ticks[0].at == start
    assert {(tick.at.day, tick.at.hour) for tick in ticks} == {(1, 0)}


def test_the_longest_span_there_is():
    ticks = time_ticks(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    assert [tick.text for tick in ticks] == ["2000", "4000", "6000", "8000"]


@pytest.mark.parametrize("seconds", [0, 1, 59, 3_601, 86_401, *(days * 86_400 for days in (40, 59, 150, 190, 4_000))])
def test_never_more_ticks_than_fit_and_never_outside(seconds):
    end = NOON + timedelta(seconds=seconds)
    ticks = time_ticks(NOON, end, most=6)
    assert len(ticks) <= 6
    assert all(NOON <= tick.at <= end for tick in ticks)
