"""The list of incidents: order, range, figures, days."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.usecases.incident_list import bounds_of, days, figures, load, reach
from data.queries.incidents import save_incidents
from data.records import Incident
from data.store import Store
from tests.app.filled import START, add_incidents, fill

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def incident(start: datetime, **fields: object) -> Incident:
    return replace(Incident("", "x", "degraded", "open", start), **fields)  # type: ignore[arg-type]


def over(start: datetime, lasted: timedelta, **fields: object) -> Incident:
    return incident(start, status="resolved", resolved_at=start + lasted, **fields)


def test_open_ones_come_first_then_the_newest(store: Store) -> None:
    fill(store)
    add_incidents(store)
    with store.snapshot() as snap:
        whole = reach(snap)
        assert whole is not None
        view = load(snap, *whole, UTC)
    assert [row.title for row in view.rows] == ["Shop slow", "Queue full", "Queue lost"]
    assert [row.open for row in view.rows] == [True, False, False]
    assert [row.severity for row in view.rows] == ["critical", "degraded", "degraded"]
    assert (view.outside, view.services) == (0, ("q", "shop"))


def test_what_lies_outside_the_range_is_counted(store: Store) -> None:
    add_incidents(store)
    with store.snapshot() as snap:
        view = load(snap, START - 10 * DAY, START - 9 * DAY, UTC)
    assert (view.rows, view.outside) == ((), 3)


def test_without_incidents_there_is_no_range_to_fit(store: Store) -> None:
    with store.snapshot() as snap:
        assert reach(snap) is None


def test_figures_have_n_and_no_false_zero() -> None:
    found = [
        over(START, 10 * timedelta(minutes=1), detected_at=START + timedelta(seconds=30)),
        incident(START),
    ]
    detect, acknowledge, resolve = figures(found)
    assert (detect.number, detect.below.endswith("n = 1 of 2")) == ("30\u00a0s", True)
    assert (acknowledge.number, acknowledge.below) == ("–", "none of 2\u00a0incidents has it")
    assert (resolve.number, resolve.below.endswith("n = 1 of 2")) == ("10\u00a0min", True)
    assert [one.number for one in figures([])] == ["–", "–", "–"]


def test_days_are_those_of_the_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    found = days([over(late, HOUR), incident(START, severity="critical")], START - DAY, START + HOUR, UTC)
    assert len(found) == 31
    assert [(one.day.day, one.n, one.critical) for one in found[-2:]] == [(20, 1, 0), (21, 1, 1)]
    berlin = days([over(late, HOUR)], START - DAY, START + HOUR, ZoneInfo("Europe/Berlin"))
    assert [one.n for one in berlin[-2:]] == [0, 1]
    assert [one.inside for one in found[-3:]] == [False, True, True]


@pytest.mark.parametrize(("at", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_its_zone_makes_it(at: date, hours: int) -> None:
    start, end = bounds_of(at, ZoneInfo("Europe/Berlin"))
    assert end - start == hours * HOUR


def test_five_thousand_are_listed_in_a_moment(store: Store) -> None:
    save_incidents(store.catalog, [over(START + n * HOUR, HOUR / 2, services=("shop",)) for n in range(5000)])
    with store.snapshot() as snap:
        began = time.process_time()
        view = load(snap, START, START + 5000 * HOUR, UTC)
        assert time.process_time() - began < 2  # a guard against squares, not a claim on speed
    assert len(view.rows) == 5000
