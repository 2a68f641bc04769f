"""`diptych watch DIR`."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from typing import Any

import click

from app.cli.ingest import say
from app.cli.options import reading
from app.cli.output import visible

EXAMPLES = "Examples: diptych watch incoming/    diptych watch logs/ --map logs.toml"


@click.command("watch", epilog=EXAMPLES)
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@reading
@click.option("--every", "every_s", type=click.FloatRange(0.1), default=2.0, show_default=True, help="Seconds to wait.")
@click.pass_obj
def command(
    home: Path,
    folder: Path,
    kind: str | None,
    mapping: Path | None,
    service: str | None,
    tz: str | None,
    every_s: float,
) -> int:
    """Ingest what is in a folder and what arrives in it, until stopped (Ctrl-C).

    A file is taken when it has stood still between two looks. One that grows is followed, and so is a log through its
    rotations: what is new of it is added, a last line when it is ended. The folder's own ingest.toml holds.
    """
    from app.usecases.intake import following
    from app.usecases.watching import watch

    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo(f"Watching {visible(folder)}. Ctrl-C ends it.")
    said: dict[str, Any] = {"kind": kind, "mapping": mapping, "service": service, "tz": tz}
    with following(home, folder.absolute(), **said) as take:
        total = watch(folder, home, stop, take, say, every_s)
    click.echo("Stopped.")
    say(total)
    return 0
