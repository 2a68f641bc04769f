"""A full disk during ingest, compaction and rollup: said in words, the store intact, and all goes on with room."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import rollups
from data.catalog.compact import LEAST, compact
from data.errors import StoreError
from data.ingest import ingest
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples

UP = make_series("shop", "up")
ROOM_KB = 4_096


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM_KB}k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only the superuser can make a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path, leave_kb: int = 0) -> Path:
    """Take up all room but so much."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4_096):
            pass
    with ballast.open("r+b") as file:
        file.truncate(max(0, ballast.stat().st_size - 1_024 * leave_kb))
    return ballast


def values(store: Store) -> list[float]:
    with store.snapshot() as snap:
        return [value for (value,) in snap.rows("SELECT value FROM metrics WHERE service = 'shop' ORDER BY value")]


@pytest.mark.slow
@pytest.mark.parametrize("leave_kb", [0, 40, 150])
def test_ingest_says_so_and_takes_the_file_when_there_is_room(small: Path, tmp_path: Path, leave_kb: int) -> None:
    file = tmp_path / "metrics.csv"
    rows = "".join(
        f"2024-05-01T{i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z,{hash(str(i))}\n" for i in range(20_000)
    )
    file.write_text(f"ts,much\n{rows}")
    with Store.open(small / "home") as store:
        put(store, 1, series=[UP], metrics=samples(UP, [1.0, 2.0]))
        ballast = fill(small, leave_kb)
        try:
            refused = ingest(store, [file], service="other")
        except (StoreError, OSError) as error:
            words = str(error)
        else:
            assert (refused.failed, refused.files) == (1, 0)
            words = refused.problems[0].reason
        assert "No space left on device" in words or "disk" in words, words
        assert values(store) == [1.0, 2.0]
        ballast.unlink()
        assert ingest(store, [file], service="other").accepted == 20_000
        with store.snapshot() as snap:
            assert snap.rows("SELECT count(*) FROM metrics") == [(20_002,)]


@pytest.mark.slow
def test_compaction_and_rollup_say_so_and_are_done_when_there_is_room(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MIN_ROWS", 1)
    with Store.open(small / "home") as store:
        for number in range(LEAST):
            put(store, number + 1, series=[UP], metrics=samples(UP, [float(number)] * 100, start=at(number)))
        before = values(store)
        ballast = fill(small)
        with pytest.raises(StoreError, match=r"cannot be written: .*No space left on device"):
            compact(store.catalog)
        with store.snapshot() as snap, pytest.raises(StoreError, match="A rollup cannot be written"):
            rollups.build(store.home, snap.state.segments)
        assert values(store) == before
        ballast.unlink()
        assert compact(store.catalog).after == 1
        with store.snapshot() as snap:
            assert rollups.build(store.home, snap.state.segments) == 1
        assert values(store) == before
