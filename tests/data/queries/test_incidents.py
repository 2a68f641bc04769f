from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert

from data.catalog import tables
from data.catalog.rows import incident_row
from data.errors import NotFound
from data.queries.incidents import get, list_incidents, save_incidents
from data.records import Incident
from data.store import Snapshot, Store
from tests.data.builders import at


def found(start: float, end: float | None, *services: str, title: str = "slow") -> Incident:
    ended = None if end is None else at(end)
    status = "open" if end is None else "resolved"
    return Incident("", title, "major", status, at(start), resolved_at=ended, services=services)


def ids(incidents: tuple[Incident, ...]) -> list[str]:
    return [incident.incident_id for incident in incidents]


def by_hand(store: Store, incident_id: str) -> None:
    incident = replace(found(0, 10, "shop"), incident_id=incident_id, found_by="hand")
    with store.catalog.write() as connection:
        connection.execute(insert(tables.incidents), incident_row(incident))


def test_what_a_scan_finds_gets_ids_in_the_order_of_start(store: Store) -> None:
    saved = save_incidents(store.catalog, [found(20, 30, "shop"), found(0, 10, "shop")])
    assert [(i.incident_id, i.started_at) for i in saved] == [("INC-0001", at(0)), ("INC-0002", at(20))]
    assert list_incidents(store.catalog) == saved
    with store.snapshot() as snap:
        assert list_incidents(snap) == saved
        assert snap.rows("SELECT incident_id, services, cause FROM incidents")[0] == ("INC-0001", ["shop"], "")


def test_the_same_scan_again_changes_nothing(store: Store) -> None:
    first = save_incidents(store.catalog, [found(0, 10, "shop"), found(20, None, "cart")])
    revision = store.catalog.revision
    assert save_incidents(store.catalog, [found(0, 10, "shop"), found(20, None, "cart")]) == first
    assert store.catalog.revision == revision


def test_an_incident_that_moved_or_grew_keeps_its_id(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop", "cart")])
    (again,) = save_incidents(store.catalog, [found(2, 15, "cart", "shop", title="slower")])
    assert (again.incident_id, again.title, again.started_at) == ("INC-0001", "slower", at(2))
    assert store.catalog.revision == 2


@pytest.mark.parametrize("other", [found(11, 20, "shop"), found(0, 10, "cart")])
def test_another_time_or_other_services_are_another_incident_and_no_id_is_used_twice(
    store: Store, other: Incident
) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    assert ids(save_incidents(store.catalog, [other])) == ["INC-0002"]
    assert ids(list_incidents(store.catalog)) == ["INC-0002"]


def test_an_incident_that_spreads_keeps_its_id(store: Store) -> None:
    save_incidents(store.catalog, [found(0, None, "shop")])
    assert ids(save_incidents(store.catalog, [found(0, None, "shop", "gateway")])) == ["INC-0001"]


def test_an_incident_of_a_model_alone_is_known_by_its_model(store: Store) -> None:
    model = replace(found(0, 10), models=("fraud",))
    save_incidents(store.catalog, [model])
    assert ids(save_incidents(store.catalog, [model, replace(model, models=("rank",))])) == ["INC-0001", "INC-0002"]


def test_of_several_that_overlap_those_of_the_same_services_belong_together(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 50, "shop", "cart"), found(1, 50, "shop")])
    again = save_incidents(store.catalog, [found(1, 60, "shop"), found(0, 60, "cart", "shop")])
    assert [(i.incident_id, len(i.services)) for i in again] == [("INC-0001", 2), ("INC-0002", 1)]


def test_incidents_that_were_over_before_the_range_scanned_stay(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop"), found(20, 30, "shop"), found(40, 50, "shop")])
    save_incidents(store.catalog, [found(41, 50, "shop")], covers=lambda i: i.resolved_at > at(25))
    assert ids(list_incidents(store.catalog)) == ["INC-0001", "INC-0003"]


def test_an_open_incident_overlaps_all_that_follows(store: Store) -> None:
    save_incidents(store.catalog, [found(0, None, "shop")])
    assert ids(save_incidents(store.catalog, [found(500, 600, "shop")])) == ["INC-0001"]


def test_of_two_that_overlap_an_old_one_each_id_goes_to_one(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 100, "shop")])
    assert ids(save_incidents(store.catalog, [found(0, 10, "shop"), found(50, 60, "shop")])) == ["INC-0001", "INC-0002"]


def test_what_a_person_noted_survives_the_next_scan(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    with store.catalog.write() as connection:
        connection.execute(tables.incidents.update().values(acknowledged_at=at(3)))
    (again,) = save_incidents(store.catalog, [found(0, 12, "shop")])
    assert again.acknowledged_at == at(3)


def test_incidents_made_by_hand_are_never_touched(store: Store) -> None:
    by_hand(store, "OPS-7")
    assert ids(save_incidents(store.catalog, [found(0, 10, "shop")])) == ["INC-0001"]
    save_incidents(store.catalog, [])
    assert ids(list_incidents(store.catalog)) == ["OPS-7"]


def test_those_that_lasted_into_the_range_are_listed(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "a"), found(20, 30, "b"), found(40, None, "c")])
    assert ids(list_incidents(store.catalog, at(10), at(20))) == []
    assert ids(list_incidents(store.catalog, at(9), at(21))) == ["INC-0001", "INC-0002"]
    assert ids(list_incidents(store.catalog, start=at(1000))) == ["INC-0003"]


def test_one_is_found_by_its_id(store: Store) -> None:
    (saved,) = save_incidents(store.catalog, [found(0, 10, "shop")])
    with store.snapshot() as snap:
        assert get(snap, "INC-0001") == saved
        with pytest.raises(NotFound, match="no incident INC-0009"):
            get(snap, "INC-0009")


def test_a_snapshot_keeps_the_incidents_of_its_revision(store: Store) -> None:
    with store.snapshot() as before:
        save_incidents(store.catalog, [found(0, 10, "shop")])
        assert (before.revision, list_incidents(before)) == (0, ())
    with store.snapshot() as after:
        assert (after.revision, len(list_incidents(after))) == (1, 1)


def test_an_empty_store_has_none(empty: Snapshot) -> None:
    assert list_incidents(empty, at(), at(1)) == ()
