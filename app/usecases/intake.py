"""Take files into the store and say that there is something new to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.usecases.rescan import rescan
from app.usecases.watching import Ripe, Take
from data.ingest import IngestReport, ingest
from data.ingest.worker import Worker
from data.pull.pulling import pull
from data.pull.server import Server
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
) -> IngestReport:
    """Ingest ``paths`` into ``home``; new records queue a scan for incidents."""
    with Store.open(home) as store:
        shown = _by_file(progress) if progress else None
        report = ingest(store, paths, kind=kind, mapping=mapping, service=service, tz=tz, progress=shown)
        if progress:
            progress(1.0, "")
        if report.accepted:
            rescan(store)
    return report


def pull_in(
    home: Path,
    server: Server,
    queries: Sequence[str],
    span: tuple[datetime, datetime],
    step: timedelta,
    service: str,
    told: Callable[[float, str], None],
) -> IngestReport:
    """Pull samples from a server; new records queue a scan for incidents, also where the pull was cut short."""
    with Store.open(home) as store:
        before = store.catalog.generation
        try:
            return pull(store, server, queries, span, step, service, told)
        finally:
            if store.catalog.generation != before:
                rescan(store)


@contextmanager
def following(
    home: Path,
    folder: Path,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    service: str | None = None,
    tz: str | None = None,
) -> Iterator[Take]:
    """What takes files of ``folder`` in as `app.usecases.watching` finds them, with one store and one parser."""
    said: dict[str, Any] = {"kind": kind, "mapping": mapping, "service": service, "tz": tz}
    with Store.open(home) as store, Worker(store.home) as worker:

        def take(ripe: Ripe) -> IngestReport:
            which: dict[str, Any] = {"only": ripe.paths, "follow": ripe.follow, "growing": ripe.growing}
            report = ingest(store, [folder], **said, **which, worker=worker)
            if report.accepted:
                rescan(store)
            return report

        yield take


def _by_file(progress: Callable[[float, str], None]) -> Callable[[int, int, str, int], None]:
    """Progress over files as a share of all and the name of the one at hand."""

    most = 0.0

    def show(number: int, count: int, name: str, rows: int) -> None:
        nonlocal most
        most = max(most, (number if rows else number - 1) / count)  # several files may be at hand
        progress(most, name)

    return show
