"""Log records of lines of text: a line that begins like a record does, and the lines below it that do not.

Every line is counted once: as the record that it begins, as a line of the record above (which is ignored, for its text
is in that record), as blank, or as a reject where no record stands above it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import CannotContinue
from data.ingest import line_columns, reading, written, years
from data.ingest.arrays import NO_TEXT, mask_of
from data.ingest.frames import Piece, TableFrame
from data.ingest.line_calendar import Calendar, calendar_of
from data.ingest.line_layout import Layout, first_texts, texts_of
from data.ingest.parts import Reject, reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks

MAX_RECORD_BYTES = 1 << 20
TOO_LARGE = f"the record above is over {MAX_RECORD_BYTES >> 20} MB already"
NO_RECORD = "the line has no time, and no record stands above it"
OTHERS = "the line has no time, and the record above it is of another service"


@dataclass(slots=True)
class _Record:
    """A record with lines below it: number, text and container of its first line, all of its bytes, the texts below."""

    line: int
    text: str
    owner: str
    raw: list[bytes]
    below: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, raw: bytes, text: str) -> bool:
        """Take a line in, as long as the record does not grow without end."""
        if self.size + len(raw) > MAX_RECORD_BYTES:
            return False
        self.size += len(raw) + 1
        self.raw.append(raw)
        self.below.append(text)
        return True

    def why_not(self, raw: bytes, text: str, owner: str) -> str:
        """Take a line in; otherwise says why it is not of this record. A blank one never matters."""
        if not text.strip():
            self.add(raw, text)
            return ""
        if owner != self.owner:
            return OTHERS
        return "" if self.add(raw, text) else TOO_LARGE


@dataclass(frozen=True, slots=True)
class _Cut:
    """A block with the record before it on top: texts, containers, what the layout found, rows that begin records."""

    block: Block
    above: int
    texts: pa.Array
    owners: pa.Array
    found: pa.Array
    starts: years.Days

    def raw(self, row: int) -> bytes:
        """The bytes of a row of the block."""
        return self.block.line(row - self.above)

    def number(self, row: int) -> int:
        """The number of the line at a row of the block."""
        return self.block.first + row - self.above


@dataclass(frozen=True, slots=True)
class _Rows:
    """Records: numbers, texts and containers of their first lines ``(n,)``, and what the layout found in them."""

    lines: list[int]
    texts: pa.Array
    owners: pa.Array
    found: pa.Array


def read(source: Source, layout: Layout) -> Reader:
    """A reader of the records. Raises `FormatError` or `MappingError`."""
    lines = _Lines(source, layout, calendar_of(source, layout))
    return reading.read(source, lines.pieces(), lambda frame: tuple(frame.columns), mixed=False, prepare=layout.prepare)


@dataclass(slots=True)
class _Lines:
    """Reads a file block by block; the last record of a block stays ``open``, for it may go on in the next."""

    source: Source
    layout: Layout
    calendar: Calendar | None
    open: _Record | None = None
    ignored: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def pieces(self) -> Iterator[Piece]:
        for block in blocks(self.source.path, self.source.mapping.encoding):
            yield self._block(block)
        if self.open is not None:
            line, texts, owners = self.open.line, pa.array([self.open.text]), pa.array([self.open.owner])
            yield self._piece(
                _Rows([line], texts, owners, self.layout.extract(texts)), {line: self.open}, lambda _: b""
            )

    def _block(self, block: Block) -> Piece:
        texts, notes = texts_of(block)
        texts, owners = self.layout.parted(texts)
        above = self.open
        if above is not None:
            texts = pa.concat_arrays([pa.array([above.text]), texts])
            owners = pa.concat_arrays([pa.array([above.owner]), owners])
        found = self.layout.extract(texts)
        starts = np.flatnonzero(mask_of(pc.is_valid(found)))
        cut = _Cut(block, int(above is not None), texts, owners, found, starts)
        piece = self._records(cut)
        piece.ignored, piece.rejects, piece.notes = self.ignored, [*block.too_long, *self.rejects], piece.notes + notes
        self.ignored, self.rejects = 0, []
        return piece

    def _records(self, cut: _Cut) -> Piece:
        """The records of a block but the last, each with what stands below it."""
        above, ends, long = self.open, np.append(cut.starts, len(cut.texts)), dict[int, _Record]()
        if above is None:
            if self.source.continues and any(text.strip() for text in cut.texts[: int(ends[0])].to_pylist()):
                raise CannotContinue("The first line goes on with the record before it.")
            self._below(None, cut, 0, int(ends[0]))
        for k in np.flatnonzero(np.diff(ends) > 1):
            row = int(ends[k])
            record = above if above is not None and row == 0 else self._record(cut, row)
            self._below(record, cut, row + 1, int(ends[k + 1]))
            long[record.line] = record
        last = int(cut.starts[-1]) if len(cut.starts) else None
        if last is not None:
            at_top = above is not None and last == 0
            self.open = above if at_top else long.pop(cut.number(last), None) or self._record(cut, last)
        if above is not None:
            long[above.line] = above
        raw = cut.block.line
        return self._piece(_rows(cut, above), long, lambda line: raw(line - cut.block.first))

    @staticmethod
    def _record(cut: _Cut, row: int) -> _Record:
        return _Record(cut.number(row), cut.texts[row].as_py(), cut.owners[row].as_py(), [cut.raw(row)])

    def _below(self, record: _Record | None, cut: _Cut, start: int, end: int) -> None:
        """Give lines that begin no record to the one above."""
        found = zip(cut.texts[start:end].to_pylist(), cut.owners[start:end].to_pylist(), strict=True)
        for row, (text, owner) in enumerate(found, start=start):
            raw = cut.raw(row)
            why = record.why_not(raw, text, owner) if record else NO_RECORD * bool(text.strip())
            if why:
                self.rejects.append(reject(cut.number(row), why, raw))
            else:
                self.ignored += 1

    def _piece(self, rows: _Rows, long: Mapping[int, _Record], raw: Callable[[int], bytes]) -> Piece:
        columns, notes = self._columns(rows)
        if "message" in columns and long:
            columns["message"] = _with_lines_below(columns["message"], [long.get(line) for line in rows.lines])
        if self.layout.container:
            columns.setdefault("service", pc.if_else(pc.equal(rows.owners, ""), NO_TEXT, rows.owners))

        def whole(line: int) -> bytes:
            return b"\n".join(long[line].raw) if line in long else raw(line)

        return Piece(TableFrame(np.array(rows.lines, np.int64), columns, whole), notes=notes)

    def _columns(self, rows: _Rows) -> tuple[dict[str, pa.Array], Counter[str]]:
        cut = {name: pc.struct_field(rows.found, [i]) for i, name in enumerate(self.layout.groups)}
        pieces = {name: cut.pop(name) for name in written.PIECES if name in cut}
        ts, notes = self._ts(pieces)
        if "pri" in cut:
            cut |= line_columns.of_priority(cut.pop("pri"))
        if self.layout.spoken:
            cut = line_columns.spoken(cut)
        if self.layout.whole:
            cut["message"] = rows.texts
        return {"ts": ts, **cut}, notes

    def _ts(self, pieces: Mapping[str, pa.Array]) -> tuple[pa.Array, Counter[str]]:
        lacking, notes, said = self.layout.lacks, Counter[str](), dict(pieces)
        if lacking and len(said["clock"]):
            if isinstance(self.calendar, years.Years):
                found = self.calendar.of(years.days_of(said))
                said["year"] = pa.array(found.astype(str), pa.string())
            elif self.calendar is not None:
                return line_columns.dated(self.calendar.of(years.seconds_of(said["clock"])), said), notes
            if not self.source.mapping.begins:
                text = "times carry no year; it was counted from the date of the file (state begins to change that)"
                notes[text] = len(said["clock"])
        return (written.assemble(said) if len(next(iter(said.values()))) else pa.nulls(0, pa.string())), notes


def _rows(cut: _Cut, above: _Record | None) -> _Rows:
    """The records that are complete: all but the last of the block."""
    whole = cut.starts[:-1]
    lines = [above.line if above is not None and row == 0 else cut.number(int(row)) for row in whole]
    taken = pa.array(whole)
    return _Rows(lines, cut.texts.take(taken), cut.owners.take(taken), cut.found.take(taken))


def _with_lines_below(message: pa.Array, records: list[_Record | None]) -> pa.Array:
    """The messages with the lines below them, without blank lines at the end."""
    below = ["\n".join(each.below).rstrip() if each and each.below else None for each in records]
    if not any(below):
        return message
    first, more = pc.fill_null(message, ""), pa.array([text or "" for text in below], pa.string())
    parted = pc.if_else(pc.and_(pc.not_equal(first, ""), pc.not_equal(more, "")), "\n", "")
    return pc.binary_join_element_wise(first, more, parted)  # the last one stands between the others


def format_(name: str, *layouts: Layout, certainty: float = 0.9, share: float = 0.5) -> Format:
    """A format of log lines, of which at least ``share`` of the first begin a record of one of the layouts."""

    def find(source: Source) -> tuple[float, Layout]:
        texts, container = first_texts(source)
        fitting = [replace(each, container=container) for each in layouts]
        shares = [(each.share(texts), each) for each in fitting]
        return max(shares, key=lambda pair: pair[0])

    def sniff(source: Source) -> tuple[Guess, ...]:
        return (Guess("logs", certainty),) if find(source)[0] >= share else ()

    return Format(name, ("logs",), sniff, lambda source: read(source, find(source)[1]), grows=True)
