"""`diptych sql QUERY`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.output import print_csv, print_json, print_table
from data.sql import run
from data.store import Store

EXAMPLE = "Example: diptych sql 'SELECT service, count(*) FROM logs GROUP BY ALL' --csv"


@click.command("sql", epilog=EXAMPLE)
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="CSV on stdout.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout: columns and rows.")
@click.option(
    "--timeout", "timeout_s", default=30.0, show_default=True, help="Seconds after which the query is stopped."
)
@click.option("--rows", "max_rows", default=100_000, show_default=True, help="Most rows to return.")
@click.pass_obj
def command(home: Path, query: str, as_csv: bool, as_json: bool, timeout_s: float, max_rows: int) -> int:
    """Run one read-only SELECT or EXPLAIN over the views: metrics, logs, events, incidents, predictions, labels, ..."""
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    with Store.open(home) as store:
        table = run(store, query, timeout_s=timeout_s, max_rows=max_rows)
    rows = [tuple(row.values()) for row in table.to_pylist()]
    if as_json:
        print_json({"columns": table.column_names, "rows": rows})
    elif as_csv:
        print_csv(table.column_names, rows)
    else:
        print_table(table.column_names, rows)
    return 0
