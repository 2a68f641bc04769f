"""Take files into the store and say that there is something new to look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from app.usecases.rescan import rescan
from data.ingest import IngestReport, ingest
from data.store import Store


def take_in(
    home: Path,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    service: str | None = None,
    tz: str | None = None,
    progress: Callable[[float, str], None] | None = None,
    only: Collection[Path] | None = None,
) -> IngestReport:
    """Ingest ``paths`` into ``home``; new records queue a scan for incidents.

    Of a folder's files ``only`` these are taken, where they are named.
    """
    with Store.open(home) as store:
        shown = _by_file(progress) if progress else None
        report = ingest(store, paths, kind=kind, mapping=mapping, service=service, tz=tz, progress=shown, only=only)
        if progress:
            progress(1.0, "")
        if report.accepted:
            rescan(store)
    return report


def _by_file(progress: Callable[[float, str], None]) -> Callable[[int, int, str, int], None]:
    """Progress over files as a share of all and the name of the one at hand."""

    def show(number: int, count: int, name: str, rows: int) -> None:
        done = number if rows else number - 1
        progress(done / count, name)

    return show
