"""How the lines of a log are written: what begins a record, and which pieces its first line has."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import reading, written
from data.ingest.source import Source
from data.ingest.streams import Block, is_utf8

LINES_TRIED = 300
NOT_UTF8 = "lines hold bytes that are no UTF-8; they are shown as \\x.."
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


def first_texts(source: Source) -> tuple[pa.Array, bool]:
    """The first lines that say something, without colours and containers; whether they begin with containers."""
    lines = [line for line in source.head.split(b"\n")[: LINES_TRIED + 1] if line.strip()][:LINES_TRIED]
    texts = pa.array([line.decode(errors="backslashreplace").rstrip("\r") for line in lines], pa.string())
    fits = pc.match_substring_regex(written.without_colours(texts), CONTAINER)
    container = bool((pc.mean(fits).as_py() or 0.0) > 0.9)
    return Layout("", container).parted(texts)[0], container


def texts_of(block: Block) -> tuple[pa.Array, Counter[str]]:
    """The lines as texts; bytes that are no UTF-8 are shown and noted."""
    if not is_utf8(block.data):
        lines = [block.line(i).decode(errors="backslashreplace") for i in range(len(block))]
        odd = sum(not is_utf8(block.line(i)) for i in range(len(block)))
        return pa.array(lines, pa.string()), Counter({NOT_UTF8: odd})
    offsets = np.append(block.starts, len(block.data)).astype(np.int32)
    texts = pa.StringArray.from_buffers(len(block), pa.py_buffer(offsets), pa.py_buffer(block.data))
    return pc.utf8_rtrim(texts, "\r\n"), Counter()
