"""`diptych demo`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.ingest import say
from app.cli.output import counted
from app.cli.progress import reporter

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples" / "lab"


@click.command("demo")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8050]")
@click.option("--no-serve", is_flag=True, help="Only fill the home.")
@click.pass_obj
def command(home: Path, port: int | None, no_serve: bool) -> int:
    """Ingest the shipped recording of a real incident into the home (once) and serve it."""
    from app.usecases.intake import take_in
    from app.usecases.scan import scan
    from data.store import Store

    report = take_in(home, [SAMPLES], progress=reporter("ingest"))
    say(report)
    if report.files:
        with Store.open(home) as store:
            found = scan(store, progress=reporter("look for incidents"))
        click.echo(f"{counted(found, 'incident')} found.")
    if not no_serve:
        from app.cli.serve import run

        run(home, port=port)
    return 0
