"""The worker with real processes: what becomes of a job that is cancelled, dies, or loses its worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from app import worker
from app.jobs import SWEEP
from data import jobs
from data.catalog import tables
from data.catalog.catalog import Catalog
from data.catalog.commit import forget_files
from data.store import Store
from tests.data.builders import at, put, python

# A job that says its process id, then takes as long as it may; like ours it ends when its worker's pipe closes.
LONG = """if True:
    import os, sys
    from data import jobs
    from data.catalog.catalog import Catalog
    from pathlib import Path
    jobs.progress(Catalog.open(Path(sys.argv[1])), sys.argv[2], 0.5, str(os.getpid()))
    os.read(0, 1)
"""
WORKER = """if True:
    import sys
    from pathlib import Path
    from app import worker
    worker.LEASE_S, worker.WATCH_S = 2.0, 0.05
    worker._run_job = lambda home, job_id: [sys.executable, "-c", sys.argv[2], str(home), job_id]
    worker.work(Path(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """A worker listens to SIGTERM; the process of the tests takes its own way of stopping back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return store.catalog


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Processes that are gone when the test is."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        running.append(python(code, *arguments))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool]) -> None:
    """Waits as long as it takes; a test that waits for what never comes is stopped by its runner."""
    while not what():
        time.sleep(0.05)


def job_process(catalog: Catalog, job_id: str) -> psutil.Process:
    """The child that works on the job, once it has said so."""
    wait_for(lambda: jobs.get(catalog, job_id).message.isdigit())
    return psutil.Process(int(jobs.get(catalog, job_id).message))


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def use(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(worker, "WATCH_S", 0.02)
    monkeypatch.setattr(worker, "_run_job", lambda home, job_id: [sys.executable, "-c", code, str(home), job_id])


def supervised(store: Store, home: Path) -> tuple[str, threading.Thread]:
    """A leased job that a thread of this process supervises."""
    job_id = jobs.enqueue(store.catalog, "scan", {})
    assert jobs.lease(store.catalog, "me", ("scan",), 60)
    thread = threading.Thread(target=worker._supervise, args=(store, home, job_id, "me"))
    thread.start()
    return job_id, thread


def test_what_is_queued_is_run_and_then_it_stops(catalog: Catalog, home: Path) -> None:
    queued = [jobs.enqueue(catalog, "scan", {}) for _ in range(2)]
    worker.work(home, once=True)
    assert [jobs.get(catalog, job_id).state for job_id in queued] == ["done", "done"]
    assert jobs.get(catalog, queued[0]).result == {"incidents": 0}


def test_a_sweep_removes_the_files_of_what_was_taken_back_a_day_ago(store: Store, home: Path) -> None:
    put(store, logs=[{"ts": at(0)}])
    put(store, 2, logs=[{"ts": at(1)}])
    files = set((home / "segments").rglob("*.parquet"))
    forget_files(store.catalog, (1,))
    days_ago = datetime.now(UTC) - timedelta(days=2)
    for file in files:
        os.utime(file, (days_ago.timestamp(), days_ago.timestamp()))
    with store.catalog.write() as connection:
        connection.execute(tables.segments.update().where(tables.segments.c.file_id == 1).values(died_at=days_ago))
    job_id = jobs.enqueue(store.catalog, SWEEP, {})
    worker.work(home, once=True)
    assert jobs.get(store.catalog, job_id).result["files"] == 1
    left = set((home / "segments").rglob("*.parquet"))
    assert left < files
    with store.snapshot() as snap:
        assert snap.rows("SELECT count(*) FROM logs") == [(1,)]


def test_the_process_of_a_cancelled_job_is_killed(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, LONG)
    job_id, thread = supervised(store, home)
    process = job_process(store.catalog, job_id)
    assert jobs.cancel(store.catalog, job_id)
    thread.join()
    assert is_gone(process)
    assert jobs.get(store.catalog, job_id).state == "cancelled"


def test_a_job_whose_process_dies_says_so(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "raise SystemExit(7)")
    job_id, thread = supervised(store, home)
    thread.join()
    failed = jobs.get(store.catalog, job_id)
    assert failed.state == "failed"
    assert "status 7" in failed.message


def test_a_job_that_another_worker_took_is_let_go_and_not_failed(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, LONG)
    monkeypatch.setattr(jobs, "renew", lambda *_: False)
    job_id = jobs.enqueue(store.catalog, "scan", {})
    assert jobs.lease(store.catalog, "me", ("scan",), -1)
    thread = threading.Thread(target=worker._supervise, args=(store, home, job_id, "me"))
    thread.start()
    process = job_process(store.catalog, job_id)
    assert jobs.lease(store.catalog, "other", ("scan",), 60)
    thread.join()
    assert is_gone(process)
    assert (jobs.get(store.catalog, job_id).state, jobs.get(store.catalog, job_id).worker) == ("running", "other")


def test_a_lease_is_renewed_while_the_job_runs(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, LONG)
    monkeypatch.setattr(worker, "LEASE_S", 0.3)
    job_id, thread = supervised(store, home)
    before = jobs.get(store.catalog, job_id).lease_until
    wait_for(lambda: jobs.get(store.catalog, job_id).lease_until != before)
    jobs.cancel(store.catalog, job_id)
    thread.join()


def test_a_worker_killed_in_the_middle_loses_no_job(
    catalog: Catalog, home: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    doomed = started(WORKER, home, LONG)
    process = job_process(catalog, job_id)
    os.kill(doomed.pid, signal.SIGKILL)
    doomed.wait()
    wait_for(lambda: is_gone(process))
    assert jobs.get(catalog, job_id).state == "running"
    wait_for(lambda: not worker.work(home, once=True) and jobs.get(catalog, job_id).state != "running")
    again = jobs.get(catalog, job_id)
    assert (again.state, again.attempts) == ("done", 2)


def test_a_worker_that_is_stopped_takes_its_child_along(
    catalog: Catalog, home: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    stopped = started(WORKER, home, LONG)
    process = job_process(catalog, job_id)
    stopped.terminate()
    assert stopped.wait() == 0
    assert is_gone(process)
    assert jobs.get(catalog, job_id).state == "running"


def test_a_worker_beside_the_dashboard_ends_with_it(catalog: Catalog, home: Path) -> None:
    before = set(psutil.Process().children())
    with worker.beside(home):
        (child,) = set(psutil.Process().children()) - before
        job_id = jobs.enqueue(catalog, "scan", {})
        wait_for(lambda: jobs.get(catalog, job_id).state == "done")
    assert is_gone(child)


def test_the_process_of_a_job_ends_when_its_worker_does(catalog: Catalog, home: Path) -> None:
    """`run-job` itself: the pipe closes while it waits for a catalog that another holds."""
    job_id = jobs.enqueue(catalog, "scan", {})
    assert jobs.lease(catalog, "me", ("scan",), 60)
    command = worker._run_job(home, job_id)
    with catalog.write():  # it cannot write its progress now
        child = subprocess.Popen(command, cwd=worker.ROOT, stdin=subprocess.PIPE)
        assert child.stdin
        child.stdin.close()
        assert child.wait() == 1
    assert jobs.get(catalog, job_id).state == "running"
