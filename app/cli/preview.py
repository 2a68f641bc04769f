"""`diptych preview PATH`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import reading
from app.cli.output import counted, print_json, print_table, visible

if TYPE_CHECKING:
    from app.usecases.preview import FilePreview

MOST_REJECTS = 5
WIDEST_CELL = 48
EXAMPLES = "Examples: diptych preview access.log    diptych preview logs/ --service shop --tz Europe/Berlin"


@click.command("preview", epilog=EXAMPLES)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@reading
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(
    home: Path,
    path: Path,
    kind: str | None,
    mapping: Path | None,
    service: str | None,
    tz: str | None,
    as_json: bool,
) -> int:
    """Say what ingest would do with the first rows of a file, or of each file of a folder. Writes nothing.

    Shown are the kind and format and how they were found, what the columns become, what had to be decided (zones,
    units, names), the first rows as they would be stored, and the lines that would be refused.
    """
    from app.usecases.preview import preview, preview_json

    found = preview(home, path, kind=kind, mapping=mapping, service=service, tz=tz)
    if as_json:
        print_json(preview_json(found))
        return 0 if found.ok else 1
    for number, one in enumerate(found.files):
        if number:
            click.echo()
        _say(one)
    if found.more:
        click.echo(f"\nand {counted(found.more, 'file')} more. Name one to look into it.")
    if not found.files:
        click.echo("There is no file to ingest here.")
    return 0 if found.ok else 1


def _say(one: FilePreview) -> None:
    from app.usecases.preview import counts, decisions, found_as

    click.echo(visible(one.file))
    if one.error:
        click.echo(f"  would be refused: {visible(one.error)}")
        return
    click.echo(f"  {visible(found_as(one))}.")
    for column, name in one.columns:
        click.echo(f"  {visible(column)} -> {visible(name) or 'not kept'}")
    for words in decisions(one):
        click.echo(f"  {visible(words)}")
    click.echo(f"  {counts(one)}")
    for kind, rows in one.rows:
        _rows(kind, rows)
    for reject in one.rejects[:MOST_REJECTS]:
        click.echo(f"  line {reject.line} would be rejected: {visible(reject.reason)}")


def _rows(kind: str, rows: tuple[dict[str, str], ...]) -> None:
    from app.usecases.preview import columns_of_rows

    columns = list(columns_of_rows(rows))
    click.echo(f"\nfirst {counted(len(rows), 'record')} of {kind}:")
    print_table(columns, [[_short(row.get(name, "")) for name in columns] for row in rows])


def _short(text: str) -> str:
    return text if len(text) <= WIDEST_CELL else f"{text[: WIDEST_CELL - 1]}…"
