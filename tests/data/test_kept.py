"""Thresholds and views that people keep, with their log."""

from __future__ import annotations

import pytest

from data import kept
from data.changes import Changed, list_changes
from data.records import SavedView
from data.store import Store


def thresholds(store: Store) -> dict[str, float]:
    with store.snapshot() as snap:
        return {one.name: one.value for one in snap.state.thresholds}


def records(store: Store) -> tuple[SavedView, ...]:
    with store.snapshot() as snap:
        return snap.state.saved_views


def test_a_threshold_is_set_set_again_and_undone_in_turn(store: Store) -> None:
    first = kept.set_threshold(store.catalog, "Mara", "drift_limit", 0.3)
    second = kept.set_threshold(store.catalog, "Jo", "drift_limit", 0.4)
    with pytest.raises(Changed, match="newest change first"):
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
    saved = records(store)
    gone = kept.delete_view(store.catalog, "Jo", "Friday")
    assert records(store) == ()
    with pytest.raises(Changed):
        kept.delete_view(store.catalog, "Jo", "Friday")
    kept.undo(store.catalog, "Tomas", gone)
    assert records(store) == saved, "with who saved it, and when"
    assert [(one.name, one.address, one.who) for one in saved] == [("Friday", "/?from=a", "Mara")]


def test_an_undone_threshold_is_again_the_one_that_was_set_before(store: Store) -> None:
    kept.set_threshold(store.catalog, "Mara", "drift_limit", 0.3)
    with store.snapshot() as snap:
        before = snap.state.thresholds
    kept.undo(store.catalog, "Jo", kept.set_threshold(store.catalog, "Jo", "drift_limit", 0.4))
    with store.snapshot() as snap:
        assert snap.state.thresholds == before


def test_the_log_has_all_of_a_view_and_each_step_of_it(store: Store) -> None:
    made = kept.save_view(store.catalog, "Mara", "Friday", "/?from=a")
    (saved,) = records(store)
    state = {"address": "/?from=a", "who": "Mara", "saved_at": saved.saved_at.isoformat()}
    gone = kept.delete_view(store.catalog, "Jo", "Friday")
    back = kept.undo(store.catalog, "Tomas", gone)
    told = [(c.change_id, c.who, c.subject, c.before, c.after, c.undoes) for c in list_changes(store.catalog, "view")]
    assert told == [
        (back, "Tomas", "Friday", None, state, gone),
        (gone, "Jo", "Friday", state, None, None),
        (made, "Mara", "Friday", None, state, None),
    ]


def test_what_was_saved_anew_under_the_name_is_not_written_over_by_an_undo(store: Store) -> None:
    kept.save_view(store.catalog, "Mara", "Friday", "/?from=a")
    gone = kept.delete_view(store.catalog, "Mara", "Friday")
    kept.save_view(store.catalog, "Jo", "Friday", "/service")
    logged, revision = list_changes(store.catalog), store.catalog.revision
    with pytest.raises(Changed, match="newest change first"):
        kept.undo(store.catalog, "Mara", gone)
    assert [(one.address, one.who) for one in records(store)] == [("/service", "Jo")]
    assert (list_changes(store.catalog), store.catalog.revision) == (logged, revision), "a refusal leaves no trace"


def test_readers_see_a_new_revision(store: Store) -> None:
    before = store.catalog.revision
    kept.set_threshold(store.catalog, "Mara", "drift_limit", 0.3)
    assert store.catalog.revision == before + 1
