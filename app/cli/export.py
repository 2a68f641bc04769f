"""`diptych export state -o FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.output import counted, visible
from app.cli.progress import reporter


@click.group("export", epilog="Example: diptych export state -o backup.zip")
def command() -> None:
    """Write what the store holds into a file."""


@command.command("state", epilog="Example: diptych export state -o backup.zip    then: diptych import state backup.zip")
@click.option("-o", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--yes", is_flag=True, help="Replace a file of that name.")
@click.pass_obj
def state(home: Path, target: Path, yes: bool) -> int:
    """Write the whole store into one file: a backup.

    It holds one state of the store, however much is ingested meanwhile; serving need not stop. `diptych import state`
    restores it.
    """
    from data.backup import export_state

    if target.exists() and not yes:
        raise click.UsageError(f"{target} is there already. Give --yes to replace it.")
    manifest = export_state(home, target, reporter("export"))
    rows = ", ".join(f"{n:,} {kind}" for kind, n in sorted(manifest.rows.items())) or "no records"
    click.echo(f"{visible(target)}: {counted(manifest.files, 'file')}, {rows}, {manifest.bytes:,} bytes.")
    return 0
