"""Pulls samples from a Prometheus server into the store, a piece at a time; what is there is not asked for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from data.catalog.files import list_files
from data.ingest.mapping import FileMapping, parse_file
from data.ingest.protocol import take
from data.ingest.report import IngestReport
from data.ingest.sources import Found
from data.ingest.staging import private_folder
from data.ingest.worker import Worker
from data.pull.server import Server, TooMuch
from data.pull.spans import Query, Span, missing, pieces
from data.store import Store

MOST_STEPS = 10_000  # Prometheus answers at most 11,000
PIECE = timedelta(days=1)

Told = Callable[[float, str], None]


@dataclass(slots=True)
class Pull:
    """One pull. ``told`` hears the share done and what is asked for; ``total`` counts what came."""

    store: Store
    server: Server
    folder: Path
    worker: Worker
    mapping: FileMapping
    told: Told
    total: IngestReport = field(default_factory=IngestReport)

    def run(self, queries: Sequence[Query], span: Span) -> None:
        """Pull what is missing of each query."""
        stored = [each.path for each in list_files(self.store.catalog)]
        left = [
            (query, piece)
            for query in queries
            for gap in missing((query.on_grid(span[0]), query.on_grid(span[1])), query.spans(stored))
            for piece in pieces(gap, _length(query.step))
        ]
        for number, (query, piece) in enumerate(left):
            self.told(number / len(left), query.text)
            self._piece(query, piece)
        self.told(1.0, "")

    def _piece(self, query: Query, span: Span) -> None:
        """Ask for a piece, and for its halves where that is more than the server answers."""
        path = self.folder / "answer"
        try:
            found = self.server.query_range(query.text, *span, query.step, path)
        except TooMuch:
            middle = query.on_grid(span[0] + (span[1] - span[0]) / 2)
            if not span[0] < middle < span[1]:
                raise
            self._piece(query, (span[0], middle))
            self._piece(query, (middle, span[1]))
            return
        if found:
            file = Found(path, query.piece(span), self.mapping, stands_for=query.path(span))
            report = take(self.store, [file], worker=self.worker)
            self.total.add(report)
            self.total.problems += report.problems
            self.total.notes += report.notes


def _length(step: timedelta) -> timedelta:
    """How long a piece is: a day, or as many steps as are answered at once."""
    return min(PIECE, step * MOST_STEPS)


def pull(
    store: Store, server: Server, queries: Sequence[str], span: Span, step: timedelta, service: str, told: Told
) -> IngestReport:
    """Pull samples of ``queries`` in ``span`` every ``step``; returns what came in.

    ``service`` is that of all samples, "" leaves it to their labels. Raises `DataError` in words; what came before
    stays, and the next pull goes on from there.
    """
    said = {"as": "metrics", "format": "prometheus_query_range", **({"service": service} if service else {})}
    asked = [Query(server.host, text, step) for text in queries]
    with private_folder(store.home) as folder, Worker(store.home) as worker:
        made = Pull(store, server, folder, worker, parse_file(said), told)
        made.run(asked, span)
    return made.total
