"""`diptych forecast --service S --metric M`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import print_csv, print_json, visible
from app.cli.score import LabelPair, Moment

if TYPE_CHECKING:
    from app.usecases.forecasting import Told


@click.command("forecast", epilog="Example: diptych forecast --service shop --metric disk_used_percent --ahead 1d")
@click.option("--service", required=True, help="Service of the series.")
@click.option("--metric", required=True, help="Metric of the series.")
@click.option("--label", "labels", multiple=True, type=LabelPair(), help="Label that the series must have; repeatable.")
@click.option("--start", type=Moment(), help="First moment to learn from.")
@click.option("--end", type=Moment(), help="End of what is learned from, not included.")
@click.option("--ahead", default="", help="How far, such as 6h or 1d.  [default: a season, or a day]")
@click.option("--limit", type=float, help="Where the series ends.  [default: its own, as Settings states it]")
@click.option("--csv", "as_csv", is_flag=True, help="Expected values as CSV on stdout.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(
    home: Path,
    service: str,
    metric: str,
    labels: tuple[tuple[str, str], ...],
    start: datetime | None,
    end: datetime | None,
    ahead: str,
    limit: float | None,
    as_csv: bool,
    as_json: bool,
) -> int:
    """What is expected of one series after its last sample, in which range, and when it reaches its limit."""
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    from app.usecases.forecasting import forecast_series
    from data.store import Store

    with Store.open(home) as store:
        told = forecast_series(
            store, service, metric, labels=dict(labels), start=start, end=end, ahead=ahead, limit=limit
        )
    if as_json:
        print_json(told)
    elif as_csv:
        print_csv(("ts", "expected", "lower", "upper"), told.points)
    else:
        say(told)
    return 0


def say(told: Told) -> None:
    """Sentences: what is expected, when it runs out, how well that was tested, and what to know; times in UTC."""
    click.echo(f"{visible(told.service)} {visible(told.metric)}, times in UTC.")
    for line in (told.sentence, *(one.sentence for one in told.runs_out), told.tested, *told.notes):
        if line:
            click.echo(f"  {visible(line)}")
