"""`diptych status`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.output import counted, print_json


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(home: Path, as_json: bool) -> int:
    """Say what is stored: rows by kind, time span, services, models, generation, bytes, quarantine."""
    from data.status import status
    from data.store import Store

    with Store.open(home) as store:
        found = status(store)
    if as_json:
        print_json(found)
        return 0
    if not found.rows:
        click.echo("Nothing here yet. `diptych ingest DIR` fills it; `diptych demo` shows a real incident.")
        return 0
    for kind, rows in sorted(found.rows.items()):
        click.echo(f"{kind:<12}{rows:>14,} rows")
    if found.start and found.end:
        click.echo(f"{'from':<12}{found.start:%Y-%m-%d %H:%M:%S} UTC to {found.end:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"{'services':<12}{found.services:>14,}    models {found.models:,}    files {found.files:,}")
    click.echo(
        f"{'stored':<12}{found.bytes:>14,} bytes    generation {found.generation}    "
        f"quarantine {counted(found.quarantine, 'line')}"
    )
    return 0
