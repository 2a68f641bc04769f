"""Limits that the kernel keeps: a file that asks for too much fails in words, and the one after it comes in."""

from __future__ import annotations

import gzip
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from data.ingest import ingest
from data.ingest.limits import Limits
from data.store import Store
from tests.data.ingest.test_processes import ALL, FILES, begin, folder, report, start, stored

__all__ = ["folder"]
SMALL = "ts,cpu\n2024-05-01T10:00Z,1\n"
pytestmark = pytest.mark.slow


def test_cpu(store: Store, tmp_path: Path) -> None:
    for name in ("a.csv", "z.csv"):
        (tmp_path / name).write_text(SMALL.replace("cpu", name[0]))
    (tmp_path / "big.csv.gz").write_bytes(gzip.compress(b"ts,cpu\n" + b"2024-05-01T10:00:00Z,1\n" * 9_000_000, 1))
    taken = ingest(store, sorted(tmp_path.glob("*.csv*")), limits=Limits(cpu_s=1))
    assert [(each.file, each.line) for each in taken.problems] == [("big.csv.gz", 0)]
    assert "more than 1 s of CPU" in taken.problems[0].reason
    assert taken.files == 2


def test_memory(store: Store, tmp_path: Path) -> None:
    for name in ("a.csv", "z.csv"):
        (tmp_path / name).write_text(SMALL.replace("cpu", name[0]))
    record = '{"ts": "2024-05-01T10:00:00Z", "kind": "deploy", "title": "a title"}'
    (tmp_path / "big.json").write_text("[" + f"{record}," * 1_000_000 + record + "]")
    taken = ingest(store, sorted(tmp_path.glob("*.[cj]s*")), limits=Limits(memory_bytes=700 << 20))
    assert [each.file for each in taken.problems] == ["big.json"]
    assert "700 MB" in taken.problems[0].reason
    assert taken.files == 2


def test_output(store: Store, tmp_path: Path) -> None:
    rows = "".join(f"{1714557600 + i},{random.random()}\n" for i in range(5_000))
    (tmp_path / "a.csv").write_text(f"ts,cpu\n{rows}")
    taken = ingest(store, [tmp_path / "a.csv"], limits=Limits(output_bytes=10_000))
    assert "makes more than" in taken.problems[0].reason
    assert not any(path.is_file() for path in (store.home / "segments").rglob("*"))


def test_many_kills_at_any_moment(store: Store, folder: Path) -> None:
    chance = random.Random(7)
    for _ in range(10):
        process = start(store.home, folder)
        begin(process)
        time.sleep(chance.uniform(0.2, 3.0))
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGKILL)
        process.wait()
        psutil.wait_procs(children)
        assert set(stored(store)) <= set(ALL)
    last = start(store.home, folder)
    begin(last)
    done = report(last)
    assert (done["failed"], done["files"] + done["skipped"]) == (0, FILES)
    assert stored(store) == ALL
