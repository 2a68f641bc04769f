"""Reads records of any kind from frames of any format: applies the rules, finds the columns, keeps the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pyarrow.compute as pc

from data.errors import FormatError, MappingError
from data.ingest.arrays import Mask, mask_of
from data.ingest.fields import Fields, apply_rules
from data.ingest.frames import Frame, Piece, head
from data.ingest.job import Job, Sample
from data.ingest.kinds import KINDS, Builder
from data.ingest.parts import Part, reject
from data.ingest.source import Guess, Source

MAX_SCHEMAS = 16
Names = Callable[[Any], tuple[str, ...]]
Prepare = Callable[[Job], Builder]


@dataclass(slots=True)
class Records:
    """A `Reader` over pieces. Objects of another schema than the first ones get columns of their own."""

    source: Source
    pieces: Iterator[Piece]
    names: Names
    mixed: bool
    prepare: Prepare
    builders: list[Builder] = field(default_factory=list)

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Reader`."""
        return self.builders[0].derived

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        for piece in self.pieces:
            yield Part(ignored=piece.ignored, rejects=piece.rejects, notes=piece.notes)
            frame, part = self._ruled(piece.frame)
            yield part
            if len(frame.lines):
                yield from self._build(frame)

    def _ruled(self, frame: Frame) -> tuple[Frame, Part]:
        mapping = self.source.mapping
        if not mapping.rules:
            return frame, Part()
        frame, fits = apply_rules(frame, self.builders[0].fields)
        if mapping.unmatched == "keep":
            return frame, Part()
        odd = np.flatnonzero(~fits)
        if mapping.unmatched == "ignore":
            return frame.take(fits), Part(ignored=len(odd))
        rejects = [reject(frame.lines[i], "no pattern of the mapping fits the record", frame.raw(i)) for i in odd]
        return frame.take(fits), Part(rejects=rejects)

    def _build(self, frame: Frame) -> Iterator[Part]:
        frame = frame.with_texts(list(dict.fromkeys(self.builders[0].fields.columns.values())))
        if not self.mixed:
            yield self.builders[0].build(frame)
            return
        for builder in chain(list(self.builders), self._new_schemas(frame)):
            fits = _fits(builder.fields, frame)
            if fits.any():
                yield builder.build(frame.take(fits))
                frame = frame.take(~fits)
            if not len(frame.lines):
                return
        yield self.builders[0].build(frame)

    def _new_schemas(self, frame: Frame) -> Iterator[Builder]:
        """A builder from the first record that no known schema fits, as long as that leads on."""
        left = frame
        while len(self.builders) < MAX_SCHEMAS and len(left.lines):
            left = left.take(~np.any([_fits(builder.fields, left) for builder in self.builders], axis=0))
            builder = self._try(left) if len(left.lines) else None
            if builder is None:
                return
            self.builders.append(builder)
            yield builder

    def _try(self, frame: Frame) -> Builder | None:
        try:
            builder = self.prepare(
                _job(self.source, Sample(frame, self.names(frame), self.source.mapping.decimal, mixed=True))
            )
        except MappingError:
            return None
        return builder if _fits(builder.fields, frame).any() else None


def _fits(fields: Fields, frame: Frame) -> Mask:
    return mask_of(pc.is_valid(fields.text(frame, fields.wanted[0])))


def read(
    source: Source,
    pieces: Iterator[Piece],
    names: Names,
    *,
    mixed: bool,
    prepare: Prepare | None = None,
    sample: Sample | None = None,
) -> Records:
    """A reader of the pieces; the columns are found from the first that has records, or from ``sample``.

    ``prepare`` makes the builder where the format, not the kind of data, decides what the columns mean.
    """
    prepare = prepare or KINDS[source.mapping.kind].prepare
    if sample is not None:
        return Records(source, pieces, names, mixed, prepare, [prepare(_job(source, sample))])
    first: list[Piece] = []
    for piece in pieces:
        first.append(piece)
        if len(piece.frame.lines):
            break
    if not first or not len(first[-1].frame.lines):
        raise FormatError("The file holds no record that can be read.", _first_reason(first))
    frame = first[-1].frame
    builder = prepare(_job(source, Sample(head(frame), names(frame), source.mapping.decimal, mixed)))
    return Records(source, chain(first, pieces), names, mixed, prepare, [builder])


def _first_reason(pieces: list[Piece]) -> str:
    rejects = [each for piece in pieces for each in piece.rejects]
    return f"Line {rejects[0].line}: {rejects[0].reason}." if rejects else ""


def _job(source: Source, sample: Sample) -> Job:
    return Job(sample, source.mapping, source.place, source.prediction_times, source.file_id)


def guesses(source: Source, sample: Sample, certainty: float) -> tuple[Guess, ...]:
    """How much the first records look like each kind, given how sure the format is; a stated kind is not doubted."""
    if source.mapping.kind:
        return (Guess(source.mapping.kind, certainty),) if source.mapping.kind in KINDS else ()
    return tuple(Guess(kind.name, certainty * kind.guess(sample)) for kind in KINDS.values())
