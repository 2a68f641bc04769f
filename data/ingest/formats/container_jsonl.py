"""JSON lines behind the name of their container, as ``docker compose logs`` prints them: the name is the service."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import engine, line_layout, objects, reading
from data.ingest.arrays import mask_of
from data.ingest.frames import JsonFrame, Piece
from data.ingest.job import Sample
from data.ingest.parts import reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks

SERVICE = "service"
LAYOUT = line_layout.Layout("", container=True)
WHY = "behind the container's name stands no JSON object"


def sniff(source: Source) -> tuple[Guess, ...]:
    """Containers, and objects behind most of them."""
    texts, container = line_layout.first_texts(source)
    if not container:
        return ()
    frame, share = objects.head_frame("\n".join(texts.to_pylist()).encode())
    found = reading.guesses(source, Sample(frame, objects.names(frame), mixed=True), 0.95)
    return tuple(each for each in found if each.kind == "logs") if share >= 0.5 else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    return reading.read(source, _pieces(source), _names, mixed=True)


def _names(frame: JsonFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys((SERVICE, *objects.names(frame))))


def _pieces(source: Source) -> Iterator[Piece]:
    for block in blocks(source.path, source.mapping.encoding):
        yield _piece(block)


def _piece(block: Block) -> Piece:
    texts, notes = line_layout.texts_of(block)
    texts, owners = LAYOUT.parted(texts)
    types = engine.map_text("CASE WHEN json_valid(x) THEN json_type(x) END", texts)
    good = mask_of(pc.equal(types, "OBJECT")) & ~np.array([objects.is_deep(block.line(i)) for i in range(len(block))])
    blank = mask_of(pc.equal(pc.utf8_trim_whitespace(texts), "")) & mask_of(pc.equal(owners, ""))
    rejects = [reject(block.first + int(i), WHY, block.line(i)) for i in np.flatnonzero(~good & ~blank)]
    keep, lines = pa.array(good), np.flatnonzero(good)
    frame = JsonFrame(
        lines + block.first,
        texts.filter(keep),
        lambda line: block.line(line - block.first),
        {SERVICE: pc.if_else(pc.equal(owners, ""), None, owners).filter(keep).cast(pa.string())},
    )
    return Piece(frame, [*block.too_long, *rejects], int(blank.sum()), notes)


FORMAT = Format("container_jsonl", ("logs",), sniff, open_, grows=True)
