"""What people said, as stretches that nothing is learned from."""

from __future__ import annotations

import pytest

from app.judging import fingerprint
from app.usecases.left_out import confirmed, leaving
from app.usecases.signals import service_signals
from data.queries import incident_edits, marks, verdicts
from data.queries.anomalies import list_anomalies
from data.queries.incidents import save_incidents
from data.records import Incident, Mark
from data.store import Store
from tests.app import unusual
from tests.data.builders import at


@pytest.fixture
def filled(store: Store) -> Store:
    unusual.scanned(store)
    return store


def whys(store: Store) -> dict[str, list[str]]:
    with store.snapshot() as snap:
        found = service_signals(snap, "shop", at(0), at(60))
        return {dict(s.labels)["route"]: [one.why for one in s.left_out] for s in found}


def test_an_episode_judged_real_is_left_out_of_its_own_series_alone(filled: Store) -> None:
    with filled.snapshot() as snap:
        (episode,) = list_anomalies(snap)
    verdicts.give(filled.catalog, "Mara", episode, "expected", "")
    assert whys(filled) == {"/pay": [], "/cart": []}
    verdicts.give(filled.catalog, "Mara", episode, "real", "")
    assert whys(filled) == {"/pay": ["an episode judged real by Mara"], "/cart": []}


def test_an_incident_counts_once_a_person_stands_behind_it(filled: Store) -> None:
    found = Incident("", "Slow", "critical", "resolved", at(30), resolved_at=at(33), services=("shop",))
    save_incidents(filled.catalog, [found])
    assert whys(filled)["/cart"] == []
    incident_edits.edit(filled.catalog, "Mara", "INC-0001", {"acknowledged_at": at(31)})
    assert whys(filled)["/cart"] == ["INC-0001 (confirmed)"]
    assert not confirmed(found)


def test_maintenance_is_left_out_and_a_note_is_not(filled: Store) -> None:
    for tag in ("note", "maintenance"):
        marks.add_mark(filled.catalog, Mark("", "service", "shop", tag, "disks", at(10), at(20), "Jo", at(10)))
    marks.add_mark(filled.catalog, Mark("", "service", "shop", "maintenance", "no end", at(10), None, "Jo", at(10)))
    assert whys(filled)["/pay"] == ["disks (maintenance marked by Jo)"]


def test_what_is_left_out_makes_another_judgement(filled: Store) -> None:
    with filled.snapshot() as snap:
        before = [fingerprint(s) for s in service_signals(snap, "shop", at(0), at(60))]
    save_incidents(filled.catalog, [unusual.incident()])
    incident_edits.edit(filled.catalog, "Mara", "INC-0001", {"acknowledged_at": at(31)})
    with filled.snapshot() as snap:
        after = [fingerprint(s) for s in service_signals(snap, "shop", at(0), at(60))]
        assert leaving(snap).services["shop"][0].start == at(30)
    assert not set(before) & set(after)
