"""Log records of lines of text: a line that begins like a record does, and the lines below it that do not.

Every line is counted once: as the record that it begins, as a line of the record above (which is ignored, for its text
is in that record), as blank, or as a reject where no record stands above it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import CannotContinue, FormatError, MappingError
from data.ingest import levels, reading, written, years
from data.ingest.arrays import NO_TEXT, mask_of
from data.ingest.frames import Piece, TableFrame
from data.ingest.parts import Reject, reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks

LINES_TRIED = 300
MAX_RECORD_BYTES = 1 << 20
NOT_UTF8 = "lines hold bytes that are no UTF-8; they are shown as \\x.."
TOO_LARGE = f"the record above is over {MAX_RECORD_BYTES >> 20} MB already"
NO_RECORD = "the line has no time, and no record stands above it"
OTHERS = "the line has no time, and the record above it is of another service"
SYSLOG = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
CONTAINER = r"^(?P<owner>[A-Za-z0-9][A-Za-z0-9_.-]*) +\| ?(?P<text>[^\r\n]*)"


@dataclass(frozen=True, slots=True)
class Layout:
    """``regex`` fits the first line of a record. Its groups named in `written.PIECES` are the time, the others columns.

    ``container``: the lines begin with the name of their container, as docker compose prints them. ``spoken``: the
    message, or what stands before the time (a group ``prefix``), may say its severity. ``whole``: all of the line is
    the message. ``prepare``: what makes records of the columns, where it is not the kind of data. ``proof``: a stricter
    expression by which the format is recognised.
    """

    regex: str
    container: bool = False
    spoken: bool = True
    whole: bool = False
    prepare: reading.Prepare | None = None
    proof: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the expression in order."""
        return tuple(re.findall(r"\?P<(\w+)>", self.regex))

    @property
    def lacks(self) -> str:
        """What its times are without: ``"date"``, ``"year"`` or nothing."""
        return written.Written("", self.regex).lacks

    def extract(self, texts: pa.Array) -> pa.Array:
        """The groups of each text; NULL where it begins no record."""
        return pc.extract_regex(texts, self.regex)

    def share(self, texts: pa.Array) -> float:
        """Which share of the texts surely begin a record."""
        return float(pc.mean(pc.match_substring_regex(texts, self.proof or self.regex)).as_py() or 0.0)

    def parted(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """The texts without colours and containers, and these."""
        plain = written.without_colours(texts)
        if not self.container:
            return plain, pa.repeat("", len(texts))
        found = pc.extract_regex(plain, CONTAINER)
        return pc.coalesce(pc.struct_field(found, [1]), plain), pc.fill_null(pc.struct_field(found, [0]), "")


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
    lines = _Lines(source, layout, _calendar(source, layout))
    return reading.read(source, lines.pieces(), lambda frame: tuple(frame.columns), mixed=False, prepare=layout.prepare)


@dataclass(slots=True)
class _Lines:
    """Reads a file block by block; the last record of a block stays ``open``, for it may go on in the next."""

    source: Source
    layout: Layout
    calendar: years.Years | years.Dates | None
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
            cut |= _of_priority(cut.pop("pri"))
        if self.layout.spoken:
            cut = _spoken(cut)
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
                return _dated(self.calendar.of(years.seconds_of(said["clock"])), said), notes
            if not self.source.mapping.begins:
                text = "times carry no year; it was counted from the date of the file (state begins to change that)"
                notes[text] = len(said["clock"])
        return (written.assemble(said) if len(next(iter(said.values()))) else pa.nulls(0, pa.string())), notes


def _dated(dates: list[str], said: Mapping[str, pa.Array]) -> pa.Array:
    table = {"year": 0, "month": 1, "day": 2}
    parts = [each.split("-") for each in dates]
    return written.assemble({**said, **{name: pa.array([p[i] for p in parts]) for name, i in table.items()}})


def _rows(cut: _Cut, above: _Record | None) -> _Rows:
    """The records that are complete: all but the last of the block."""
    whole = cut.starts[:-1]
    lines = [above.line if above is not None and row == 0 else cut.number(int(row)) for row in whole]
    taken = pa.array(whole)
    return _Rows(lines, cut.texts.take(taken), cut.owners.take(taken), cut.found.take(taken))


def _spoken(cut: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """With the severity that the head of the message says, or what stands before the time."""
    message = pc.utf8_rtrim_whitespace(cut["message"])
    severity = cut.get("severity", pa.nulls(len(message), pa.string()))
    severity = pc.if_else(pc.equal(severity, ""), NO_TEXT, severity)
    if "prefix" in cut:
        severity = pc.coalesce(severity, levels.find(cut["prefix"]))
    return {**cut, "severity": pc.coalesce(severity, levels.find(message)), "message": levels.without(message)}


def _of_priority(texts: pa.Array) -> dict[str, pa.Array]:
    """Severity and facility of a syslog priority ``8 * facility + severity``."""
    known = [int(text) if text and int(text) < 192 else None for text in texts.to_pylist()]
    words = [None if each is None else SYSLOG[each % 8] for each in known]
    return {
        "severity": pa.array(words, pa.string()),
        "facility": pa.array([_facility(each) for each in known], pa.string()),
    }


def _facility(priority: int | None) -> str | None:
    return None if priority is None else str(priority // 8)


def _with_lines_below(message: pa.Array, records: list[_Record | None]) -> pa.Array:
    """The messages with the lines below them, without blank lines at the end."""
    below = ["\n".join(each.below).rstrip() if each and each.below else None for each in records]
    if not any(below):
        return message
    more = pa.array([text or None for text in below], pa.string())
    some = pc.if_else(pc.equal(message, ""), NO_TEXT, message)
    return pc.fill_null(pc.binary_join_element_wise(some, more, "\n", null_handling="skip"), "")


def first_texts(source: Source) -> tuple[pa.Array, bool]:
    """The first lines that say something, without colours and containers; whether they begin with containers."""
    lines = [line for line in source.head.split(b"\n")[: LINES_TRIED + 1] if line.strip()][:LINES_TRIED]
    texts = pa.array([line.decode(errors="backslashreplace").rstrip("\r") for line in lines], pa.string())
    fits = pc.match_substring_regex(written.without_colours(texts), CONTAINER)
    container = bool((pc.mean(fits).as_py() or 0.0) > 0.9)
    return Layout("", container).parted(texts)[0], container


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


def texts_of(block: Block) -> tuple[pa.Array, Counter[str]]:
    """The lines as texts; bytes that are no UTF-8 are shown and noted."""
    try:
        block.data.decode()
    except UnicodeDecodeError:
        lines = [block.line(i).decode(errors="backslashreplace") for i in range(len(block))]
        odd = sum(not _is_utf8(block.line(i)) for i in range(len(block)))
        return pa.array(lines, pa.string()), Counter({NOT_UTF8: odd})
    offsets = np.append(block.starts, len(block.data)).astype(np.int32)
    texts = pa.StringArray.from_buffers(len(block), pa.py_buffer(offsets), pa.py_buffer(block.data))
    return pc.utf8_rtrim(texts, "\r\n"), Counter()


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _calendar(source: Source, layout: Layout) -> years.Years | years.Dates | None:
    """What gives times the year or the day that they lack. Raises where nothing tells the day."""
    lacking, begins = layout.lacks, _begins(source)
    if source.continues and (lacking == "date" or begins is not None):
        raise CannotContinue("The date of a line follows from the lines before it.")
    if lacking == "date" and begins is None:
        raise FormatError("The times of this file have no date.", 'State the day it begins on: begins = "2024-05-31".')
    if lacking == "date" and begins is not None:
        return years.Dates(begins)
    if lacking != "year":
        return None
    if begins is not None:
        return years.Years(begins.year)
    return years.Years(years.first_year(_all_days(source, layout), years.now_of(source.path.stat().st_mtime)))


def _begins(source: Source) -> date | None:
    try:
        return years.begins(source.mapping.begins)
    except ValueError as error:
        raise MappingError(
            f"begins = {source.mapping.begins!r} is no year and no day.", 'Write begins = "2024" or "2024-05-31".'
        ) from error


def _all_days(source: Source, layout: Layout) -> Iterator[years.Days]:
    for block in blocks(source.path, source.mapping.encoding):
        found = layout.extract(layout.parted(texts_of(block)[0])[0]).drop_null()
        yield years.days_of({name: pc.struct_field(found, [layout.groups.index(name)]) for name in ("month", "day")})
