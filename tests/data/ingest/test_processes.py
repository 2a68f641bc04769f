"""Several processes take in one folder at once, and some are killed: each file once, nothing lost, nothing twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from data.store import Store

ROOT = Path(__file__).resolve().parents[3]
FILES, ROWS, PROCESSES = 8, 50, 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for number in range(FILES):
        rows = "".join(f"2024-05-{number + 1:02d}T10:{i:02d}:00Z,{i}\n" for i in range(ROWS))
        (path / f"file{number}.csv").write_text(f"ts,m{number}\n{rows}")
    return path


def start(home: Path, folder: Path, parsers: int = 1) -> subprocess.Popen[str]:
    """A process that has opened the store and waits for a word to begin."""
    command = [sys.executable, "-m", "tests.data.ingest.run_ingest", str(home), str(folder), str(parsers)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "open\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def report(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate()
    return dict(json.loads(output.splitlines()[-1]))


def stored(store: Store) -> list[tuple[str, int]]:
    with store.snapshot() as snap:
        return snap.rows("SELECT metric, count(*) FROM metrics GROUP BY 1 ORDER BY 1")


ALL = [(f"m{number}", ROWS) for number in range(FILES)]


def test_processes_that_race_take_each_file_once(store: Store, folder: Path) -> None:
    processes = [start(store.home, folder) for _ in range(PROCESSES)]
    for process in processes:
        begin(process)
    reports = [report(process) for process in processes]
    assert [each["problems"] for each in reports] == [[]] * PROCESSES
    assert [each["failed"] for each in reports] == [0] * PROCESSES
    assert sum(each["files"] for each in reports) == FILES
    assert sum(each["skipped"] for each in reports) == FILES * (PROCESSES - 1)
    assert sum(each["by_kind"].get("metrics", 0) for each in reports) == FILES * ROWS
    assert stored(store) == ALL


def test_a_run_that_is_killed_is_finished_by_the_next(store: Store, folder: Path) -> None:
    for number in (3, 6):
        process = start(store.home, folder)
        begin(process)
        assert process.stdout
        while process.stdout.readline() != f"file {number}\n":
            pass
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        psutil.wait_procs(children)
        assert all(rows == ROWS for _, rows in stored(store)), "a file is there wholly or not at all"
    last = start(store.home, folder)
    begin(last)
    done = report(last)
    assert (done["failed"], done["files"] + done["skipped"]) == (0, FILES)
    assert stored(store) == ALL
    assert list((store.home / "staging").iterdir()) == []
