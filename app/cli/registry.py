"""`diptych registry FILE.toml`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.output import counted, visible


@click.command("registry", epilog="Example: diptych registry registry.toml")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def command(home: Path, path: Path) -> int:
    """Load services, models, objectives and metric meanings. What the file names is replaced, the rest stays."""
    from app.usecases.intake import take_in
    from data.registry import load_registry

    load_registry(path)  # what is wrong with it is said before anything is kept
    report = take_in(home, [path], kind="registry")
    if report.skipped:
        click.echo("The registry already holds exactly this file.")
    for problem in report.problems:
        click.echo(f"{visible(problem.file)}: {visible(problem.reason)}", err=True)
    if report.files and report.ok:
        click.echo(f"Loaded {counted(report.accepted, 'entry', 'entries')}.")
    return 0 if report.ok else 1
