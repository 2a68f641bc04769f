from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data.catalog import tables
from data.catalog.commit import forget_files
from data.catalog.sweep import Swept, sweep
from data.series import make_series
from data.store import Store
from tests.data.builders import put, samples, segments_of

UP = make_series("shop", "up")
HOUR = timedelta(hours=1)


@pytest.fixture
def used(store: Store) -> Store:
    """A store with a live segment, a dead one, and one that was never committed."""
    put(store, 1, series=[UP], metrics=samples(UP, [1.0]))
    put(store, 2, series=[UP], metrics=samples(UP, [2.0]), supersedes=(1,))
    segments_of(store, 3, {"metrics": samples(UP, [3.0])})
    (store.home / "tmp" / "left.parquet").write_bytes(b"1234")
    return store


def stored(store: Store) -> int:
    return len([path for path in (store.home / "segments").rglob("*") if path.is_file()])


def test_what_is_young_stays_whatever_it_is(used: Store) -> None:
    assert sweep(used.catalog, now=datetime.now(UTC), grace=HOUR) == Swept(0, 0)
    assert stored(used) == 3


def test_what_is_old_and_unseen_goes(used: Store) -> None:
    swept = sweep(used.catalog, now=datetime.now(UTC) + 2 * HOUR, grace=HOUR)
    assert swept.files == 3
    assert swept.bytes > 4
    assert stored(used) == 1
    with used.snapshot() as snap:
        assert snap.rows("SELECT value FROM metrics") == [(2.0,)]


def test_a_segment_that_died_lately_stays_for_those_who_read_it_though_its_file_is_old(used: Store) -> None:
    for path in (used.home / "segments").rglob("*.parquet"):
        os.utime(path, (0, 0))
    assert sweep(used.catalog, now=datetime.now(UTC), grace=HOUR).files == 1
    assert stored(used) == 2


def test_forgetting_a_file_again_does_not_make_its_death_younger(used: Store) -> None:
    forget_files(used.catalog, (1,))
    with used.catalog.read() as connection:
        born_and_dead = connection.execute(select(tables.segments.c.born, tables.segments.c.dead)).all()
    assert sorted(born_and_dead, key=str) == [(1, 2), (2, None)]


def test_sweeping_twice_is_as_good_as_once(used: Store) -> None:
    later = datetime.now(UTC) + 2 * HOUR
    sweep(used.catalog, now=later, grace=HOUR)
    assert sweep(used.catalog, now=later, grace=HOUR) == Swept(0, 0)
