"""The child process of the worker: runs one leased job; killing it is how a job is cancelled."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import click


@click.command("run-job", hidden=True)
@click.argument("job_id")
@click.pass_obj
def command(home: Path, job_id: str) -> int:
    """Run the job of this id in this process, for as long as the worker that holds the other end of stdin lives."""
    from app.jobs import run
    from data.store import Store

    threading.Thread(target=_end_with_worker, daemon=True).start()
    with Store.open(home) as store:
        run(store, job_id)
    return 0


def _end_with_worker() -> None:
    """A worker that was killed says nothing, but its pipe closes; the job then belongs to whoever leases it next."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
