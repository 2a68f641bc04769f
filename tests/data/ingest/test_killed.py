"""kill -9 of the ingester at random moments: no acknowledged row is lost, none is there twice, and it opens at once.

`DIPTYCH_KILLS=200 python -m pytest -m slow -s tests/data/ingest/test_killed.py` does it more often than by itself.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from data.store import Store
from tests.data.ingest.test_processes import begin, report, start

KILLS = int(os.environ.get("DIPTYCH_KILLS", "60"))
NEW_FILES, ROWS = 4, 200
MOST_S = 4.0  # a run of a few small files takes about as long


def add_files(folder: Path, round_: int) -> None:
    for number in range(NEW_FILES):
        rows = "".join(f"2024-05-01T{i // 60:02d}:{i % 60:02d}:00Z,{i}\n" for i in range(ROWS))
        (folder / f"file{round_:03d}-{number}.csv").write_text(f"ts,m{round_:03d}_{number}\n{rows}")


def kill_at(home: Path, folder: Path, moment_s: float, parsers: int) -> int:
    """Start a run, kill it and what it started after so long; how many files it had acknowledged."""
    process = start(home, folder, parsers)
    begin(process)
    time.sleep(moment_s)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    psutil.wait_procs(children)
    assert process.stdout
    began = [int(line.removeprefix("file ")) for line in process.stdout.read().splitlines() if line[-1].isdigit()]
    return max(max(began, default=0) - parsers, 0)  # one begins when all but those at hand are in the catalog


def counts(home: Path) -> dict[str, int]:
    began = time.process_time()  # of a machine that others use, the clock says nothing
    with Store.open(home) as store, store.snapshot() as snap:
        found = dict(snap.rows("SELECT metric, count(*) FROM metrics GROUP BY 1"))
    assert time.process_time() - began < 2
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("kills", "parsers"), [(KILLS, 1), (KILLS // 4, 3)])
def test_killed_at_random_moments_it_loses_and_doubles_nothing(tmp_path: Path, kills: int, parsers: int) -> None:
    home, folder, rng, acknowledged = tmp_path / "home", tmp_path / "in", random.Random(5), 0
    folder.mkdir()
    Store.open(home).close()
    for round_ in range(kills):
        add_files(folder, round_)
        before = counts(home)
        files = kill_at(home, folder, rng.uniform(0, MOST_S), parsers)
        after = counts(home)
        names = sorted(file.stem.removeprefix("file").replace("-", "_") for file in folder.iterdir())
        assert {f"m{name}" for name in names[:files]} <= after.keys(), "what was acknowledged is there"
        acknowledged += len(after) - len(before)
        assert before.items() <= after.items(), "what was there is there"
        assert set(after.values()) <= {ROWS}, "a file is there wholly, once, or not at all"
    last = start(home, folder)
    begin(last)
    done = report(last)
    found = counts(home)
    rows = sum(found.values())
    print(
        f"\n{kills} kills, {parsers} at once: {acknowledged} of {len(found)} files taken by killed runs, {rows:,} rows"
    )
    assert done["failed"] == 0
    assert found == {f"m{round_:03d}_{number}": ROWS for round_ in range(kills) for number in range(NEW_FILES)}
