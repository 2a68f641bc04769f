"""A JSON document with a list of records in it, of any kind of data. The unit of account is the record."""

from __future__ import annotations

from collections.abc import Iterator

from data.ingest import objects, reading
from data.ingest.frames import Piece
from data.ingest.job import Sample
from data.ingest.kinds import KINDS
from data.ingest.source import Format, Guess, Reader, Source


def sniff(source: Source) -> tuple[Guess, ...]:
    """A document in brackets; what it holds is told by its records, which may lie behind the first bytes."""
    start = source.head.lstrip()[:1]
    _, share = objects.head_frame(source.head)
    if start not in (b"[", b"{") or (start == b"{" and share >= 0.5 and source.head.count(b"\n") > 1):
        return ()
    frame = objects.document_head(source.head)
    return reading.guesses(source, Sample(frame, objects.names(frame), mixed=True), 0.8)


def _pieces(source: Source) -> Iterator[Piece]:
    yield objects.read_document(source.path, source.mapping.records, source.mapping.encoding)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return reading.read(source, _pieces(source), objects.names, mixed=True)


FORMAT = Format("json", tuple(KINDS), sniff, open_)
