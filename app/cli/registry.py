"""`diptych registry FILE.toml`."""

from __future__ import annotations

from pathlib import Path

import click

from app.usecases.intake import take_in


@click.command("registry", epilog="Example: diptych registry registry.toml")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def command(home: Path, path: Path) -> int:
    """Load services, models, objectives and metric meanings. What the file names is replaced, the rest stays."""
    report = take_in(home, [path], kind="registry")
    if report.skipped:
        click.echo("The registry already holds exactly this file.")
    for problem in report.problems:
        click.echo(f"{problem.file}: {problem.reason}", err=True)
    if report.files and not report.problems:
        click.echo(f"Loaded {report.accepted} entries.")
    return 1 if report.problems else 0
