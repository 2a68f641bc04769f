"""Gathers the parts of a file, writes them as segments and keeps the account of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import FormatError
from data.ingest.discard import discard
from data.ingest.limits import Limits
from data.ingest.parts import Batch, Part, Reject
from data.ingest.wire import PROBLEMS_KEPT, Tail
from data.records import Edge, MetricMeaning, Model, Series, Service, StatedThreshold
from data.schemas import BY_KIND, QUARANTINE, TIME_COLUMN
from data.segments import SegmentInfo, write_segments

FLUSH_ROWS = 1_000_000


@dataclass(slots=True)
class Total:
    """What a file came to. ``lines = accepted + rejected + ignored``; ``problems`` are the first of the rejects.

    ``merged`` are the segments from before whose rows stand in the new ones.
    """

    accepted: int = 0
    rejected: int = 0
    ignored: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    segments: list[SegmentInfo] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    series: dict[int, Series] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    meanings: list[MetricMeaning] = field(default_factory=list)
    thresholds: list[StatedThreshold] = field(default_factory=list)
    problems: list[Reject] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    problems_kept: int = PROBLEMS_KEPT

    def add(self, part: Part) -> None:
        """Count a part."""
        self.accepted += part.accepted
        self.rejected += len(part.rejects)
        self.ignored += part.ignored
        self.series.update(part.series)
        self.edges.update(dict.fromkeys(part.edges))
        self.services += part.services
        self.models += part.models
        self.meanings += part.meanings
        self.thresholds += part.thresholds
        self.notes.update(part.notes)
        self.problems += part.rejects[: max(self.problems_kept - len(self.problems), 0)]
        self.by_kind.update({batch.kind: batch.table.num_rows for batch in part.batches})

    def span(self, first: datetime | None, last: datetime | None) -> None:
        """Widen the span of time."""
        self.first = min(filter(None, (self.first, first)), default=None)
        self.last = max(filter(None, (self.last, last)), default=None)


@dataclass(slots=True)
class Sink:
    """``progress`` is told the rows after each write, and may be slow.

    Of a ``tail`` lines are numbered on, and small segments from before are written together with the new rows.
    """

    home: Path
    file_id: int
    limits: Limits
    progress: Callable[[int], None]
    tail: Tail | None = None
    total: Total = field(default_factory=Total)
    _waiting: dict[str, list[pa.Table]] = field(default_factory=dict)
    _rows: Counter[str] = field(default_factory=Counter)

    def add(self, part: Part) -> None:
        """Take a part in; write what has become large."""
        if self.tail:
            self.total.problems_kept = self.tail.problems
            part = _numbered_on(part, self.tail.lines)
        self.total.add(part)
        for batch in part.batches:
            self._put(batch.kind, batch.table)
        if part.rejects:
            self._put("quarantine", _quarantine(part.rejects))
        for kind in [kind for kind, rows in self._rows.items() if rows >= FLUSH_ROWS]:
            self._write(kind)
        self.progress(self.total.accepted)

    def finish(self) -> Total:
        """Write the rest; the segments stay invisible until they are committed."""
        for kind in list(self._waiting):
            self._merge(kind)
            self._write(kind)
        return self.total

    def discard(self) -> None:
        """Take back what has been written."""
        discard(self.home, self.total.segments)

    def _merge(self, kind: str) -> None:
        for path in [path for each, path in self.tail.merge if each == kind] if self.tail else []:
            self._put(kind, pq.read_table(self.home / path).drop_columns("file_id"))
            self.total.merged.append(path)

    def _put(self, kind: str, table: pa.Table) -> None:
        self._waiting.setdefault(kind, []).append(table)
        self._rows[kind] += table.num_rows

    def _write(self, kind: str) -> None:
        table = pa.concat_tables(self._waiting.pop(kind))
        del self._rows[kind]
        ids = pa.repeat(pa.scalar(self.file_id, pa.int64()), table.num_rows)
        written = write_segments(self.home, kind, table.append_column("file_id", ids).select(BY_KIND[kind].names))
        self.total.segments.extend(written)
        self._widen(kind, table)
        if sum(segment.bytes for segment in self.total.segments) > self.limits.output_bytes:
            raise FormatError(f"The file makes more than {self.limits.output_bytes >> 20:,} MB.", "Split it.")

    def _widen(self, kind: str, table: pa.Table) -> None:
        column = TIME_COLUMN[kind]
        if column:
            bounds = pc.min_max(table[column]).as_py()
            self.total.span(bounds["min"], bounds["max"])


def _numbered_on(part: Part, lines: int) -> Part:
    batches = [Batch(each.kind, _shifted(each.table, lines)) for each in part.batches]
    return replace(part, batches=batches, rejects=[replace(each, line=each.line + lines) for each in part.rejects])


def _shifted(table: pa.Table, lines: int) -> pa.Table:
    at = table.schema.get_field_index("line")
    return table.set_column(at, table.schema.field(at), pc.add(table["line"], lines)) if at >= 0 else table


def _quarantine(rejects: list[Reject]) -> pa.Table:
    columns = [[each.line for each in rejects], [each.reason for each in rejects], [each.raw for each in rejects]]
    names = ["line", "reason", "raw"]
    return pa.table(
        {name: pa.array(values, QUARANTINE.field(name).type) for name, values in zip(names, columns, strict=True)}
    )
