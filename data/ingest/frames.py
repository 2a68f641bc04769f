"""Records of a piece of a file before anyone knows what they mean: named texts, and where each record stood.

A table (CSV) and JSON objects answer the same questions, so that every kind of data is read from both by one module.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import engine
from data.ingest.arrays import NO_TEXT, Mask, bytes_of
from data.ingest.names import prefixes
from data.ingest.parts import Reject

Lines = npt.NDArray[np.int64]
SAMPLE = 500
JSON_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_BEGINS_NUMBER = np.isin(np.arange(256), list(b"-0123456789"))


class Frame(Protocol):
    """``lines`` are line numbers ``(n,)``; every array of texts is ``(n,)`` with NULL where there is nothing."""

    @property
    def lines(self) -> Lines:
        """Line numbers."""
        ...

    def text(self, name: str) -> pa.Array:
        """The texts of a column; all NULL when there is no such column."""
        ...

    def has(self, name: str) -> bool:
        """Whether some record may have the column."""
        ...

    def with_texts(self, names: Collection[str]) -> Frame:
        """The same, with these columns at hand: asking for them one by one may be slower."""
        ...

    def rest(self, used: Collection[str]) -> pa.Array:
        """All columns but ``used`` as one JSON object per record; NULL where nothing is left."""
        ...

    def raw(self, index: int | np.integer[Any]) -> bytes:
        """The bytes that the record was read from."""
        ...

    def is_blank(self, index: int) -> bool:
        """Whether a record says nothing at all."""
        ...

    def take(self, keep: Mask) -> Frame:
        """Only the records where ``keep`` is true."""
        ...

    def with_columns(self, columns: Mapping[str, pa.Array]) -> Frame:
        """With more columns, which hide others of the same name."""
        ...


@dataclass(slots=True)
class Piece:
    """A piece of a file: its records, the lines that are none, and how many lines say nothing."""

    frame: Frame
    rejects: list[Reject] = field(default_factory=list)
    ignored: int = 0
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class TableFrame:
    """Rows of a table, all cells as text. ``raw_line`` gives the bytes of the record that begins at a line."""

    lines: Lines
    columns: Mapping[str, pa.Array]
    raw_line: Callable[[int], bytes]

    def has(self, name: str) -> bool:
        """See `Frame`."""
        return name in self.columns

    def text(self, name: str) -> pa.Array:
        """See `Frame`; an empty cell is nothing."""
        known = next((prefix for prefix in prefixes(name) if prefix in self.columns), None)
        if known is None:
            return pa.nulls(len(self.lines), pa.string())
        cells = _some(self.columns[known])
        return inside(cells, name[len(known) + 1 :])

    def with_texts(self, names: Collection[str]) -> TableFrame:  # noqa: ARG002
        """See `Frame`: all cells are texts already."""
        return self

    def rest(self, used: Collection[str]) -> pa.Array:
        """See `Frame`; numbers keep their digits as written."""
        return json_objects({name: self.text(name) for name in self.columns if name not in used}, len(self.lines))

    def raw(self, index: int | np.integer[Any]) -> bytes:
        """See `Frame`."""
        return self.raw_line(int(self.lines[index]))

    def is_blank(self, index: int) -> bool:
        """See `Frame`: all cells are empty."""
        return not any(cells[index].as_py() for cells in self.columns.values())

    def take(self, keep: Mask) -> TableFrame:
        """See `Frame`."""
        if keep.all():
            return self
        mask = pa.array(keep)
        kept = {name: cells.filter(mask) for name, cells in self.columns.items()}
        return replace(self, lines=self.lines[keep], columns=kept)

    def with_columns(self, columns: Mapping[str, pa.Array]) -> TableFrame:
        """See `Frame`."""
        return replace(self, columns={**self.columns, **columns})


@dataclass(frozen=True, slots=True)
class JsonFrame:
    """JSON objects, one text each; a column is a key, or ``a.b`` for a key inside an object.

    ``asked`` gathers the names that were asked for: of the next objects all of them can be found in one pass.
    """

    lines: Lines
    objects: pa.Array
    raw_line: Callable[[int], bytes]
    extra: Mapping[str, pa.Array] = field(default_factory=dict)
    keys: Mapping[str, pa.Array] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """See `Frame`."""
        return pc.any(pc.is_valid(self.text(name))).as_py() is True

    def text(self, name: str) -> pa.Array:
        """See `Frame`; a key that holds the dots itself goes before a path. Objects and lists come as JSON."""
        if name in self.extra:
            return self.extra[name]
        found = self.with_texts([name]).keys[name]
        return pc.coalesce(found, inside(self.objects, name)) if "." in name and found.null_count else found

    def with_texts(self, names: Collection[str]) -> JsonFrame:
        """See `Frame`: one pass over the objects finds all of them."""
        self.asked.update(dict.fromkeys(names))
        missing = [name for name in names if name not in self.keys]
        return replace(self, keys={**self.keys, **keys_of(self.objects, missing)}) if missing else self

    def rest(self, used: Collection[str]) -> pa.Array:
        """See `Frame`; a key inside an object stays where it is."""
        patch = json.dumps(dict.fromkeys(used))
        kept = engine.map_text("nullif(json_merge_patch(x, ?)::VARCHAR, '{}')", self.objects, [patch])
        added = json_objects({name: texts for name, texts in self.extra.items() if name not in used}, len(self.lines))
        if added.null_count == len(added):
            return kept
        table = pa.table({"a": kept, "b": added})
        sql = "SELECT CASE WHEN b IS NULL THEN a ELSE json_merge_patch(coalesce(a, '{}'), b)::VARCHAR END AS y FROM t"
        return engine.flat(engine.run(sql, table)["y"])

    def raw(self, index: int | np.integer[Any]) -> bytes:
        """See `Frame`."""
        return self.raw_line(int(self.lines[index]))

    def is_blank(self, index: int) -> bool:
        """See `Frame`: an object without keys."""
        return str(self.objects[index].as_py()).strip() == "{}"

    def take(self, keep: Mask) -> JsonFrame:
        """See `Frame`."""
        if keep.all():
            return self
        mask = pa.array(keep)
        extra = {name: texts.filter(mask) for name, texts in self.extra.items()}
        keys = {name: texts.filter(mask) for name, texts in self.keys.items()}
        return replace(self, lines=self.lines[keep], objects=self.objects.filter(mask), extra=extra, keys=keys)

    def with_columns(self, columns: Mapping[str, pa.Array]) -> JsonFrame:
        """See `Frame`."""
        return replace(self, extra={**self.extra, **columns})


def keys_of(objects: pa.Array, names: Collection[str]) -> dict[str, pa.Array]:
    """The texts of keys of objects, NULL for what says nothing. Raises `duckdb.Error` for a text that is no JSON."""
    columns = ", ".join(f"nullif(v[{i + 1}], '') AS c{i}" for i in range(len(names)))
    sql = f"SELECT {columns} FROM (SELECT json_extract_string(x, ?) AS v FROM t)"  # noqa: S608 our own words
    found = engine.run(sql, pa.table({"x": objects}), [[pointer(name) for name in names]])
    return {name: engine.flat(found.column(i)) for i, name in enumerate(names)}


def _some(texts: pa.Array) -> pa.Array:
    """The texts with NULL in place of empty ones."""
    empty = pc.equal(texts, "")
    return pc.if_else(empty, NO_TEXT, texts) if pc.any(empty).as_py() else texts


def head(frame: Frame, count: int = SAMPLE) -> Frame:
    """The first records."""
    return frame.take(np.arange(len(frame.lines)) < count)


def table_of(rows: Sequence[Sequence[str]], names: Sequence[str]) -> TableFrame:
    """A frame of rows that are at hand, numbered from 1."""
    columns = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)}
    return TableFrame(np.arange(1, len(rows) + 1), columns, lambda _: b"")


def pointer(key: str) -> str:
    """A JSON pointer (RFC 6901), in which no key can be mistaken for syntax."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def inside(texts: pa.Array, path: str) -> pa.Array:
    """What ``a.b`` finds in JSON texts, whether a is an object or a text that is JSON again."""
    for key in path.split(".") if path else ():
        texts = engine.map_text("CASE WHEN json_valid(x) THEN json_extract_string(x, ?) END", texts, [pointer(key)])
    return texts


