"""The background worker: leases jobs from the catalog and runs each in a child process that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.chores import Chores
from app.jobs import KINDS
from data import jobs
from data.store import Store

ROOT = Path(__file__).resolve().parent.parent  # a folder named `app` where the user stands must not be taken for ours
IDLE_S = 1.0
WATCH_S = 0.2
LEASE_S = 30.0
STOP_WAIT_S = 5.0


def work(home: Path, *, once: bool = False) -> None:
    """Run queued jobs of ``home`` until stopped, or until none is left with ``once``."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the child of the job at hand is stopped too
    name = f"{os.uname().nodename}:{os.getpid()}"
    parent = os.getppid()
    with Store.open(home) as store:
        chores = Chores(store)
        while True:
            if not once:
                chores.queue()
            job = jobs.lease(store.catalog, name, tuple(KINDS), LEASE_S)
            if job is not None:
                _supervise(store, home, job.job_id, name)
            elif once or (os.environ.get("DIPTYCH_BESIDE") and os.getppid() != parent):
                return
            else:
                time.sleep(IDLE_S)


def _supervise(store: Store, home: Path, job_id: str, name: str) -> None:
    """Watch the child of one job: renew its lease, kill it when the job is no longer ours, report its death."""
    child = subprocess.Popen(_run_job(home, job_id), cwd=ROOT, stdin=subprocess.PIPE)  # the pipe closes if we die
    renewed = time.monotonic()
    try:
        while child.poll() is None:
            time.sleep(WATCH_S)
            job = jobs.get(store.catalog, job_id)
            if job.state == "cancelled" or job.worker != name:
                child.kill()
            if time.monotonic() - renewed > LEASE_S / 3:
                jobs.renew(store.catalog, job_id, name, LEASE_S)
                renewed = time.monotonic()
    finally:
        _stop(child)
    job = jobs.get(store.catalog, job_id)
    if job.state == "running" and job.worker == name:
        words = f"The process of this job ended with status {child.returncode}. Start it again."
        jobs.fail(store.catalog, job_id, words)


def _run_job(home: Path, job_id: str) -> list[str]:
    return [sys.executable, "-m", "app", "--home", str(home.resolve()), "run-job", job_id]


@contextmanager
def beside(home: Path) -> Iterator[None]:
    """A worker process for ``home`` that lives as long as the block, and no longer than this process."""
    command = [sys.executable, "-m", "app", "--home", str(home.resolve()), "worker"]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DIPTYCH_BESIDE": "1"})
    try:
        yield
    finally:
        _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
