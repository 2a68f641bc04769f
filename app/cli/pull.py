"""`diptych pull URL --query QUERY...`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from app.cli.ingest import say
from app.cli.output import print_json
from app.cli.progress import reporter
from app.cli.series import Moment

EXAMPLES = """Examples:

\b
diptych pull http://127.0.0.1:9090 --query up --query 'sum by (job) (rate(http_requests_total[5m]))'
diptych pull https://prometheus.example.org --query '{job="shop"}' --start 2026-11-01 --step 15
"""


@click.command("pull", epilog=EXAMPLES)
@click.argument("address", metavar="URL")
@click.option("--query", "queries", metavar="QUERY", multiple=True, required=True, help="PromQL; repeatable.")
@click.option("--start", type=Moment(), help="First moment.  [default: a day before the end]")
@click.option("--end", type=Moment(), help="End, not included.  [default: now]")
@click.option("--step", "step_s", type=click.IntRange(1, 86_400), default=60, show_default=True, help="In seconds.")
@click.option("--service", help="The service of the samples, where their labels do not say.")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File that holds the bearer token of the server.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(
    home: Path,
    address: str,
    queries: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    step_s: int,
    service: str | None,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Pull samples from a Prometheus server by its query_range. What is there already is not asked for again.

    A server that is busy is asked again, with pauses; after an interruption the same command goes on where it ended.
    """
    from app.usecases.intake import pull_in
    from data.pull.server import Server

    last = end or datetime.now(UTC)
    first = start or last - timedelta(days=1)
    if first >= last:
        raise click.UsageError("The start must be before the end.")
    server = Server(address, token_file.read_text("utf-8").strip() if token_file else "")
    told = reporter("pull", quiet=as_json)
    report = pull_in(home, server, queries, (first, last), timedelta(seconds=step_s), service or "", told)
    print_json(report.to_json()) if as_json else say(report)
    return 0 if report.ok else 1
