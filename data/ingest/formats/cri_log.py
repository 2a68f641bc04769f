"""Logs of containers as Kubernetes keeps them (CRI): time, stream, a flag, the line.

The flag P says that the line goes on in the next one of its stream; F that it ends. What is put together again is one
record, the lines behind the first are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from data.ingest import levels, line_layout, reading
from data.ingest.frames import Piece, TableFrame
from data.ingest.parts import Reject, reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import MAX_LINE_BYTES, Block, blocks

LINE = (
    r"^(?P<ts>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (?P<stream>stdout|stderr) (?P<flag>[FP])(?::[^ ]*)? (?P<message>.*)$"
)
LAYOUT = line_layout.Layout(LINE)
WHY = "the line is none of a container (time stream F message)"


def sniff(source: Source) -> tuple[Guess, ...]:
    """Most lines have a stream and a flag behind the time."""
    texts, container = line_layout.first_texts(source)
    return (Guess("logs", 0.97),) if not container and LAYOUT.share(texts) >= 0.5 else ()


@dataclass(slots=True)
class _Open:
    """A record that goes on."""

    line: int
    ts: str
    stream: str
    pieces: list[str]
    raw: list[bytes]

    @property
    def size(self) -> int:
        return sum(map(len, self.raw))


@dataclass(slots=True)
class _Joined:
    """Puts lines together again; ``open`` are those that go on, by stream."""

    open: dict[str, _Open] = field(default_factory=dict)
    done: list[_Open] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    ignored: int = 0

    def read(self, block: Block) -> Piece:
        """What a block comes to."""
        texts, notes = line_layout.texts_of(block)
        for index, cut in enumerate(LAYOUT.extract(texts).to_pylist()):
            raw = block.line(index)
            if cut is not None:
                self._take(block.first + index, cut, raw)
            elif raw.strip():
                self.rejects.append(reject(block.first + index, WHY, raw))
            else:
                self.ignored += 1
        piece = self.piece()
        piece.rejects, piece.notes = [*block.too_long, *piece.rejects], notes
        return piece

    def _take(self, number: int, cut: dict[str, str], raw: bytes) -> None:
        known = self.open.pop(cut["stream"], None)
        if known is not None and known.size < MAX_LINE_BYTES:
            known.pieces.append(cut["message"])
            known.raw.append(raw)
            self.ignored += 1
        else:
            self.done.extend([known] if known else [])
            known = _Open(number, cut["ts"], cut["stream"], [cut["message"]], [raw])
        if cut["flag"] == "P":
            self.open[cut["stream"]] = known
        else:
            self.done.append(known)

    def piece(self) -> Piece:
        """The records that are whole."""
        done, rejects, ignored = sorted(self.done, key=lambda each: each.line), self.rejects, self.ignored
        self.done, self.rejects, self.ignored = [], [], 0
        raws = {each.line: b"\n".join(each.raw) for each in done}
        message = pa.array(["".join(each.pieces) for each in done], pa.string())
        columns = {
            "ts": pa.array([each.ts for each in done], pa.string()),
            "severity": levels.find(message),
            "message": message,
            "stream": pa.array([each.stream for each in done], pa.string()),
        }
        return Piece(TableFrame(np.array(list(raws), np.int64), columns, raws.__getitem__), rejects, ignored)

    def rest(self) -> Piece:
        """Records that go on at the end of the file: what there is of them."""
        self.done, self.open = list(self.open.values()), {}
        return self.piece()


def _pieces(source: Source) -> Iterator[Piece]:
    joined = _Joined()
    for block in blocks(source.path, source.mapping.encoding):
        yield joined.read(block)
    yield joined.rest()


def open_(source: Source) -> Reader:
    """See `Format`."""
    return reading.read(source, _pieces(source), lambda frame: tuple(frame.columns), mixed=False)


FORMAT = Format("cri_log", ("logs",), sniff, open_)
