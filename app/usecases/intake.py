"""Take files into the store and say that there is something new to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from data.ingest import IngestReport, ingest
from data.jobs import enqueue
from data.store import Store

KINDS = ("metrics", "logs", "events", "incidents", "predictions", "labels", "topology", "registry")
SCAN = "scan"


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
        report = ingest(store, paths, kind=kind, mapping=mapping, service=service, tz=tz, progress=progress)
        if report.accepted:
            enqueue(store.catalog, SCAN, {})
    return report
