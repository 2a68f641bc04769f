"""`diptych demo`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.ingest import say
from app.cli.output import counted
from app.cli.progress import reporter
from app.usecases.stories import STORIES, Story, story

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

    chosen = story(name)
    target = chosen.home(home)
    report = take_in(target, [chosen.folder], progress=reporter("ingest"))
    say(report, decided=False)
    _look_for_incidents(target)
    if not no_serve:
        from app.cli.serve import run

        run(target, port=port, begin=_begin(target, chosen))
    return 0


def _begin(home: Path, chosen: Story) -> str:
    """The path of the incident that the story begins with; "" where it begins with none."""
    from app.urlstate import path_of
    from app.usecases.stories import first_incident
    from data.store import Store

    with Store.open(home) as store, store.snapshot() as snap:
        found = first_incident(snap, chosen)
    return path_of("/incident/<incident_id>", found.incident_id) if found else ""


def _look_for_incidents(home: Path) -> None:
    """Run the scan that the ingest asked for, also where an earlier start was stopped before it."""
    from app.jobs import run_here
    from app.usecases.rescan import SCAN
    from data.store import Store

    with Store.open(home) as store:
        done = run_here(store, SCAN, reporter("look for incidents"))
    if done is not None:
        told = counted(done.result["incidents"], "incident") + " found." if done.result else done.message
        click.echo(told, err=done.result is None)
