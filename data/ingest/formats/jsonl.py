"""JSON lines: one object a line, of any kind of data; schemas may be mixed, keys nested, integers of any length."""

from __future__ import annotations

from data.ingest import objects, reading
from data.ingest.frames import JsonFrame
from data.ingest.job import Sample
from data.ingest.kinds import KINDS
from data.ingest.source import Format, Guess, Reader, Source


def sniff(source: Source) -> tuple[Guess, ...]:
    """Most of the first lines are objects."""
    frame, share = objects.head_frame(source.head)
    if share < 0.5:
        return ()
    return reading.guesses(source, Sample(frame, objects.names(frame), mixed=True), 0.5 + 0.4 * share)


def open_(source: Source) -> Reader:
    """See `Format`."""
    pieces = objects.read_lines(source.path, source.mapping.encoding)
    return reading.read(source, pieces, _names, mixed=True, sample=_before(source) if source.continues else None)


def _before(source: Source) -> Sample:
    """The first records of the whole, where only what it has grown by is read."""
    frame, _ = objects.head_frame(source.head)
    return Sample(frame, objects.names(frame), source.mapping.decimal, mixed=True)


def _names(frame: JsonFrame) -> tuple[str, ...]:
    return objects.names(frame)


FORMAT = Format("jsonl", tuple(KINDS), sniff, open_, grows=True)
