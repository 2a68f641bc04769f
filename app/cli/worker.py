"""`diptych worker`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("worker")
@click.option("--once", is_flag=True, help="Run what is queued, then stop.")
@click.pass_obj
def command(home: Path, once: bool) -> int:
    """Run background jobs until stopped; several workers share the work."""
    from app.worker import work

    work(home, once=once)
    return 0
