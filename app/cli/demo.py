"""`diptych demo`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.ingest import say
from app.cli.output import counted
from app.cli.progress import reporter
from app.usecases.stories import STORIES, story

TOLD = "\b\n" + "\n".join(f"{one.name:9} {one.words}" for one in STORIES)


@click.command("demo", epilog=f"{TOLD}\n\nExample: diptych demo --story boutique")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8050]")
@click.option("--no-serve", is_flag=True, help="Only fill the home.")
@click.option(
    "--story",
    "name",
    type=click.Choice([one.name for one in STORIES]),
    default=STORIES[0].name,
    show_default=True,
    help="Which of the shipped data sets; each but the first has a home of its own below the home.",
)
@click.pass_obj
def command(home: Path, port: int | None, no_serve: bool, name: str) -> int:
    """Ingest a shipped data set into the home (once) and serve it."""
    from app.usecases.intake import take_in
    from app.usecases.scan import scan
    from data.store import Store

    chosen = story(name)
    target = chosen.home(home)
    report = take_in(target, [chosen.folder], progress=reporter("ingest"))
    say(report)
    if report.files:
        with Store.open(target) as store:
            found = scan(store, progress=reporter("look for incidents"))
        click.echo(f"{counted(found, 'incident')} found.")
    if not no_serve:
        from app.cli.serve import run

        run(target, port=port)
    return 0
