"""What people do to incidents, and what the next scan makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.changes import Changed, list_changes
from data.errors import NotFound
from data.queries.incident_edits import NotPossible, create, edit, remove, undo
from data.queries.incidents import get, list_incidents, save_incidents
from data.records import Incident
from data.store import Store
from tests.data.builders import at


def found(start: float, end: float | None, *services: str, title: str = "slow") -> Incident:
    ended = None if end is None else at(end)
    status = "open" if end is None else "resolved"
    return Incident("", title, "degraded", status, at(start), resolved_at=ended, services=services)


def ids(store: Store) -> list[str]:
    return [incident.incident_id for incident in list_incidents(store.catalog)]


def test_one_made_by_hand_has_an_id_of_its_own_and_the_persons_name(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    made, change = create(store.catalog, "Mara", found(5, 6, "shop", title="Printer on fire"))
    incident = get(store.catalog, made)
    assert (made, incident.found_by, incident.title) == ("INC-0002", "Mara", "Printer on fire")
    (logged,) = list_changes(store.catalog, "incident")
    assert (logged.change_id, logged.who, logged.subject, logged.before) == (change, "Mara", made, None)
    save_incidents(store.catalog, [])
    assert ids(store) == [made]


def test_nobody_can_sign_as_the_scan(store: Store) -> None:
    made, _ = create(store.catalog, "Scan", found(0, 10, "shop"))
    save_incidents(store.catalog, [])
    assert ids(store) == [made]


def test_a_change_bumps_the_revision_and_one_that_changes_nothing_does_not(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    before = store.catalog.revision
    assert edit(store.catalog, "Mara", "INC-0001", {"title": "slow"}) is None
    assert store.catalog.revision == before
    assert edit(store.catalog, "Mara", "INC-0001", {"title": "Shop slow"}) is not None
    assert store.catalog.revision == before + 1


def test_what_a_person_changed_survives_the_next_scan_and_the_rest_is_the_scans(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    edit(store.catalog, "Mara", "INC-0001", {"title": "Black Friday", "cause": "Too many carts", "resolved_at": at(8)})
    for _ in range(2):
        (again,) = save_incidents(store.catalog, [found(1, 12, "shop", "cart", title="slower")])
        assert (again.title, again.cause, again.resolved_at) == ("Black Friday", "Too many carts", at(8))
        assert (again.started_at, again.services) == (at(1), ("shop", "cart"))
    assert get(store.catalog, "INC-0001") == again
    assert again.scanned is not None
    assert (again.scanned.title, again.scanned.resolved_at) == ("slower", at(12))


def test_the_scan_knows_its_incident_again_after_a_person_gave_it_other_times_and_services(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    edit(store.catalog, "Mara", "INC-0001", {"started_at": at(100), "resolved_at": at(110), "services": ("cart",)})
    (again,) = save_incidents(store.catalog, [found(0, 10, "shop")])
    assert (again.incident_id, again.started_at, again.services) == ("INC-0001", at(100), ("cart",))
    assert ids(store) == ["INC-0001"]


def test_one_that_a_person_changed_stays_when_the_scan_does_not_find_it_any_more(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop"), found(20, 30, "cart")])
    edit(store.catalog, "Mara", "INC-0001", {"cause": "A cable"})
    save_incidents(store.catalog, [])
    assert ids(store) == ["INC-0001"]


def test_what_a_person_closed_is_not_what_begins_later(store: Store) -> None:
    save_incidents(store.catalog, [found(0, None, "shop")])
    edit(store.catalog, "Mara", "INC-0001", {"status": "resolved", "resolved_at": at(10)})
    save_incidents(store.catalog, [found(50, 60, "shop")])
    assert ids(store) == ["INC-0001", "INC-0002"]


def test_an_undo_brings_back_what_the_scan_made_of_it(store: Store) -> None:
    (before,) = save_incidents(store.catalog, [found(0, 10, "shop")])
    change = edit(store.catalog, "Mara", "INC-0001", {"title": "Shop slow"})
    assert change is not None
    back = undo(store.catalog, "Jo", change)
    assert get(store.catalog, "INC-0001") == before
    newest = list_changes(store.catalog, "incident")[0]
    assert (newest.change_id, newest.who, newest.undoes) == (back, "Jo", change)


def test_an_undo_leaves_alone_what_a_scan_or_another_person_did_meanwhile(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    first = edit(store.catalog, "Mara", "INC-0001", {"title": "Shop slow"})
    edit(store.catalog, "Jo", "INC-0001", {"cause": "Carts"})
    save_incidents(store.catalog, [found(0, 12, "shop")])
    assert first is not None
    undo(store.catalog, "Mara", first)
    now = get(store.catalog, "INC-0001")
    assert (now.title, now.cause, now.resolved_at) == ("slow", "Carts", at(12))


def test_what_was_changed_again_is_not_undone(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    first = edit(store.catalog, "Mara", "INC-0001", {"title": "one"})
    edit(store.catalog, "Jo", "INC-0001", {"title": "two"})
    assert first is not None
    with pytest.raises(Changed, match="changed since"):
        undo(store.catalog, "Mara", first)
    assert get(store.catalog, "INC-0001").title == "two"


def test_what_was_made_and_then_changed_by_another_is_not_taken_away(store: Store) -> None:
    made, creation = create(store.catalog, "Mara", found(0, 10, "shop"))
    later = edit(store.catalog, "Jo", made, {"cause": "Carts"})
    assert later is not None
    with pytest.raises(Changed, match="changed since"):
        undo(store.catalog, "Mara", creation)
    assert get(store.catalog, made).cause == "Carts"
    undo(store.catalog, "Jo", later)
    undo(store.catalog, "Mara", creation)
    assert ids(store) == []


def test_deleting_and_bringing_back(store: Store) -> None:
    made, creation = create(store.catalog, "Mara", found(0, 10, "shop"))
    kept = get(store.catalog, made)
    gone = remove(store.catalog, "Mara", made)
    assert ids(store) == []
    with pytest.raises(Changed):
        undo(store.catalog, "Mara", creation)
    undo(store.catalog, "Mara", gone)
    assert get(store.catalog, made) == kept
    with pytest.raises(Changed):
        undo(store.catalog, "Mara", gone)


def test_what_the_scan_found_is_not_deleted(store: Store) -> None:
    save_incidents(store.catalog, [found(0, 10, "shop")])
    with pytest.raises(NotPossible, match="would find it again"):
        remove(store.catalog, "Mara", "INC-0001")
    with pytest.raises(NotFound):
        remove(store.catalog, "Mara", "INC-0009")
    with pytest.raises(NotFound):
        edit(store.catalog, "Mara", "INC-0009", {"title": "x"})


def test_an_id_that_was_deleted_is_not_given_again(store: Store) -> None:
    made, _ = create(store.catalog, "Mara", found(0, 10))
    remove(store.catalog, "Mara", made)
    again, _ = create(store.catalog, "Mara", replace(found(0, 10), title="other"))
    assert again != made
