"""`diptych ingest PATH...`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import reading
from app.cli.output import counted, print_json, visible
from app.cli.progress import reporter

if TYPE_CHECKING:
    from data.ingest import IngestReport

IGNORED = " (heads, comments, blank lines, missing values)"
SHOWN_PROBLEMS = 5
SHOWN_NOTES = 5
SHOWN_FILES = 3


@click.command("ingest", epilog="Example: diptych ingest logs/ --service shop --tz Europe/Berlin")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@reading
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_obj
def command(
    home: Path,
    paths: tuple[Path, ...],
    kind: str | None,
    mapping: Path | None,
    service: str | None,
    tz: str | None,
    as_json: bool,
) -> int:
    """Take files or folders into the store, each exactly once. Lines that cannot be read are kept and counted."""
    from app.usecases.intake import take_in

    progress = reporter("ingest", quiet=as_json)
    report = take_in(home, paths, kind=kind, mapping=mapping, service=service, tz=tz, progress=progress)
    print_json(report.to_json()) if as_json else say(report)
    return 0 if report.ok else 1


def say(report: IngestReport, decided: bool = True) -> None:
    """The report in words, with what had to be ``decided``."""
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(report.by_kind.items())) or "nothing new"
    files = counted(report.files, "file")
    refused = f", {report.failed} refused" if report.failed else ""
    click.echo(f"{files} taken, {report.skipped} already there{refused}: {kinds} in {report.elapsed_s:.1f} s.")
    click.echo(
        f"{counted(report.lines, 'line')} = {report.accepted:,} accepted + {report.rejected:,} rejected + "
        f"{report.ignored:,} ignored{IGNORED if report.ignored else ''}."
    )
    for words in _decided(report)[:SHOWN_NOTES] if decided else ():
        click.echo(f"  {visible(words)}")
    for words in _refused(report):
        click.echo(f"  {visible(words)}", err=True)
    lines = [problem for problem in report.problems if problem.line]
    for problem in lines[:SHOWN_PROBLEMS]:
        click.echo(f"  {visible(problem.file)}:{problem.line}: {visible(problem.reason)}", err=True)
    more = len(lines) - SHOWN_PROBLEMS
    if more > 0:
        click.echo(f"  and {counted(more, 'more line')}, in the view `quarantine`", err=True)


def _refused(report: IngestReport) -> list[str]:
    """Files that were refused as a whole, once for each reason."""
    by_reason: dict[str, list[str]] = {}
    for problem in report.problems:
        if not problem.line:
            by_reason.setdefault(problem.reason, []).append(problem.file)
    found = list(by_reason.items())[:SHOWN_PROBLEMS]
    return [f"{_some(files)}: {reason}" for reason, files in found]


def _some(files: list[str]) -> str:
    more = f" and {counted(len(files) - SHOWN_FILES, 'more file')}" if len(files) > SHOWN_FILES else ""
    return ", ".join(files[:SHOWN_FILES]) + more


def _decided(report: IngestReport) -> list[str]:
    """What had to be decided, once for all files, the most frequent first."""
    from app.usecases.preview import decision

    counts = Counter[str]()
    for note in report.notes:
        counts[note.text] += note.count
    return [decision(text, n) for text, n in counts.most_common()]
