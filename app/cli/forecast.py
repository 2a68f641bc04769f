"""`diptych forecast --service S --metric M`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import visible
from app.cli.series import Form, give, one_series

if TYPE_CHECKING:
    from app.usecases.forecasting import Told
    from app.usecases.wanted import Wanted

HEADS = ("ts", "expected", "lower", "upper")


@click.command("forecast", epilog="Example: diptych forecast --service shop --metric latency_p95_ms --ahead 10m")
@one_series
@click.option("--ahead", default="", help="How far, such as 6h or 1d.  [default: a season, or a day]")
@click.option("--limit", type=float, help="Where the series ends.  [default: its own, as Settings states it]")
@click.pass_obj
def command(home: Path, wanted: Wanted, form: Form, ahead: str, limit: float | None) -> int:
    """What is expected of one series after its last sample, in which range, and when it reaches its limit."""
    from app.usecases.forecasting import forecast_series
    from data.store import Store

    with Store.open(home) as store:
        told = forecast_series(store, wanted, ahead=ahead, limit=limit)
    give(told, form, HEADS, told.points, say)
    return 0


def say(told: Told) -> None:
    """Sentences: what is expected, when it runs out, how well that was tested, and what to know; times in UTC."""
    click.echo(f"{visible(told.service)} {visible(told.metric)}, times in UTC.")
    for line in (told.sentence, *(one.sentence for one in told.runs_out), told.tested, *told.notes):
        if line:
            click.echo(f"  {visible(line)}")
