"""`diptych retain KIND --older-than AGE`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from app.cli.output import print_json

KINDS = ("metrics", "logs", "events", "predictions", "labels")
EXAMPLES = "Examples: diptych retain logs --older-than 90d    diptych retain logs --older-than 90d --yes"


@click.command("retain", epilog=EXAMPLES)
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--older-than", "age", required=True, metavar="AGE", help="For example 90d, 12w or 36h, back from now.")
@click.option("--yes", is_flag=True, help="Let it go; without this nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(home: Path, kind: str, age: str, yes: bool, as_json: bool) -> int:
    """Let go of records that are older than they need be kept. Without --yes it only says what would go.

    The room is free about a day later, when nobody can read them any more. The same files do not bring them back.
    """
    from data.catalog import retain
    from data.store import Store

    before = datetime.now(UTC) - _span(age)
    with Store.open(home, create=False) as store:
        found = (retain.retain if yes else retain.look)(store.catalog, kind, before)
    if as_json:
        print_json(found)
        return 0
    click.echo(_words(found.rows, found.bytes, kind, before, found.start, found.end))
    if found.rows:
        click.echo("They are let go of." if yes else "Nothing was changed; --yes lets go of them.")
    return 0


def _span(age: str) -> timedelta:
    from data.timespan import parse_span

    try:
        return timedelta(seconds=parse_span(age))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error), param_hint="--older-than") from error


def _words(rows: int, room: int, kind: str, before: datetime, start: datetime | None, end: datetime | None) -> str:
    if not rows or start is None or end is None:
        return f"No {kind} are from before {before:%Y-%m-%d %H:%M} UTC."
    span = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    return f"{rows:,} {kind} are from before {before:%Y-%m-%d %H:%M} UTC ({span}), about {room / 1e6:,.1f} MB."
