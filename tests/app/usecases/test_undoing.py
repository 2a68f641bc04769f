"""Taking changes of every kind back, and what else depends on them."""

from __future__ import annotations

import pytest

from app.errors import AppError
from app.usecases import thresholds
from app.usecases.rescan import SCAN
from app.usecases.undoing import WAYS, undo, undoable
from data import kept, statements
from data.changes import list_changes, record_change
from data.jobs import recent
from data.records import Service
from data.store import Store

DRIFT = "drift_limit"


def waiting(store: Store) -> list[str]:
    return [job.kind for job in recent(store.catalog) if job.state == "queued"]


def possible(store: Store) -> frozenset[int]:
    return undoable(store, list_changes(store.catalog))


def test_only_what_still_holds_can_be_taken_back(store: Store) -> None:
    first = kept.set_threshold(store.catalog, "Mara", DRIFT, 0.3)
    assert possible(store) == {first}
    second = kept.set_threshold(store.catalog, "Jo", DRIFT, 0.4)
    assert possible(store) == {second}
    assert undo(store, "Mara", second).who == "Jo"
    assert possible(store) == {first}, "and what was before holds again; an undo is no such change"


@pytest.mark.parametrize("kind", ["threshold", "service"])
def test_an_undo_of_what_the_scan_rests_on_has_incidents_looked_for_again(store: Store, kind: str) -> None:
    made = (
        kept.set_threshold(store.catalog, "Mara", DRIFT, 0.3)
        if kind == "threshold"
        else statements.state(store.catalog, "Mara", Service("shop", owner="orders"))
    )
    assert waiting(store) == []
    undo(store, "Jo", made)
    assert waiting(store) == [SCAN]


def test_an_undo_of_a_view_looks_for_nothing(store: Store) -> None:
    undo(store, "Jo", kept.save_view(store.catalog, "Mara", "mine", "/models"))
    assert waiting(store) == []
    assert next(change.after for change in list_changes(store.catalog, "view")) is None


def test_a_change_of_a_kind_that_has_no_way_back_is_refused_in_words(store: Store) -> None:
    with store.catalog.write() as connection:
        made = record_change(connection, "Mara", "file", "a.csv", {"rows": 1}, None)
    assert possible(store) == frozenset()
    with pytest.raises(AppError, match="cannot be undone here"):
        undo(store, "Jo", made)


def test_every_kind_but_files_has_a_way_back() -> None:
    assert set(WAYS) == {
        "incident",
        "mark",
        "view",
        "measure",
        "verdict",
        "threshold",
        "retention",
        "service",
        "model",
        "metric",
    }
    assert thresholds.find(DRIFT).name == DRIFT
