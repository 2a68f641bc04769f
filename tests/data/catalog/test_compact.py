"""Small segments become few with the same records; each file can still be taken back, and nothing is lost."""

from __future__ import annotations

import resource
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from data.catalog.commit import forget_files
from data.catalog.compact import LEAST, compact, is_due
from data.catalog.files import stored_bytes
from data.catalog.shared import part
from data.errors import StoreError
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, python, samples

UP, DOWN = make_series("shop", "up"), make_series("shop", "down")
VALUES = "SELECT value, source_file FROM metrics ORDER BY ALL"


def filled(store: Store, files: int = LEAST) -> list[tuple[float, str]]:
    for number in range(1, files + 1):
        rows = samples(UP, [float(number)], start=at(number))
        put(store, number, series=[UP], metrics=rows, logs=[{"ts": at(number), "message": f"line {number}"}])
    return [(float(number), f"file{number}.csv") for number in range(1, files + 1)]


def rows(store: Store) -> list[tuple[float, str]]:
    with store.snapshot() as snap:
        return snap.rows(VALUES)


def kinds(store: Store) -> list[str]:
    with store.snapshot() as snap:
        return sorted(segment.kind for segment in snap.state.segments)


def test_small_segments_of_a_kind_become_one_with_the_same_records(store: Store) -> None:
    before = filled(store)
    assert is_due(store.catalog)
    done = compact(store.catalog)
    assert (done.before, done.after) == (2 * LEAST, 2)
    assert kinds(store) == ["logs", "metrics"]
    assert rows(store) == before
    assert not is_due(store.catalog)


def test_a_few_small_segments_are_left(store: Store) -> None:
    filled(store, LEAST - 1)
    assert not is_due(store.catalog)
    assert compact(store.catalog).before == 0


def test_a_file_that_was_merged_is_taken_back_alone(store: Store) -> None:
    before = filled(store)
    compact(store.catalog)
    forget_files(store.catalog, (3, 5))
    assert rows(store) == [row for row in before if row[0] not in (3, 5)]
    with store.snapshot() as snap:
        assert snap.rows("SELECT count(*) FROM logs") == [(LEAST - 2,)]


def test_a_corrected_file_replaces_only_its_own_records(store: Store) -> None:
    filled(store)
    compact(store.catalog)
    put(store, 99, series=[UP], metrics=samples(UP, [0.5]), supersedes=(1,))
    assert [value for value, _ in rows(store)] == [0.5, *(float(n) for n in range(2, LEAST + 1))]


def test_the_last_sample_of_a_series_takes_the_series_with_it(store: Store) -> None:
    filled(store)
    put(store, 50, series=[DOWN], metrics=samples(DOWN, [7.0]))
    compact(store.catalog)
    forget_files(store.catalog, (50,))
    with store.snapshot() as snap:
        assert snap.state.metrics == ("up",)


def test_who_reads_meanwhile_reads_on(store: Store) -> None:
    before = filled(store)
    with store.snapshot() as snap:
        compact(store.catalog)
        assert snap.rows(VALUES) == before


def test_each_file_is_known_to_take_its_part_of_the_room(store: Store) -> None:
    filled(store)
    own = stored_bytes(store.catalog)
    compact(store.catalog)
    shared = stored_bytes(store.catalog)
    assert shared.keys() == own.keys()
    assert 0 < min(shared.values()) <= sum(shared.values()) < sum(own.values())


def test_parting_twice_changes_nothing_more(store: Store) -> None:
    before = filled(store)
    compact(store.catalog)
    part(store.catalog, (1, 2))
    generation = store.catalog.generation
    part(store.catalog, (1, 2))
    assert store.catalog.generation == generation
    assert rows(store) == before


def test_what_was_taken_back_meanwhile_does_not_come_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    from data.catalog import compact as module

    written = module.write_segments

    def slowly(*args: Any) -> Any:
        found = written(*args)
        forget_files(store.catalog, (2,))
        return found

    monkeypatch.setattr(module, "write_segments", slowly)
    assert compact(store.catalog).after == 0
    assert 2.0 not in {value for value, _ in rows(store)}
    live = {store.home / segment.path for segment in store.snapshot().state.segments}
    assert live <= set((store.home / "segments").rglob("*.parquet"))


def test_a_full_disk_is_said_in_words_and_the_store_goes_on(store: Store) -> None:
    before = filled(store)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    on_disk = set((store.home / "segments").rglob("*.parquet"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(StoreError, match="cannot be written: File too large"):
            compact(store.catalog)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert set((store.home / "segments").rglob("*.parquet")) == on_disk
    assert not list((store.home / "tmp").iterdir())
    assert rows(store) == before
    assert compact(store.catalog).after == 2
    assert rows(store) == before


COMPACTOR = """
import sys
from pathlib import Path
from data.catalog import compact
from data.catalog.catalog import Catalog
from data.catalog.shared import part
catalog = Catalog.open(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    compact.compact(catalog)
    part(catalog, (1, 4, 7))
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_every_record_once(store: Store, home: Path) -> None:
    before = filled(store, 3 * LEAST)
    for kill in range(20):
        process = python(COMPACTOR, home)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.01 + 0.013 * kill)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert rows(store) == before
    compact(store.catalog)
    assert rows(store) == before
