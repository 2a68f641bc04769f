"""The log of what people changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.catalog.catalog import Catalog
from data.changes import get_change, list_changes, record_change
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


def test_an_unknown_change_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="no change 7"):
        get_change(store.catalog, 7)
