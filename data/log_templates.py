"""The template of every log line, kept beside its segment: masking reads a line once, not once for every page.

What is kept is made from an immutable segment alone, can be made again at any time, and goes with its segment.
"""
# ruff: noqa: S608 - what is put into SQL here are paths and column names of ours

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.queries.log_masks import ID_CHARS, LINE_CHARS, MASKS, masked
from data.views import quote

if TYPE_CHECKING:
    from data.segments import SegmentInfo
    from data.snapshot import Snapshot

VERSION: Final = hashlib.sha256(repr((LINE_CHARS, MASKS)).encode()).hexdigest()[:8]
COLUMNS: Final = ("ts", "service", "severity", "known_at")
BATCH_ROWS: Final = 65_536
LINE_S: Final = 2e-6  # that a line takes about


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many of the ``lines`` have their template kept."""

    done: int
    lines: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left to be read."""
        return self.done >= self.lines


def path_beside(segment_path: str) -> str:
    """Where the templates of a segment are kept, relative to the home as the segment's own path is."""
    return f"{segment_path.removesuffix('.parquet')}.{VERSION}.templates"


def prepare(
    snap: Snapshot,
    start: datetime | None = None,
    end: datetime | None = None,
    budget_s: float | None = None,
    *,
    at_least_one: bool = False,
) -> Prepared:
    """Keep the templates of all segments that may hold lines of ``[start, end)``, the newest first.

    With ``budget_s`` no segment is begun that would hardly be done by then, but for the first ``at_least_one``.
    """
    began, segments = time.monotonic(), snap.segments("logs", start, end)
    done = made = 0
    for segment in reversed(segments):
        if not _is_kept(snap.home, segment):
            wanted = time.monotonic() - began + segment.rows * LINE_S
            if budget_s is not None and wanted > budget_s and (made or not at_least_one):
                continue
            _keep(snap.home, segment)
            made += 1
        done += segment.rows
    return Prepared(done, sum(segment.rows for segment in segments))


def kept(snap: Snapshot, start: datetime | None = None, end: datetime | None = None) -> Prepared:
    """How much is kept already."""
    segments = snap.segments("logs", start, end)
    there = sum(segment.rows for segment in segments if _is_kept(snap.home, segment))
    return Prepared(there, sum(segment.rows for segment in segments))


def source(
    snap: Snapshot, start: datetime | None = None, end: datetime | None = None, holding: str | None = None
) -> str:
    """A FROM item ``ts service severity known_at template``; of segments whose templates are not kept they are made,
    with ``holding`` of those lines alone that hold the text of this parameter."""
    segments = snap.segments("logs", start, end)
    there = [segment for segment in segments if _is_kept(snap.home, segment)]
    parts = []
    if there:
        paths = ", ".join(quote(f"{snap.home}/{path_beside(segment.path)}") for segment in there)
        parts.append(f"SELECT * FROM read_parquet([{paths}])")
    if len(there) < len(segments) or not segments:
        rest = snap.source_of("logs", [segment for segment in segments if segment not in there])
        held = f" WHERE contains(message, {holding})" if holding else ""
        parts.append(f"SELECT {', '.join(COLUMNS)}, {masked('message')} AS template FROM {rest}{held}")
    return f"({' UNION ALL '.join(parts)})"


def _is_kept(home: Path, segment: SegmentInfo) -> bool:
    return (home / path_beside(segment.path)).exists()


def _keep(home: Path, segment: SegmentInfo) -> None:
    """Several processes may do so at once: each writes a file of its own, and the name is taken in one step."""
    target = home / path_beside(segment.path)
    temporary = home / "tmp" / f"{uuid.uuid4().hex}.templates"
    temporary.parent.mkdir(exist_ok=True)
    with pq.ParquetFile(home / segment.path) as lines:
        batches = lines.iter_batches(BATCH_ROWS, columns=[*COLUMNS, "message"])
        schema = pa.schema([*(lines.schema_arrow.field(name) for name in COLUMNS), ("template", pa.string())])
        with pq.ParquetWriter(temporary, schema, compression="zstd", use_dictionary=["service", "severity", "template"],
                              column_encoding={"ts": "DELTA_BINARY_PACKED"}) as out:  # fmt: skip
            for batch in batches:
                columns = [*(batch[name] for name in COLUMNS), templates(batch["message"])]
                out.write_batch(pa.record_batch(columns, schema=schema))
    temporary.rename(target)


def templates(lines: pa.Array) -> pa.Array:
    """The template of each line. What the first mask leaves is so often the same that the others read it once only."""
    first, *others = MASKS
    found = pc.replace_substring_regex(pc.utf8_slice_codeunits(lines, 0, LINE_CHARS), *first).dictionary_encode()
    names: Sequence[str | None] = found.dictionary
    for pattern, stands_for in others:
        names = pc.replace_substring_regex(names, pattern, stands_for)
    return pc.take(names, found.indices)


def template_id(template: str) -> str:
    """A short name of a template for addresses; whoever knows a text can name it."""
    return hashlib.md5(template.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:ID_CHARS]


def literal(template: str) -> str:
    """The longest text that every line of a template holds."""
    return max(template.split("<*>"), key=len)


def named(snap: Snapshot, short: str) -> str | None:
    """The template of this name, None where no line has it."""
    rows = snap.rows(
        f"SELECT template FROM (SELECT DISTINCT template FROM {source(snap)}) "
        f"WHERE left(md5(template), {ID_CHARS}) = $short LIMIT 1",
        {"short": short},
    )
    return str(rows[0][0]) if rows else None
