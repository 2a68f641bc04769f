"""The list of incidents: order, range, figures, days."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.usecases.incident_list import figures, load, reach
from data.queries.incidents import save_incidents
from data.records import Incident
from data.store import Store
from tests.app.filled import START, add_incidents, fill

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def incident(start: datetime, **fields: Any) -> Incident:
    return replace(Incident("", "x", "degraded", "open", start), **fields)


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


def test_five_thousand_are_listed_in_a_moment(store: Store) -> None:
    save_incidents(store.catalog, [over(START + n * HOUR, HOUR / 2, services=("shop",)) for n in range(5000)])
    with store.snapshot() as snap:
        began = time.process_time()
        view = load(snap, START, START + 5000 * HOUR, UTC)
        assert time.process_time() - began < 2  # a guard against squares, not a claim on speed
    assert len(view.rows) == 5000