def json_objects(columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """One JSON object per row of texts, without the cells that hold nothing; NULL where none is left."""
    said = {name: texts for name, texts in columns.items() if texts.null_count < len(texts)}
    if not said:
        return pa.nulls(rows, pa.string())
    full = next((i for i, texts in enumerate(said.values()) if not texts.null_count), len(said))
    members = [_member(name, texts, i - full) for i, (name, texts) in enumerate(said.items())]
    if full < len(said):  # what is in every object parts the others: their commas stand on its side
        return _joined(["{", *chain.from_iterable(members), "}"])
    joined = _joined(list(chain.from_iterable(members)))
    objects = pc.binary_join_element_wise("{", pc.utf8_rtrim(joined, ","), "}", "")
    return pc.if_else(pc.equal(joined, ""), NO_TEXT, objects)


def _member(name: str, texts: pa.Array, side: int) -> list[pa.Array | str]:
    """A member of an object in pieces: its name, its value, a comma behind (``side`` < 0) or before it (> 0).

    Empty where there is no value.
    """
    value, quote = _value(texts)
    before = f"{',' * (side > 0)}{json.dumps(name, ensure_ascii=False)}:{quote}"
    pieces = [before, value, quote + "," * (side < 0)]
    return [pc.fill_null(_joined(pieces), "")] if texts.null_count else pieces


def _joined(pieces: list[pa.Array | str]) -> pa.Array:
    """The pieces one behind the other, as few as they can be; NULL where one is."""
    few: list[pa.Array | str] = []
    for piece in pieces:
        if few and isinstance(piece, str) and isinstance(few[-1], str):
            few[-1] += piece
        else:
            few.append(piece)
    return pc.binary_join_element_wise(*few, "")


def _value(texts: pa.Array) -> tuple[pa.Array, str]:
    """The values of members, and the quote that still belongs around all of them."""
    certain = _are_numbers(texts)
    if certain is not None:
        if certain:
            return texts, ""
        return (texts, '"') if _needs_no_escape(texts) else (engine.map_text("to_json(x)::VARCHAR", texts), "")
    numbers = pc.fill_null(pc.match_substring_regex(texts, f"^(?:{JSON_NUMBER})$"), False)
    if pc.all(pc.or_(numbers, pc.is_null(texts))).as_py():
        return texts, ""
    if _needs_no_escape(texts):
        if not pc.any(numbers).as_py():
            return texts, '"'
        return pc.if_else(numbers, texts, pc.binary_join_element_wise('"', texts, '"', "")), ""
    return pc.if_else(numbers, texts, engine.map_text("to_json(x)::VARCHAR", texts)), ""


def _are_numbers(texts: pa.Array) -> bool | None:
    """Whether all that is said are numbers, or none is; None where that takes a closer look than at single bytes."""
    codes, at = bytes_of(texts)
    lengths = np.diff(at)
    first, long = codes[at[:-1][lengths > 0]], lengths[lengths > 0] > 1
    if not _BEGINS_NUMBER[first].any():
        return False
    whole = codes.min() >= 48 and codes.max() <= 57 and not (long & (first == 48)).any()
    return True if whole and len(first) + texts.null_count == len(texts) else None


def _needs_no_escape(texts: pa.Array) -> bool:
    """Whether no text holds a quote, a backslash or a control character; looked for in all bytes at once."""
    codes, _ = bytes_of(texts)
    data = codes.tobytes()
    return b'"' not in data and b"\\" not in data and (not data or int(codes.min()) >= 32)
