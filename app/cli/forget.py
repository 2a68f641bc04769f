"""`diptych forget FILE-or-SOURCE`."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import counted, visible

if TYPE_CHECKING:
    from app.usecases.forgetting import Going

MOST_NAMED = 10
EXAMPLES = "Examples: diptych forget logs/access.log    diptych forget logs/ --yes"


@click.command("forget", epilog=EXAMPLES)
@click.argument("name", metavar="FILE-or-SOURCE")
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal to ask on.")
@click.pass_obj
def command(home: Path, name: str, yes: bool) -> int:
    """Take back what was ingested from a file, or from a folder with all its files.

    It says what would go and asks. The file itself stays where it is, and can be ingested again.
    """
    from app.usecases.forgetting import find, forget
    from data.store import Store

    with Store.open(home, create=False) as store:
        found = find(store, name)
        _say(found)
        if not yes and not sys.stdin.isatty():
            raise click.UsageError("Nothing was taken back: there is no terminal to ask on. Give --yes.")
        if not yes and not click.confirm("Take it back?"):
            click.echo("Nothing was taken back.")
            return 1
        forget(store, [each.file_id for each in found.files], user())
    click.echo(f"Taken back: {counted(len(found.files), 'file')}. `diptych ingest` takes the same again.")
    return 0


def user() -> str:
    """Who sits at this machine, as far as it knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as containers have
        return f"user {os.getuid()}"


def _say(found: Going) -> None:
    """What would go."""
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(found.records.items())) or "no records"
    span = f", {found.start:%Y-%m-%d %H:%M:%S} to {found.end:%Y-%m-%d %H:%M:%S} UTC" if found.start else ""
    click.echo(f"{counted(len(found.files), 'file')}: {kinds}{span}.")
    for each in found.files[:MOST_NAMED]:
        click.echo(f"  {visible(each.path)}")
    if len(found.files) > MOST_NAMED:
        click.echo(f"  and {len(found.files) - MOST_NAMED:,} more")
