"""JSON lines as frames: one object a line; a line that is none, or is nested absurdly deep, costs only itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import FormatError
from data.ingest import engine
from data.ingest.arrays import mask_of
from data.ingest.frames import JsonFrame, Piece, keys_of
from data.ingest.names import ALIASES, plain
from data.ingest.parts import Reject, listed, reject
from data.ingest.streams import Block, blocks, is_utf8, read_whole

MAX_DEPTH = 500
SAMPLE = 500
NESTED_LEVELS = 3
ASKED_AT_ONCE = 32
NOT_UTF8 = "lines hold bytes that are no UTF-8; they are shown as \ufffd"
_LIST = re.compile(r"\[\s*\{")
_TYPE = "CASE WHEN json_valid(x) THEN json_type(x) END"


def read_lines(path: Path, encoding: str = "") -> Iterator[Piece]:
    """The objects of a JSON lines file, a block at a time."""
    asked: tuple[str, ...] = ()
    for block in blocks(path, encoding):
        piece = _piece(block, asked)
        yield piece
        asked = tuple(piece.frame.asked)[:ASKED_AT_ONCE]


def read_document(path: Path, records: str, encoding: str = "") -> Piece:
    """The records of a JSON document: the list it is, its only list of objects, or what the path ``records`` finds.

    They are numbered from 1. Raises `FormatError`.
    """
    text = read_whole(path, encoding).decode(errors="replace")
    if engine.map_text("json_valid(x)", pa.array([text]))[0].as_py() is not True:
        raise FormatError("The file is no valid JSON document.", "If each line is an object, state format = 'jsonl'.")
    found = _extract(text, records or _records_path(text))
    types = engine.map_text(_TYPE, found)
    objects = mask_of(pc.equal(types, "OBJECT"))
    lines = np.arange(1, len(found) + 1)

    def raw(line: int) -> bytes:
        return str(found[line - 1].as_py()).encode()

    rejects = [reject(line, "the record is no JSON object", raw(int(line))) for line in lines[~objects]]
    return Piece(JsonFrame(lines[objects], found.filter(pa.array(objects)), raw), rejects)


def _extract(text: str, path: str) -> pa.Array:
    try:
        table = engine.run("SELECT json_extract(x, ?)::VARCHAR[] AS y FROM t", pa.table({"x": [text]}), [path])
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise FormatError(f"records = {path!r} finds no list of records.", 'Write it like "$.items[*]".') from error
    return engine.flat(table["y"]).flatten()


def _records_path(text: str) -> str:
    if text.lstrip().startswith("["):
        return "$[*]"
    document = _loaded(text)
    lists = [key for key, value in document.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(lists) != 1:
        raise FormatError(
            f"The JSON document is no list of records. Its keys are {listed(document)}.",
            'Say in a mapping file where they are, for example records = "$.items[*]".',
        )
    return f"$.{json.dumps(lists[0])}[*]"


def _loaded(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:  # DuckDB takes more for JSON than Python does
        raise FormatError(
            "The JSON document is nested too deeply, or holds a number of thousands of digits."
        ) from error
    if not isinstance(document, dict):
        raise FormatError("The JSON document is neither an object nor a list.")
    return document


def head_frame(head: bytes) -> tuple[JsonFrame, float]:
    """The objects among the first whole lines, and which share of the lines they are."""
    lines = head.split(b"\n")[: 1 + SAMPLE]
    whole = [line for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()]
    frame = _frame_of([text for line in whole if (text := _object(line)) is not None])
    return frame, len(frame.lines) / max(len(whole), 1)


def document_head(head: bytes) -> JsonFrame:
    """The first records of a document's list of objects, as far as the first bytes reach."""
    text = head.decode(errors="replace")
    start = _LIST.search(text)
    found: list[str] = []
    at = start.end() - 1 if start else len(text)
    while at < len(text) and len(found) < SAMPLE:
        try:
            value, end = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(json.dumps(value))
        at = end + len(text[end:]) - len(text[end:].lstrip(", \t\r\n"))
    return _frame_of([each for each in found if each.startswith("{")])


def _object(line: bytes) -> str | None:
    text = line.decode(errors="replace")
    if not text.lstrip().startswith("{"):
        return None
    try:
        return text if isinstance(json.loads(text), dict) else None
    except (ValueError, RecursionError):
        return None


def _frame_of(texts: list[str]) -> JsonFrame:
    """A frame of what DuckDB takes for JSON too: half a surrogate is none."""
    valid = engine.map_text("json_valid(x)", pa.array(texts, pa.string())).to_pylist()
    texts = [text for text, good in zip(texts, valid, strict=True) if good]
    return JsonFrame(np.arange(1, len(texts) + 1), pa.array(texts, pa.string()), lambda _: b"")


@dataclass(slots=True)
class _Objects(Piece):
    """A piece whose frame says what was asked of it."""

    frame: JsonFrame


