from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb
import pytest

from data.errors import StoreError
from data.series import make_series
from data.store import Store
from tests.data.builders import at, printed, put, python, samples

UP = make_series("shop", "up")
COUNT = "SELECT count(*) FROM metrics"


def add(store: Store, file_id: int) -> None:
    put(store, file_id, series=[UP], metrics=samples(UP, [float(file_id)], start=at(file_id)))


def schemas(store: Store) -> list[str]:
    with store.snapshot() as snap:
        found = snap.rows("SELECT schema_name FROM duckdb_schemas() WHERE schema_name LIKE 'state%' ORDER BY ALL")
    return [name for (name,) in found]


def test_a_new_store_is_empty_and_can_be_asked(store: Store) -> None:
    with store.snapshot() as snap:
        assert (snap.generation, snap.revision) == (0, 0)
        assert snap.rows(COUNT) == [(0,)]


def test_a_store_that_must_be_there_is_not_made(home: Path) -> None:
    with pytest.raises(StoreError, match="no Diptych store"):
        Store.open(home, create=False)


def test_results_come_as_frame_arrow_and_rows(store: Store) -> None:
    add(store, 1)
    query = "SELECT ts, value FROM metrics WHERE service = $service AND value >= ?".replace("?", "$least")
    with store.snapshot() as snap:
        parameters = {"service": "shop", "least": 0.5}
        assert snap.rows(query, parameters) == [(at(1), 1.0)]
        assert snap.arrow(query, parameters).column_names == ["ts", "value"]
        assert str(snap.frame(query, parameters)["ts"].dtype) == "datetime64[us, UTC]"
        assert snap.rows("SELECT ? + ?", [1, 2]) == [(3,)]


def test_a_snapshot_stays_as_it_was_while_another_process_commits(store: Store, home: Path) -> None:
    add(store, 1)
    code = """if True:
        import sys, json
        from data.series import make_series
        from data.store import Store
        from tests.data.builders import at, put, samples
        store, up = Store.open(sys.argv[1]), make_series("shop", "up")
        print(json.dumps(put(store, 2, series=[up], metrics=samples(up, [2.0], start=at(2)))))"""
    with store.snapshot() as pinned:
        assert printed(python(code, home)) == 2
        assert (pinned.generation, pinned.rows(COUNT)) == (1, [(1,)])
        with store.snapshot() as newer:
            assert (newer.generation, newer.rows(COUNT)) == (2, [(2,)])
        assert pinned.rows(COUNT) == [(1,)]


def test_snapshots_of_one_state_share_its_views(store: Store) -> None:
    add(store, 1)
    with store.snapshot() as one, store.snapshot() as other:
        assert one.state is other.state
    assert len(schemas(store)) == 2


def test_views_of_a_state_go_when_its_last_reader_does(store: Store) -> None:
    add(store, 1)
    old = store.snapshot()
    add(store, 2)
    assert len(schemas(store)) == 4
    old.close()
    old.close()
    assert len(schemas(store)) == 2


def test_a_snapshot_that_is_dropped_lets_go(store: Store) -> None:
    add(store, 1)
    snap = store.snapshot()
    add(store, 2)
    del snap
    assert len(schemas(store)) == 2


def test_series_are_read_again_only_when_there_are_new_ones(store: Store) -> None:
    add(store, 1)
    with store.snapshot() as before:
        add(store, 2)
        with store.snapshot() as after:
            assert after.state.series is before.state.series
        other = make_series("shop", "other")
        put(store, 3, series=[other])
        with store.snapshot() as third:
            assert third.state.metrics == ("other", "up")


def test_threads_read_and_ingest_at_the_same_time(store: Store) -> None:
    seen: list[tuple[int, int]] = []

    def reading() -> None:
        while not done.is_set():
            with store.snapshot() as snap:
                seen.append((snap.generation, snap.rows(COUNT)[0][0]))

    done = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(reading) for _ in range(4)]
        for file_id in range(1, 11):
            add(store, file_id)
        done.set()
        for reader in readers:
            reader.result()
    assert seen
    assert all(generation == count for generation, count in seen)


def count_in_child(store: Store, pipe: Connection) -> None:
    with store.snapshot() as snap:
        pipe.send(snap.rows(COUNT))
    store.close()


def test_a_forked_child_reads_and_its_parent_goes_on(store: Store) -> None:
    add(store, 1)
    with store.snapshot() as snap:
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe()
        child = context.Process(target=count_in_child, args=(store, there))
        child.start()
        assert here.poll(30)
        assert here.recv() == [(1,)]
        child.join(30)
        assert child.exitcode == 0
        assert snap.rows(COUNT) == [(1,)]
    add(store, 2)


def test_segments_outside_the_range_are_not_opened(store: Store) -> None:
    add(store, 1)
    add(store, 60)
    with store.snapshot() as snap:
        assert len(snap.segments("metrics")) == 2
        (early,) = snap.segments("metrics", end=at(60))
        (late,) = snap.segments("metrics", start=at(2))
        assert (early.max_ts, late.min_ts) == (at(1), at(60))
        assert snap.segments("metrics", start=at(1), end=at(1)) == []
        assert [s.min_ts for s in snap.segments("metrics", start=at(1), end=at(60))] == [at(1)]
        assert "WHERE false" in snap.source("metrics", at(100))
        assert snap.segments("logs") == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{home}/catalog.sqlite')",
        "COPY (SELECT 1) TO '{home}/out.csv'",
        "ATTACH '{home}/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET threads = 1",
        "SELECT * FROM store",
    ],
)
def test_the_process_s_own_database_is_closed_to_the_outside(store: Store, query: str) -> None:
    with store.snapshot() as snap, pytest.raises(duckdb.Error):
        snap.rows(query.format(home=store.home))


def test_a_missing_segment_is_said_in_words(store: Store) -> None:
    add(store, 1)
    with store.snapshot() as snap:
        (segment,) = snap.segments("metrics")
        (store.home / segment.path).unlink()
        with pytest.raises(StoreError, match="cannot be read"):
            snap.rows(COUNT)


def test_a_home_of_any_name_works(tmp_path: Path) -> None:
    with Store.open(tmp_path / 'it\'s "here" %20; [x]*? --') as store:
        add(store, 1)
        with store.snapshot() as snap:
            assert snap.rows(COUNT) == [(1,)]


def test_a_home_can_be_moved(tmp_path: Path) -> None:
    with Store.open(tmp_path / "old") as store:
        add(store, 1)
    (tmp_path / "old").rename(tmp_path / "new")
    with Store.open(tmp_path / "new") as store, store.snapshot() as snap:
        assert snap.rows(COUNT) == [(1,)]
