"""`diptych score --service S --metric M`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import counted, print_csv, print_json, print_table, visible

if TYPE_CHECKING:
    from app.usecases.scoring import Scored


class LabelPair(click.ParamType[tuple[str, str], str]):
    """``K=V``."""

    name = "K=V"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first equals sign."""
        key, sign, text = value.partition("=")
        if not sign or not key:
            self.fail(f"'{value}' is not K=V.", param, ctx)
        return key, text


class Moment(click.ParamType[datetime, str]):
    """An ISO time; without a zone it is UTC."""

    name = "TIME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the time."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not an ISO time such as 2026-11-22T03:05:00Z.", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


@click.command("score", epilog="Example: diptych score --service shop --metric error_share --mode causal --csv")
@click.option("--service", required=True, help="Service of the series.")
@click.option("--metric", required=True, help="Metric of the series, or what is counted from log lines.")
@click.option("--label", "labels", multiple=True, type=LabelPair(), help="Label that the series must have; repeatable.")
@click.option("--start", type=Moment(), help="First moment.")
@click.option("--end", type=Moment(), help="End, not included.")
@click.option(
    "--mode",
    type=click.Choice(["full", "causal"]),
    default="full",
    show_default=True,
    help="Hindsight, or the past alone.",
)
@click.option("--season", "seasons", multiple=True, help="A period that you know, such as 12m or 1d; repeatable.")
@click.option("--csv", "as_csv", is_flag=True, help="Scores as CSV on stdout.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(
    home: Path,
    service: str,
    metric: str,
    labels: tuple[tuple[str, str], ...],
    start: datetime | None,
    end: datetime | None,
    mode: str,
    seasons: tuple[str, ...],
    as_csv: bool,
    as_json: bool,
) -> int:
    """Score one series: how unusual each point is (0-1, alarm at 0.5), what was expected, and the episodes."""
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    from app.usecases.scoring import score_series
    from data.store import Store

    with Store.open(home) as store:
        scored = score_series(
            store, service, metric, labels=dict(labels), start=start, end=end, mode=mode, seasons=seasons
        )
    if as_json:
        print_json(scored)
    elif as_csv:
        print_csv(("ts", "value", "score", "expected", "lower", "upper"), scored.points)
    else:
        say(scored)
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
