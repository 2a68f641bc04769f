"""A statement made on a page: it holds from then on, beside those of files, and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data.changes import Changed, get_change, list_changes
from data.ingest import ingest
from data.records import MetricMeaning, Model, Service
from data.statements import origins, state, undo
from data.status import status
from data.store import Store

FILE = "[[services]]\nname = 'shop'\nowner = '{}'\n"


def load(store: Store, folder: Path, owner: str) -> int:
    path = folder / "registry.toml"
    path.write_text(FILE.format(owner))
    return ingest(store, [path], kind="registry").files


def owner(store: Store) -> str:
    with store.snapshot() as snap:
        return next(s.owner for s in snap.state.services if s.name == "shop")


@pytest.fixture
def loaded(store: Store, tmp_path: Path) -> Store:
    load(store, tmp_path, "file")
    return store


def test_a_page_overrides_a_file_and_an_undo_brings_the_file_back(loaded: Store) -> None:
    made = state(loaded.catalog, "Mara", Service("shop", owner="Mara's team"))
    assert owner(loaded) == "Mara's team"
    undone = undo(loaded.catalog, "Jo", made)
    assert owner(loaded) == "file"
    change = get_change(loaded.catalog, undone)
    assert (change.who, change.undoes, change.after and change.after["owner"]) == ("Jo", made, "file")


def test_a_file_that_is_loaded_later_wins_over_the_page_but_the_same_file_is_no_new_statement(
    loaded: Store, tmp_path: Path
) -> None:
    state(loaded.catalog, "Mara", Service("shop", owner="page"))
    assert load(loaded, tmp_path, "file") == 0
    assert owner(loaded) == "page"
    assert load(loaded, tmp_path, "newer file") == 1
    assert owner(loaded) == "newer file"


def test_what_does_not_hold_any_more_cannot_be_undone(loaded: Store, tmp_path: Path) -> None:
    first = state(loaded.catalog, "Mara", Service("shop", owner="one"))
    second = state(loaded.catalog, "Mara", Service("shop", owner="two"))
    with pytest.raises(match="newest change first"):
        undo(loaded.catalog, "Mara", first)
    undo(loaded.catalog, "Mara", second)
    undo(loaded.catalog, "Mara", first)
    with pytest.raises(Changed):
        undo(loaded.catalog, "Mara", first)
    assert (owner(loaded), len(list_changes(loaded.catalog))) == ("file", 4)


def test_it_is_no_file_and_every_reader_sees_a_new_generation(loaded: Store) -> None:
    before = status(loaded)
    state(loaded.catalog, "Mara", Service("shop", owner="page"))
    after = status(loaded)
    assert (after.files, after.services) == (before.files, before.services)
    assert after.generation == before.generation + 1


def test_origins_tell_files_from_people(loaded: Store) -> None:
    made = state(loaded.catalog, "Mara", MetricMeaning("latency_ms", "latency", "ms", "up"))
    found = origins(loaded.catalog)
    assert found["service", "shop"].file.endswith("registry.toml")
    assert (found["metric", "latency_ms"].who, found["metric", "latency_ms"].change_id) == ("Mara", made)


def test_models_with_times_and_meanings_are_logged_whole(store: Store) -> None:
    from datetime import UTC, datetime

    model = Model("m", service="shop", trained_at=datetime(2026, 5, 4, tzinfo=UTC))
    made = state(store.catalog, "Mara", model)
    assert (get_change(store.catalog, made).after or {})["trained_at"] == "2026-05-04T00:00:00+00:00"
    state(store.catalog, "Mara", replace(model, stage="live"))
    with store.snapshot() as snap:
        assert snap.state.models == (replace(model, stage="live"),)
