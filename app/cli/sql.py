"""`diptych sql QUERY`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click

from app.cli.output import print_csv, print_json, print_table, visible

LONGEST_S: Final = 86_400
PLAN: Final = ["explain_key", "explain_value"]
EXAMPLE = "Example: diptych sql 'SELECT service, count(*) FROM logs GROUP BY ALL' --csv"


@click.command("sql", epilog=EXAMPLE)
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="CSV on stdout.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout: columns and rows.")
@click.option(
    "--timeout", "timeout_s", default=30.0, show_default=True, help="Seconds after which the query is stopped."
)
@click.option(
    "--rows", "max_rows", type=click.IntRange(min=1), default=100_000, show_default=True, help="Most rows to return."
)
@click.pass_obj
def command(home: Path, query: str, as_csv: bool, as_json: bool, timeout_s: float, max_rows: int) -> int:
    """Run one read-only SELECT or EXPLAIN over the views: metrics, logs, events, incidents, predictions, labels, ..."""
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    if not 0 < timeout_s <= LONGEST_S:
        raise click.UsageError(f"--timeout is a number of seconds above 0, at most {LONGEST_S:,}.")
    columns, rows = _ask(home, query, timeout_s, max_rows)
    if as_json:
        print_json({"columns": columns, "rows": rows})
    elif as_csv:
        print_csv(columns, rows)
    elif columns == PLAN:
        _print_plan(rows)
    else:
        print_table(columns, rows)
    return 0


def _ask(home: Path, query: str, timeout_s: float, max_rows: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of columns, of which two may be the same, and rows; a map is a dict."""
    from data.sql import run
    from data.store import Store

    with Store.open(home) as store:
        table = run(store, query, timeout_s=timeout_s, max_rows=max_rows)
    columns = [column.to_pylist(maps_as_pydicts="lossy") for column in table.columns]
    return list(table.column_names), list(zip(*columns, strict=True))


def _print_plan(rows: Iterable[tuple[Any, ...]]) -> None:
    """What EXPLAIN draws over several lines."""
    for _, drawn in rows:
        for line in str(drawn).splitlines():
            click.echo(visible(line))
