"""Thresholds and views that people keep, with their log."""

from __future__ import annotations

import pytest

from data import kept
from data.changes import list_changes
from data.store import Store


def thresholds(store: Store) -> dict[str, float]:
    with store.snapshot() as snap:
        return {one.name: one.value for one in snap.state.thresholds}


def views(store: Store) -> dict[str, str]:
    with store.snapshot() as snap:
        return {one.name: one.address for one in snap.state.saved_views}


def test_a_threshold_is_set_set_again_and_undone_in_turn(store: Store) -> None:
    first = kept.set_threshold(store.catalog, "Mara", "drift_limit", 0.3)
    second = kept.set_threshold(store.catalog, "Jo", "drift_limit", 0.4)
    with pytest.raises(kept.Changed, match="newest change first"):
        kept.undo(store.catalog, "Jo", first)
    kept.undo(store.catalog, "Jo", second)
    assert thresholds(store) == {"drift_limit": 0.3}
    kept.undo(store.catalog, "Jo", first)
    assert thresholds(store) == {}
    assert [change.undoes for change in list_changes(store.catalog)] == [first, second, None, None]


def test_none_goes_back_to_the_default(store: Store) -> None:
    kept.set_threshold(store.catalog, "Mara", "drift_limit", 0.3)
    kept.set_threshold(store.catalog, "Mara", "drift_limit", None)
    assert thresholds(store) == {}


def test_a_view_has_a_name_of_its_own_and_comes_back_after_it_was_deleted(store: Store) -> None:
    kept.save_view(store.catalog, "Mara", "Friday", "/?from=a")
    with pytest.raises(kept.NameTaken, match="already"):
        kept.save_view(store.catalog, "Jo", "Friday", "/service")
    gone = kept.delete_view(store.catalog, "Jo", "Friday")
    assert views(store) == {}
    with pytest.raises(kept.Changed):
        kept.delete_view(store.catalog, "Jo", "Friday")
    kept.undo(store.catalog, "Mara", gone)
    assert views(store) == {"Friday": "/?from=a"}


def test_readers_see_a_new_revision(store: Store) -> None:
    before = store.catalog.revision
    kept.set_threshold(store.catalog, "Mara", "drift_limit", 0.3)
    assert store.catalog.revision == before + 1
