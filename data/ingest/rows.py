"""The rows of delimited text, all cells as text, each with the line it began at.

A block without quotes over several lines goes through Arrow's reader; any other through Python's, line by line. Every
line of the file is counted once: as a row, as a reject, or as one that says nothing of its own (header, comment, blank,
continuation of a quoted cell).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from data.ingest.arrays import Mask
from data.ingest.delimited import Table
from data.ingest.frames import Piece, TableFrame
from data.ingest.parts import Reject, reject
from data.ingest.streams import MAX_LINE_BYTES, Block, blocks, is_utf8

MAX_SPAN = 200
csv.field_size_limit(2 * MAX_LINE_BYTES)
Line = tuple[int, bytes]


def read(path: Path, table: Table) -> Iterator[Piece]:
    """The rows of a file, a block at a time."""
    open_: list[Line] = []
    for block in blocks(path, table.encoding):
        silent = _silent(block, table)
        piece = None if open_ or _hard(block, silent) else _fast(block, silent, table)
        if piece is None:
            slow = _Slow(table)
            lines = [(block.first + i, block.line(i)) for i in range(len(block))]
            open_ = slow.read(open_ + lines, final=False)
            piece = slow.piece()
        piece.rejects.extend(block.too_long)
        yield piece
    if open_:
        slow = _Slow(table)
        slow.read(open_, final=True)
        yield slow.piece()


def _silent(block: Block, table: Table) -> Mask:
    """Lines of the header, blank lines and comments."""
    silent = (block.ends <= block.starts) | (np.arange(len(block)) + block.first <= table.head_lines)
    first = np.frombuffer(block.data, np.uint8)[block.starts]
    for index in np.flatnonzero(~silent & np.isin(first, [32, *table.comment.encode()[:1]])):
        silent[index] = _says_nothing(block.line(index), table)
    return silent


def _says_nothing(line: bytes, table: Table) -> bool:
    return not line.strip(b" \r") or bool(table.comment and line.startswith(table.comment.encode()))


def _hard(block: Block, silent: Mask) -> bool:
    """Whether Arrow could misread the block: a quote left open, a lone carriage return, broken UTF-8."""
    if b"\r" in block.data and block.data.count(b"\r") != block.data.count(b"\r\n"):
        return True
    if b'"' in block.data:
        before = np.concatenate([[0], np.cumsum(np.frombuffer(block.data, np.uint8) == 34)])
        if ((before[block.ends] - before[block.starts]) % 2)[~silent].any():
            return True
    return not is_utf8(block.data)


def _fast(block: Block, silent: Mask, table: Table) -> Piece | None:
    """The rows by Arrow's reader; None where a quote has made it take several lines for one row."""
    lines, wrong = np.flatnonzero(~silent), dict[int, int]()
    cells = _arrow(_without(block, silent), table, wrong) if len(lines) else None
    if cells is not None and cells.num_rows + len(wrong) != len(lines):
        return None
    rejects = [
        reject(block.first + lines[i], _miscounted(wrong[i], table), block.line(lines[i])) for i in sorted(wrong)
    ]
    good = np.ones(len(lines), bool)
    good[list(wrong)] = False
    columns = {
        name: cells.column(i).combine_chunks() if cells is not None else pa.nulls(0, pa.string())
        for i, name in enumerate(table.names)
    }
    frame = TableFrame(lines[good] + block.first, columns, lambda line: block.line(line - block.first))
    return Piece(frame, rejects, int(silent.sum()))


def _without(block: Block, silent: Mask) -> bytes:
    """The block's bytes without its silent lines."""
    count = int(silent.sum())
    if silent[:count].all():
        return block.data[block.starts[count] :]
    return b"\n".join(block.line(i) for i in np.flatnonzero(~silent)) + b"\n"


def _arrow(data: bytes, table: Table, wrong: dict[int, int]) -> pa.Table:
    """All cells as text. ``wrong`` receives the rows (0 = first) with another number of cells, and that number."""
    names = [f"c{i}" for i in range(len(table.names))]

    def skip(row: pacsv.InvalidRow) -> str:
        wrong[row.number - 1] = row.actual_columns
        return "skip"

    return pacsv.read_csv(
        pa.py_buffer(data),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        parse_options=pacsv.ParseOptions(delimiter=table.delimiter, invalid_row_handler=skip, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )


def _miscounted(cells: int, table: Table) -> str:
    return f"the row has {cells} cells, the table has {len(table.names)} columns"


@dataclass(slots=True)
class _Slow:
    """Reads rows one line at a time; a cell in quotes may go on over at most ``reach`` lines.

    Every quote that never closes halves the reach, so that a file full of them does not take for ever.
    """

    table: Table
    reach: int = MAX_SPAN
    good: dict[int, tuple[list[str], bytes]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    ignored: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def read(self, lines: list[Line], *, final: bool) -> list[Line]:
        """Read the lines; returns those of a row that is not complete yet."""
        at = 0
        while at < len(lines):
            number, raw = lines[at]
            if number <= self.table.head_lines or _says_nothing(raw, self.table):
                self.ignored, at = self.ignored + 1, at + 1
                continue
            span, cells = self._row(lines, at)
            if not span and not final and len(lines) - at < self.reach:
                return lines[at:]
            at += self._keep(lines[at : at + max(span, 1)], cells)
        return []

    def _row(self, lines: list[Line], at: int) -> tuple[int, list[str]]:
        """How many lines the row takes (0: its quote never closes), and its cells."""
        text = ""
        for span, (_, raw) in enumerate(lines[at : at + self.reach], start=1):
            text += ("\n" if span > 1 else "") + self._decode(raw)
            if span == 1 or b'"' in raw:
                cells = _cut(text, self.table.delimiter, strict=span > 1)
                if cells is not None and (span == 1 or len(cells) == len(self.table.names)):
                    return span, cells
        return 0, []

    def _keep(self, lines: list[Line], cells: list[str]) -> int:
        number, raw = lines[0][0], b"\n".join(raw for _, raw in lines)
        self.ignored += len(lines) - 1
        if not cells:
            self.reach = max(self.reach // 2, 2)
            self.rejects.append(reject(number, "the row opens a quote that is never closed", raw))
        elif len(cells) != len(self.table.names):
            self.rejects.append(reject(number, _miscounted(len(cells), self.table), raw))
        else:
            self.good[number] = (cells, raw)
        return len(lines)

    def _decode(self, raw: bytes) -> str:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self.notes["lines hold bytes that are no UTF-8; they are shown as \\x.."] += 1
            text = raw.decode(errors="backslashreplace")
        return text.replace("\r", " ")

    def piece(self) -> Piece:
        """What has been read."""
        cells = [row for row, _ in self.good.values()]
        columns = {name: pa.array([row[i] for row in cells], pa.string()) for i, name in enumerate(self.table.names)}
        frame = TableFrame(np.array(list(self.good), np.int64), columns, lambda line: self.good[line][1])
        return Piece(frame, self.rejects, self.ignored, self.notes)


def _cut(text: str, delimiter: str, *, strict: bool) -> list[str] | None:
    """The cells of a row; None when it ends inside quotes, or when they are misplaced and ``strict`` says to mind."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if strict or "unexpected end of data" in str(error):
            return None
    return next(csv.reader([text], delimiter=delimiter))
