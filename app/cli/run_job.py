"""The child process of the worker: runs one leased job; killing it is how a job is cancelled."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("run-job", hidden=True)
@click.argument("job_id")
@click.pass_obj
def command(home: Path, job_id: str) -> int:
    """Run the job of this id in this process."""
    from app.jobs import run
    from data.store import Store

    with Store.open(home) as store:
        run(store, job_id)
    return 0
