"""Delimited text (CSV, TSV): how it is written, where its header ends and what its columns are called."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import FormatError, MappingError
from data.ingest import numbers, times
from data.ingest.mapping import FileMapping
from data.ingest.parts import listed, shown
from data.ingest.streams import HEAD_BYTES

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 200
MIN_ALIKE = 0.6
MAX_COLUMNS = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is written. ``head_lines`` are the lines before the first row of data."""

    delimiter: str
    names: tuple[str, ...]
    head_lines: int
    comment: str = ""
    encoding: str = ""


def describe(head: bytes, mapping: FileMapping) -> Table:
    """How the table is written, from its first bytes. Raises `FormatError` or `MappingError`."""
    lines = [line.rstrip("\r") for line in head.decode(errors="replace").split("\n")]
    if len(lines) > 1 and len(head) >= HEAD_BYTES:
        lines.pop()
    first = next((i for i in range(mapping.skip_rows, len(lines)) if _says(lines[i], mapping)), None)
    if first is None:
        raise FormatError("The table has no rows.")
    body = [line for line in lines[first:] if _says(line, mapping)]
    delimiter = mapping.delimiter or find_delimiter(body)
    rows = parse_lines(body[:SAMPLE_ROWS], delimiter)
    count = _header_rows(rows, mapping)
    names = mapping.names or _names(rows, count)
    _check_names(names, rows, mapping)
    end = first
    for _ in range(count):
        end = next(i for i in range(end, len(lines)) if _says(lines[i], mapping)) + 1
    return Table(delimiter, tuple(names), end if count else mapping.skip_rows, mapping.comment, mapping.encoding)


def _says(line: str, mapping: FileMapping) -> bool:
    return bool(line.strip()) and not (mapping.comment and line.startswith(mapping.comment))


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts most of the first lines alike, and of these the one that cuts them into most columns."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(parse_lines(lines[:30], delimiter)))


def _evenness(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Share of the rows that have the commonest number of cells, and that number; nothing for uncut lines."""
    (width, count), *_ = Counter(map(len, rows)).most_common(1) or [(1, 0)]
    share = count / len(rows) if rows else 0.0
    return (share, width) if width > 1 and share >= MIN_ALIKE else (0.0, 1)


def parse_lines(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Rows of the lines, as a spreadsheet would cut them; each line by itself where an open quote swallows many."""
    ended = [line.replace("\r", " ") + "\n" for line in lines]
    rows = list(csv.reader(ended, delimiter=delimiter))
    if 2 * len(rows) > len(lines):
        return rows
    return [next(csv.reader([line], delimiter=delimiter), []) for line in ended]


def _header_rows(rows: Sequence[Sequence[str]], mapping: FileMapping) -> int:
    if mapping.header_rows is not None:
        return min(mapping.header_rows, len(rows))
    if mapping.names:
        return int(_is_header(rows)) if len(rows) > 1 else 0
    return int(_is_header(rows))


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """A row of names, none of which is a number or a time, is a header."""
    cells = pa.array([cell for cell in rows[0] if cell.strip()], pa.string())
    values, _ = numbers.read(cells)
    maybe = cells.filter(pc.match_substring_regex(cells, times.DIGITS))
    return bool(values.null_count == len(cells) and times.read(maybe, times.Clock()).ts.null_count == len(maybe))


def _names(rows: Sequence[Sequence[str]], count: int) -> tuple[str, ...]:
    """The header's names, rows of it joined by ``|``; a column without one is called by its number."""
    width = max(len(row) for row in rows[: max(count, 1)])
    columns = [[row[i].strip() if i < len(row) else "" for row in rows[:count]] for i in range(width)]
    return tuple("|".join(cells).rstrip("|") or f"column_{i + 1}" for i, cells in enumerate(columns))


def _check_names(names: Sequence[str], rows: Sequence[Sequence[str]], mapping: FileMapping) -> None:
    if len(names) > MAX_COLUMNS:
        raise FormatError(f"The table has {len(names):,} columns, more than {MAX_COLUMNS:,}.")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        places = [str(i + 1) for i, name in enumerate(names) if name == twice[0]]
        raise MappingError(
            f"The header has {shown(twice[0])} more than once (columns {', '.join(places)}).",
            "Give every column a name of its own in a mapping file: names = [...].",
        )
    if mapping.names and rows and len(rows[-1]) != len(mapping.names):
        raise MappingError(
            f"The mapping has {len(mapping.names)} names, the rows have {len(rows[-1])} columns.",
            f"Its names are {listed(mapping.names, 40)}.",
        )


def first_rows(head: bytes, table: Table) -> list[list[str]]:
    """The first whole rows of data, as far as they have the right number of cells."""
    lines = head.decode(errors="replace").split("\n")[table.head_lines : table.head_lines + SAMPLE_ROWS]
    said = [line.rstrip("\r") for line in lines if line.strip()]
    rows = parse_lines(said[:-1] if len(said) > 1 and len(head) >= HEAD_BYTES else said, table.delimiter)
    return [row for row in rows if len(row) == len(table.names)]
