"""`diptych import state FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.output import counted, visible
from app.cli.progress import reporter


@click.group("import", epilog="Example: diptych --home restored import state backup.zip")
def command() -> None:
    """Read what another store wrote."""


@command.command("state", epilog="Example: diptych --home restored import state backup.zip")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Restore over a home that is not empty; that one is put aside.")
@click.pass_obj
def state(home: Path, source: Path, yes: bool) -> int:
    """Restore the whole store from what `diptych export state` wrote.

    Every file is checked before anything is touched, and the home is exchanged at once or not at all. Stop what
    serves or ingests into this home first: it would go on writing to the one that is put aside.
    """
    from data.backup import import_state

    manifest, aside = import_state(home, source, replace=yes, progress=reporter("import"))
    rows = ", ".join(f"{n:,} {kind}" for kind, n in sorted(manifest.rows.items())) or "no records"
    click.echo(f"Restored {counted(manifest.files, 'file')}: {rows}, as of {manifest.made_at[:16]} UTC.")
    if aside is not None:
        click.echo(f"What was there lies in {visible(aside)}; remove it when you do not need it.")
    return 0
