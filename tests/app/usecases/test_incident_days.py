"""On which days incidents began, whatever the range."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.usecases.incident_days import MOST, bounds_of, strip
from tests.app.filled import START
from tests.app.usecases.test_incident_list import DAY, HOUR, incident, over


@pytest.mark.parametrize(
    ("days", "step", "bars"),
    [(0.1, "day", 31), (31, "day", 31), (32, "week", 6), (200, "week", 29), (366, "month", 12), (3000, "year", 9)],
)
def test_the_step_fits_the_range(days: float, step: str, bars: int) -> None:
    end = datetime(2026, 12, 1, tzinfo=UTC)
    shown = strip([], end - days * DAY, end, UTC)
    assert shown.step == step
    assert abs(len(shown.bars) - bars) <= 1


@given(hours=st.integers(1, 24 * 4000), ago=st.integers(0, 24 * 4000))
def test_bars_follow_each_other_cover_the_range_and_count_what_began_in_it(hours: int, ago: int) -> None:
    start, end = START - hours * HOUR, START
    shown = strip([incident(START - ago * HOUR)], start, end, UTC)
    assert all(one.until == after.day for one, after in zip(shown.bars, shown.bars[1:], strict=False))
    assert shown.bars[0].day <= start.date()
    assert shown.bars[-1].until > (end - timedelta(microseconds=1)).date()
    assert len(shown.bars) <= MOST[shown.step]
    covered = shown.bars[0].day <= (START - ago * HOUR).date() < shown.bars[-1].until
    assert sum(one.n for one in shown.bars) == covered


def test_days_are_those_of_the_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    found = strip([over(late, HOUR), incident(START, severity="critical")], START - DAY, START + HOUR, UTC).bars
    assert len(found) == 31
    assert [(one.day.day, one.n, one.critical) for one in found[-2:]] == [(20, 1, 0), (21, 1, 1)]
    berlin = strip([over(late, HOUR)], START - DAY, START + HOUR, ZoneInfo("Europe/Berlin")).bars
    assert [one.n for one in berlin[-2:]] == [0, 1]
    assert [one.inside for one in found[-3:]] == [False, True, True]


@pytest.mark.parametrize(("at", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_its_zone_makes_it(at: date, hours: int) -> None:
    start, end = bounds_of(at, ZoneInfo("Europe/Berlin"))
    assert end - start == hours * HOUR
