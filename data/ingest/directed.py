"""Tables whose lines of ``#`` say what their columns are, and may say it anew further down (W3C logs, Zeek)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from data.ingest.frames import Piece, TableFrame
from data.ingest.parts import Reject, reject
from data.ingest.source import Source
from data.ingest.streams import Block, blocks

Said = dict[str, str]
Columns = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """``says`` is key and words of a line of ``#``; ``names`` of what was said are the columns; ``cut`` cuts a row.

    ``finish`` gets the columns of rows that stand below the same directives, and what these say.
    """

    says: Callable[[str], tuple[str, str]]
    names: Callable[[Said], tuple[str, ...]]
    cut: Callable[[str, Said], list[str]]
    finish: Callable[[Columns, Said], Columns]


@dataclass(slots=True)
class _Rows:
    """Rows below the same directives."""

    names: tuple[str, ...]
    rows: dict[int, tuple[list[str], bytes]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    ignored: int = 0

    def add(self, number: int, cells: list[str], raw: bytes) -> None:
        """Take a row, or refuse it."""
        if not self.names:
            self.rejects.append(reject(number, "no line above says what the columns are (#Fields)", raw))
        elif len(cells) != len(self.names):
            why = f"the row has {len(cells)} cells, the line of #Fields above names {len(self.names)}"
            self.rejects.append(reject(number, why, raw))
        else:
            self.rows[number] = (cells, raw)

    def piece(self, said: Said, dialect: Dialect) -> Piece:
        """The rows as they are read."""
        found = {name: [cells[i] for cells, _ in self.rows.values()] for i, name in enumerate(self.names)}
        finished = dialect.finish(found, said) if self.rows else {}
        columns = {name: pa.array(cells, pa.string()) for name, cells in finished.items()}
        rows = self.rows
        frame = TableFrame(np.array(list(rows), np.int64), columns, lambda line: rows[line][1])
        return Piece(frame, self.rejects, self.ignored)


def pieces(source: Source, dialect: Dialect) -> Iterator[Piece]:
    """The rows of a file. Lines of ``#`` and blank ones are ignored."""
    said: Said = {}
    for block in blocks(source.path, source.mapping.encoding):
        yield from _block(block, said, dialect)


def _block(block: Block, said: Said, dialect: Dialect) -> Iterator[Piece]:
    rows = _Rows(dialect.names(said), rejects=list(block.too_long))
    for index in range(len(block)):
        raw = block.line(index)
        if raw.startswith(b"#"):
            if rows.rows:
                yield rows.piece(said, dialect)
                rows = _Rows(())
            key, words = dialect.says(raw.decode(errors="backslashreplace"))
            said[key] = words
            rows.names = dialect.names(said)
        elif raw.strip():
            rows.add(block.first + index, dialect.cut(raw.decode(errors="backslashreplace"), said), raw)
            continue
        rows.ignored += 1
    yield rows.piece(said, dialect)


def head_says(source: Source, dialect: Dialect) -> Said:
    """What the first lines of ``#`` say."""
    lines = source.head.decode(errors="replace").split("\n")[:100]
    return dict(dialect.says(line.rstrip("\r")) for line in lines if line.startswith("#"))
