"""`diptych serve`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from app.settings import Settings


@click.command("serve")
@click.option("--host", help="Address to listen on; only this machine until sign-in exists.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8050]")
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes.  [default: 1]")
@click.option("--no-worker", is_flag=True, help="Do not start the background worker beside the dashboard.")
@click.pass_obj
def command(home: Path, host: str | None, port: int | None, workers: int | None, no_worker: bool) -> int:
    """Serve the dashboard; its address is printed when it answers."""
    run(home, host=host, port=port, workers=workers, worker=not no_worker)
    return 0


def run(
    home: Path,
    *,
    worker: bool = True,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    begin: str = "",
) -> None:
    """Serve ``home`` until stopped, with a background worker beside it unless ``worker`` is false.

    ``begin`` is the path of a page that is worth opening first.
    """
    from app.server import serve
    from app.worker import beside

    stated = Settings.from_env()
    settings = dataclasses.replace(
        stated,
        home=home.resolve(),
        host=stated.host if host is None else host,
        port=stated.port if port is None else port,
        workers=stated.workers if workers is None else workers,
    )
    if worker:
        with beside(settings.home):
            serve(settings, begin)
    else:
        serve(settings, begin)
