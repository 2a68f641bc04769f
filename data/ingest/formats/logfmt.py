"""logfmt: ``key=value`` pairs on a line, values with spaces in quotes, keys without a value true. All keys are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.ingest import line_layout, objects, reading
from data.ingest.frames import JsonFrame, Piece
from data.ingest.job import Sample
from data.ingest.kinds import KINDS
from data.ingest.parts import reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks

_PAIR = re.compile(r'\s*([^\s="]+)(?:=("(?:[^"\\]|\\.)*"|[^\s"]\S*|))?(?=\s|$)')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
LEAST_PAIRS = 2
WHY = "the line is no list of key=value"


def pairs(text: str) -> dict[str, object] | None:
    """The pairs of a line; None where half of it or more is something else."""
    found, at, text = dict[str, object](), 0, text.strip()
    if text.count("=") < LEAST_PAIRS:
        return None
    bare = 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            return None
        found[pair[1]] = True if pair[2] is None else _value(pair[2])
        bare += pair[2] is None
        at = pair.end()
    return found if 2 * bare < len(found) else None


def _value(text: str) -> object:
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            return re.sub(r"\\(.)", r"\1", text[1:-1])
    return json.loads(text) if _NUMBER.fullmatch(text) else text


def sniff(source: Source) -> tuple[Guess, ...]:
    """Most of the first lines are pairs, and what these hold looks like a kind of data."""
    texts, _ = line_layout.first_texts(source)
    found = [said for text in texts.to_pylist() if (said := pairs(text))]
    if 2 * len(found) < max(len(texts), 1):
        return ()
    frame = _frame([(i, said, b"") for i, said in enumerate(found, start=1)])
    return reading.guesses(
        source, Sample(frame, objects.names(frame), mixed=True), 0.5 + 0.45 * len(found) / len(texts)
    )


def open_(source: Source) -> Reader:
    """See `Format`."""
    return reading.read(source, _pieces(source), objects.names, mixed=True)


def _pieces(source: Source) -> Iterator[Piece]:
    for block in blocks(source.path, source.mapping.encoding):
        yield _piece(block)


def _piece(block: Block) -> Piece:
    texts, notes = line_layout.texts_of(block)
    rows, rejects, ignored = list[tuple[int, dict[str, object], bytes]](), list(block.too_long), 0
    for index, text in enumerate(texts.to_pylist()):
        number, raw = block.first + index, block.line(index)
        said = pairs(text)
        if said is not None:
            rows.append((number, said, raw))
        elif text.strip():
            rejects.append(reject(number, WHY, raw))
        else:
            ignored += 1
    return Piece(_frame(rows), rejects, ignored, notes)


def _frame(rows: list[tuple[int, dict[str, object], bytes]]) -> JsonFrame:
    lines = np.array([number for number, _, _ in rows], np.int64)
    raws = {number: raw for number, _, raw in rows}
    return JsonFrame(lines, pa.array([json.dumps(said) for _, said, _ in rows], pa.string()), raws.__getitem__)


FORMAT = Format("logfmt", tuple(KINDS), sniff, open_, grows=True)
