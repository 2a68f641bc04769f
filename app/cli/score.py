"""`diptych score --service S --metric M`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from app.cli.output import counted, print_table, visible
from app.cli.series import Form, give, one_series

if TYPE_CHECKING:
    from app.usecases.scoring import Scored
    from app.usecases.wanted import Wanted

HEADS = ("ts", "value", "score", "expected", "lower", "upper")


@click.command("score", epilog="Example: diptych score --service shop --metric error_share --mode causal --csv")
@one_series
@click.option(
    "--mode",
    type=click.Choice(["full", "causal"]),
    default="full",
    show_default=True,
    help="Hindsight, or the past alone.",
)
@click.option("--season", "seasons", multiple=True, help="A period that you know, such as 12m or 1d; repeatable.")
@click.pass_obj
def command(home: Path, wanted: Wanted, form: Form, mode: Literal["full", "causal"], seasons: tuple[str, ...]) -> int:
    """Score one series: how unusual each point is (0-1, alarm at 0.5), what was expected, and the episodes."""
    from app.usecases.scoring import score_series
    from data.store import Store

    with Store.open(home) as store:
        scored = score_series(store, wanted, mode=mode, seasons=seasons)
    give(scored, form, HEADS, scored.points, say)
    return 0


def say(scored: Scored) -> None:
    """Episodes and notes in words."""
    click.echo(
        f"{visible(scored.service)} {visible(scored.metric)}: {counted(len(scored.points), 'point')}, {scored.mode}, "
        f"{counted(len(scored.episodes), 'episode')}."
    )
    for note in scored.notes:
        click.echo(f"  {note}")
    rows = [(f"{e.start:%Y-%m-%d %H:%M:%S}", f"{e.peak_score:.2f}", e.sentence) for e in scored.episodes]
    if rows:
        print_table(("start, UTC", "score", "episode"), rows)
