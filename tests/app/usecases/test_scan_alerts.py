"""Incidents of which only alerts tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.usecases.scan import scan
from app.usecases.scan_alerts import alert_incidents
from app.usecases.thresholds import UNTOUCHED, Limits
from data.queries import incidents
from data.records import Event, Incident
from data.store import Store
from tests.data.builders import put

T0 = datetime(2024, 5, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def alert(minutes: float, service: str = "shop", ends: float | None = None, **said: Any) -> Event:
    given = {"title": "is down", "severity": "critical", **said}
    until = None if ends is None else at(ends)
    return Event(at(minutes), "alert", known_at=at(minutes + 1), service=service, ends_at=until, **given)


def recovery(minutes: float, service: str = "shop") -> Event:
    return Event(at(minutes), "note", "is up", at(minutes), service, attributes={"resolves": "alert"})


def found(
    *events: Event,
    known: tuple[Incident, ...] = (),
    topology: dict[str, set[str]] | None = None,
    held: Limits = UNTOUCHED,
) -> list[Incident]:
    return alert_incidents(sorted(events, key=lambda e: e.ts), known, topology or {}, at(600), held)


def test_an_alert_lasts_until_it_says_and_is_known_when_it_was_sent() -> None:
    (one,) = found(alert(0, ends=30))
    assert (one.started_at, one.detected_at, one.resolved_at) == (at(0), at(1), at(30))
    assert (one.title, one.status, one.services) == ("Shop is down", "resolved", ("shop",))


def test_where_it_states_no_end_it_lasts_until_its_service_is_said_to_be_up() -> None:
    (one,) = found(recovery(-5), alert(0), recovery(7, "cart"), recovery(9), recovery(20))
    assert one.resolved_at == at(9)


def test_without_any_end_it_is_open() -> None:
    (one,) = found(alert(0), recovery(7, "cart"))
    assert (one.status, one.resolved_at) == ("open", None)


def test_alerts_of_services_that_depend_on_each_other_are_one_incident_others_are_not() -> None:
    events = (alert(0, "db", 30), alert(2, "shop", 31), alert(3, "blog", 40))
    assert [i.services for i in found(*events, topology={"shop": {"db"}})] == [("db", "shop"), ("blog",)]


def test_what_an_incident_covers_is_not_told_twice() -> None:
    covering = Incident("INC-1", "", "critical", "resolved", at(-5), resolved_at=at(10), services=("shop",))
    assert found(alert(0, ends=8), known=(covering,)) == []
    assert len(found(alert(20, ends=28), known=(covering,))) == 1
    assert len(found(alert(0, "cart", 8), known=(covering,))) == 1


@pytest.mark.parametrize("severity", ["warning", "info", "", "none"])
def test_an_alert_that_nobody_must_look_at_is_no_incident(severity: str) -> None:
    assert found(alert(0, ends=5, severity=severity)) == []


def test_words_of_the_alert_are_kept_and_name_the_service_once() -> None:
    assert found(alert(0, ends=5, title="Disk full"))[0].title == "Shop: Disk full"
    assert found(alert(0, ends=5, title="shop fails 7 % of requests"))[0].title == "Shop fails 7 % of requests"


def test_a_history_of_alerts_alone_becomes_incidents_that_keep_their_ids(store: Store) -> None:
    down = {"kind": "alert", "service": "site", "severity": "critical", "title": "is down"}
    up = {"kind": "note", "service": "site", "title": "is up", "attributes": '{"resolves": "alert"}'}
    put(store, events=[{"ts": at(0), **down}, {"ts": at(9), **up}, {"ts": at(60 * 24 * 90), **down}])
    assert scan(store) == 2
    before = incidents.list_incidents(store.catalog)
    assert [(i.title, i.status) for i in before] == [("Site is down", "resolved"), ("Site is down", "open")]
    scan(store)
    assert incidents.list_incidents(store.catalog) == before


def test_what_joins_alerts_is_a_setting() -> None:
    minute_apart = (alert(0, ends=2), alert(2.8, ends=4))
    assert len(found(*minute_apart)) == 1
    assert len(found(*minute_apart, held=Limits(group_pause_s=30))) == 2
    meanwhile = (alert(0, ends=9), alert(4, ends=5, title="slow"))
    assert len(found(*meanwhile, held=Limits(group_pause_s=0))) == 1
