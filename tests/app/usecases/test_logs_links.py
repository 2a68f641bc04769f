"""From elsewhere to the Logs page: the addresses name lines that are there, over a time that holds them."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from app.usecases import incident, logs, logs_links
from app.usecases.health_logs import new_patterns
from app.usecases.incident_view import Span
from app.usecases.service_around import patterns
from data.queries import log_lines
from data.queries.incidents import save_incidents
from data.records import Incident, Service
from data.store import Snapshot, Store
from tests.data.builders import at, put

UTC_ZONE = ZoneInfo("UTC")
LOST = "order <*> lost"


@pytest.fixture
def snap(store: Store) -> Snapshot:
    """An hour of orders; from its middle on some are lost, which is an incident."""
    orders = [{"ts": at(n), "service": "a/b", "severity": "INFO", "message": f"order {n} placed"} for n in range(60)]
    lost = [{"ts": at(30 + n), "service": "a/b", "severity": "ERROR", "message": f"order {n} lost"} for n in range(9)]
    put(store, services=[Service("a/b")], logs=[*orders, *lost])
    found = Incident("", "Orders lost", "critical", "resolved", at(30), resolved_at=at(45), services=("a/b",))
    save_incidents(store.catalog, (found,))
    return store.snapshot()


def found_at(snap: Snapshot, address: str) -> list[str]:
    """The messages of the lines that an address asks for."""
    query = {name: given[0] for name, given in parse_qs(urlsplit(address).query).items()}
    start, end = (datetime.fromtimestamp(int(query.pop(name)) / 1000, UTC_ZONE) for name in ("from", "to"))
    return [line.message for line in log_lines.older(snap, logs.asked_filter(snap, query), start, end, 100).lines]


def test_a_burst_of_an_incident_leads_to_its_lines(snap: Snapshot) -> None:
    view = incident.load(snap, "INC-0001", UTC_ZONE)
    (burst,) = [event for event in view.events if event.kind == "burst"]
    assert found_at(snap, burst.href) == [f"order {n} lost" for n in range(8, -1, -1)]


def test_of_an_incident_the_time_it_lasted_is_compared(snap: Snapshot) -> None:
    assert logs_links.incident_span(snap, "INC-0001") == (at(30), at(45))
    assert logs_links.incident_span(snap, "INC-0002") is None


def test_without_a_log_line_nothing_can_be_compared(store: Store) -> None:
    put(store, events=[{"ts": at(0), "kind": "note", "title": "a"}, {"ts": at(9), "kind": "note", "title": "b"}])
    save_incidents(store.catalog, (Incident("", "Quiet", "warning", "open", at(1)),))
    with store.snapshot() as snap:
        assert logs_links.incident_span(snap, "INC-0001") is None


def test_health_and_service_name_the_same_template(snap: Snapshot) -> None:
    named = logs_links.template_id(LOST)
    strip, _ = new_patterns(snap, at(25), at(60), UTC_ZONE)
    lines, _ = patterns(snap, "a/b", Span(at(25), at(60)), UTC_ZONE)
    assert [one.template for one in strip if one.pattern == LOST] == [named]
    assert [one.template for one in lines if one.pattern == LOST] == [named]
    assert logs.template_of(snap, named) == LOST
