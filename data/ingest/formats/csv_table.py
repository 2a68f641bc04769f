"""CSV and its kin: tables with a delimiter, of any kind of data.

Long (a row per sample) or wide (a column per metric), with or without a header, decimal comma, comments, several header
rows, cells in quotes that go on over lines. A header that names a column twice is refused.
"""

from __future__ import annotations

from dataclasses import replace

from data.errors import FormatError, MappingError
from data.ingest import delimited, reading, rows
from data.ingest.frames import table_of
from data.ingest.job import Sample
from data.ingest.kinds import KINDS
from data.ingest.source import Format, Guess, Reader, Source

SURE_ENOUGH_TO_SAY_WHY = 0.4


def sniff(source: Source) -> tuple[Guess, ...]:
    """At least two columns, cut alike in nearly all rows."""
    if source.head.lstrip()[:1] in (b"{", b"[") or _is_binary(source.head):
        return ()
    try:
        table = delimited.describe(source.head, source.mapping)
    except MappingError:
        return tuple(Guess(kind, SURE_ENOUGH_TO_SAY_WHY) for kind in KINDS)
    except FormatError:
        return ()
    sample = _sample(source, table)
    return reading.guesses(source, sample, 0.95) if len(table.names) > 1 and len(sample.frame.lines) else ()


def _is_binary(head: bytes) -> bool:
    """A line or two that were damaged are no reason to refuse the others."""
    lines = head.split(b"\n")
    return 2 * sum(b"\0" in line for line in lines) > len(lines)


def _sample(source: Source, table: delimited.Table) -> Sample:
    return Sample(table_of(delimited.first_rows(source.head, table), table.names), table.names, source.mapping.decimal)


def open_(source: Source) -> Reader:
    """See `Format`."""
    table = delimited.describe(source.head, source.mapping)
    before = _sample(source, table) if source.continues else None
    if before is not None:  # what is read has no header
        table = replace(table, head_lines=0)
    return reading.read(source, rows.read(source.path, table), lambda _: table.names, mixed=False, sample=before)


FORMAT = Format("csv", tuple(KINDS), sniff, open_, grows=True)