def _piece(block: Block, asked: Sequence[str] = ()) -> _Objects:
    """The objects of a block, with the keys that were ``asked`` of the one before it at hand."""
    texts, notes = _texts(block)
    blank = np.fromiter((not block.line(i).strip() for i in _short(block)), bool, len(_short(block)))
    ignored = np.zeros(len(block), bool)
    ignored[_short(block)] = blank
    said = texts.filter(pa.array(~ignored)) if ignored.any() else texts
    keys = _at_once(block, said, asked)
    if keys is not None:
        lines = np.flatnonzero(~ignored) + block.first
        whole = JsonFrame(lines, said, lambda line: block.line(line - block.first), keys=keys)
        return _Objects(whole, list(block.too_long), int(ignored.sum()), notes)
    types = _types(texts)
    objects = mask_of(pc.equal(types, "OBJECT")) & ~ignored
    deep = [i for i in np.flatnonzero(objects & (block.ends - block.starts > 2 * MAX_DEPTH)) if is_deep(block.line(i))]
    objects[deep] = False
    rejects = [_why(block, int(i), types, deep) for i in np.flatnonzero(~objects & ~ignored)]
    lines = np.flatnonzero(objects)
    frame = JsonFrame(lines + block.first, texts.filter(pa.array(objects)), lambda line: block.line(line - block.first))
    return _Objects(frame, [*block.too_long, *rejects], int(ignored.sum()), notes)


def _at_once(block: Block, texts: pa.Array, asked: Sequence[str]) -> dict[str, pa.Array] | None:
    """The keys asked for, where all texts are objects and none could be nested too deeply; otherwise None.

    A text that begins with a brace is an object or no JSON at all, and of that DuckDB's reader says so.
    """
    if not asked or not _begin_as_objects(texts) or (block.ends - block.starts > 2 * MAX_DEPTH).any():
        return None
    try:
        return keys_of(texts, asked)
    except duckdb.InvalidInputException:
        return None


def _begin_as_objects(texts: pa.Array) -> bool:
    return pc.all(pc.starts_with(texts, "{"), min_count=0).as_py() is True


def _types(texts: pa.Array) -> pa.Array:
    """What each line is, NULL where it is no JSON; nothing is read twice where all are."""
    try:
        return engine.map_text("json_type(x)", texts)
    except duckdb.InvalidInputException:
        return engine.map_text(_TYPE, texts)


def _short(block: Block) -> npt.NDArray[np.int64]:
    return np.flatnonzero(block.ends - block.starts < 2)


def _texts(block: Block) -> tuple[pa.Array, Counter[str]]:
    """The lines as texts that share the block's bytes, where these are UTF-8."""
    if not is_utf8(block.data):
        lines = [block.line(i).decode(errors="replace") for i in range(len(block))]
        return pa.array(lines, pa.string()), Counter({NOT_UTF8: sum("\ufffd" in line for line in lines)})
    offsets = np.append(block.starts, len(block.data)).astype(np.int32)
    return pa.StringArray.from_buffers(len(block), pa.py_buffer(offsets), pa.py_buffer(block.data)), Counter()


def is_deep(line: bytes) -> bool:
    """Whether the brackets of a line are nested absurdly deep."""
    if len(line) <= MAX_DEPTH:
        return False
    codes = np.frombuffer(line, np.uint8)
    step = np.isin(codes, [91, 123]).astype(np.int32) - np.isin(codes, [93, 125])
    return bool(np.cumsum(step).max() > MAX_DEPTH)


def _why(block: Block, index: int, types: pa.Array, deep: list[Any]) -> Reject:
    line, kind = block.line(index), types[index].as_py()
    if index in deep:
        reason = f"the line is nested deeper than {MAX_DEPTH} levels"
    elif kind is None:
        reason = "the line is no valid JSON"
    else:
        reason = f"the line is JSON but no object ({str(kind).lower()})"
    return reject(block.first + index, reason, line)


def names(frame: JsonFrame) -> tuple[str, ...]:
    """The keys of the first objects in order of appearance: first the outer ones, then those inside as ``a.b``.

    A key that holds an object is named by what is inside, but for objects of features, which are taken as a whole.
    """
    found: dict[str, int] = {}
    for text in frame.objects.slice(0, SAMPLE).to_pylist():
        if len(text) < 1 << 16:
            _collect(json.loads(text), "", 0, found)
    return tuple(sorted(found, key=found.__getitem__))


def _collect(value: dict[str, Any], prefix: str, level: int, found: dict[str, int]) -> None:
    for key, inner in value.items():
        if isinstance(inner, dict) and level < NESTED_LEVELS and plain(key) not in ALIASES["features"]:
            _collect(inner, f"{prefix}{key}.", level + 1, found)
        else:
            found.setdefault(prefix + key, level)
