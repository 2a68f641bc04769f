"""The log of what people changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from data.catalog.catalog import Catalog
from data.changes import Change, Changed, get_change, list_changes, record_change, take_back
from data.errors import NotFound
from data.store import Store


def write(catalog: Catalog, who: str, subject: str, before: dict | None, after: dict | None, **more: int) -> int:
    with catalog.write() as connection:
        return record_change(connection, who, "service", subject, before, after, **more)


def test_a_change_says_who_when_and_what_it_was_before(store: Store) -> None:
    started = datetime.now(UTC)
    made = write(store.catalog, "Mara", "shop", {"owner": ""}, {"owner": "orders"})
    change = get_change(store.catalog, made)
    assert (change.who, change.kind, change.subject) == ("Mara", "service", "shop")
    assert (change.before, change.after, change.undoes) == ({"owner": ""}, {"owner": "orders"}, None)
    assert started <= change.at <= datetime.now(UTC)


def test_the_newest_come_first_and_can_be_asked_by_subject(store: Store) -> None:
    first = write(store.catalog, "Mara", "shop", None, {"owner": "a"})
    second = write(store.catalog, "Jo", "cart", None, {"owner": "b"})
    third = write(store.catalog, "Jo", "shop", {"owner": "a"}, None, undoes=first)
    assert [change.change_id for change in list_changes(store.catalog)] == [third, second, first]
    assert [change.change_id for change in list_changes(store.catalog, subject="shop")] == [third, first]
    assert list_changes(store.catalog, "incident") == ()
    assert list_changes(store.catalog, limit=1)[0].undoes == first


def test_what_was_made_has_no_before_and_what_was_taken_away_no_after(store: Store) -> None:
    write(store.catalog, "Jo", "cart", None, {"owner": "b"})
    write(store.catalog, "Jo", "cart", {"owner": "b"}, None)
    gone, made = list_changes(store.catalog)
    assert (made.before, gone.after) == (None, None)


def test_an_undo_is_logged_with_what_it_undoes_and_made_only_while_the_change_holds(store: Store) -> None:
    made = write(store.catalog, "Mara", "shop", {"owner": ""}, {"owner": "orders"})

    def put_back(connection: Connection, who: str, change: Change) -> int:
        states = (change.after, change.before)
        return record_change(connection, who, change.kind, change.subject, *states, undoes=change.change_id)

    undone = take_back(store.catalog, "Jo", made, lambda _, change: change.change_id == made, put_back)
    assert get_change(store.catalog, undone).undoes == made
    with pytest.raises(Changed, match="Undo the newest change first"):
        take_back(store.catalog, "Jo", undone, lambda _, change: change.change_id == made, put_back)
    with pytest.raises(NotFound):
        take_back(store.catalog, "Jo", 99, lambda _, __: True, put_back)
    assert [change.change_id for change in list_changes(store.catalog)] == [undone, made]


def test_an_unknown_change_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="no change 7"):
        get_change(store.catalog, 7)
