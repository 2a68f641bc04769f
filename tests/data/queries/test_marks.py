"""Marks of people: added, changed, deleted, taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data.changes import Changed, list_changes
from data.errors import NotFound
from data.queries.marks import add_mark, amend_mark, delete_mark, undo
from data.records import Mark
from data.store import Store
from tests.data.builders import at


def mark(**fields: object) -> Mark:
    given: dict[str, Any] = {"tag": "note", "words": "odd", "ts": at(1), "ends_at": at(2)} | fields
    return Mark("", "service", "shop", who="Mara", written_at=at(0), **given)


def marks(store: Store) -> tuple[Mark, ...]:
    with store.snapshot() as snap:
        return snap.state.marks


def mended(mark: Mark) -> Mark:
    return replace(mark, tag="repair", words="mended", ts=at(3), ends_at=None)


def test_a_mark_is_signed_logged_and_seen_by_the_next_snapshot(store: Store) -> None:
    with store.snapshot() as before:
        made, change = add_mark(store.catalog, mark())
        assert before.state.marks == ()
    (kept,) = marks(store)
    assert (kept.mark_id, kept.words, kept.ts, kept.ends_at, kept.who) == (made, "odd", at(1), at(2), "Mara")
    assert kept.written_at > at(0)
    (logged,) = list_changes(store.catalog, "mark")
    assert (logged.change_id, logged.subject, logged.before) == (change, made, None)


def test_a_change_and_its_undo(store: Store) -> None:
    made, _ = add_mark(store.catalog, mark())
    (before,) = marks(store)
    change = amend_mark(store.catalog, "Jo", made, mended)
    assert change is not None
    assert (marks(store)[0].tag, marks(store)[0].ends_at, marks(store)[0].who) == ("repair", None, "Mara")
    assert marks(store)[0].written_at > before.written_at, "what it says now was not written before"
    assert amend_mark(store.catalog, "Jo", made, mended) is None
    undo(store.catalog, "Mara", change)
    assert marks(store) == (before,)


def test_deleting_and_bringing_back(store: Store) -> None:
    made, creation = add_mark(store.catalog, mark())
    kept = marks(store)
    gone = delete_mark(store.catalog, "Jo", made)
    assert marks(store) == ()
    with pytest.raises(Changed):
        undo(store.catalog, "Jo", creation)
    undo(store.catalog, "Jo", gone)
    assert marks(store) == kept
    with pytest.raises(Changed):
        undo(store.catalog, "Jo", gone)


def test_a_mark_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(NotFound):
        delete_mark(store.catalog, "Jo", "none")
    with pytest.raises(NotFound):
        amend_mark(store.catalog, "Jo", "none", mended)
