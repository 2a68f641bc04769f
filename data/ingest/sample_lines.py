"""Cuts lines of the Prometheus text format into key, value and time.

Most lines are parted by single blanks and go through Arrow's reader; the others go through one expression.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data.ingest.arrays import Mask, mask_of
from data.ingest.streams import Block, is_utf8
from data.schemas import TIME

QUOTED = r'"(?:[^"\\]|\\.)*"'
_LABELS = rf'(?:[^"}}]|{QUOTED})*'
VALUE = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|Inf|inf|NaN|nan)"
LINE = (
    r"^[ \t]*(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)?"
    rf"(?:[ \t]*\{{(?P<labels>{_LABELS})\}})?[ \t]*"
    rf"(?P<value>{VALUE})"
    r"(?:[ \t]+(?P<ts>-?[0-9][0-9.eE+]*))?(?:[ \t]+(?P<exemplar>#.*))?[ \t]*$"
)
_GROUPS = ("name", "labels", "value", "ts", "exemplar")
_KEY, _TS = rf"^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{{{_LABELS}\}})?$", r"^-?[0-9][0-9.eE+]*$"
TRIED = 200


@dataclass(frozen=True, slots=True)
class Cells:
    """Samples: their rows in the block ``(n,)``, and key (``name{labels``), value and time as texts."""

    rows: npt.NDArray[np.int64]
    key: pa.Array
    value: pa.Array
    ts: pa.Array


def cells(block: Block, texts: pa.Array, silent: Mask) -> Iterator[Cells]:
    """The samples of a block: lines that blanks alone part go through Arrow's reader, others through one expression."""
    left = ~silent
    short = plain(block, left) if left.any() else None
    if short is not None:
        left[short.rows] = False
        yield short
    rows = np.flatnonzero(left)
    if len(rows):
        yield careful(texts.take(pa.array(rows)), rows)


def careful(texts: pa.Array, rows: npt.NDArray[np.int64]) -> Cells:
    """The samples among these lines, whatever they look like; ``rows`` are theirs in the block."""
    found = pc.extract_regex(texts, LINE)
    good = mask_of(pc.is_valid(found))
    some = found.filter(pa.array(good))
    cells = {name: pc.struct_field(some, [i]) for i, name in enumerate(_GROUPS)}
    key = pc.binary_join_element_wise(cells["name"], cells["labels"], "{")
    return Cells(rows[good], key, cells["value"], cells["ts"])


def plain(block: Block, loud: Mask) -> Cells | None:
    """The lines that are a key, a number and perhaps a time, cut at single blanks; None where Arrow was misled."""
    width = _width(block, loud)
    if not width or not is_utf8(block.data):
        return None
    wrong: list[int] = []
    table = _arrow(block.data, ["key", "value", "ts"][:width], wrong)
    if table.num_rows + len(wrong) != len(block):
        return None
    rows = np.delete(np.arange(len(block)), wrong)
    key, value = table["key"].combine_chunks(), table["value"].combine_chunks()
    ts = table["ts"].combine_chunks() if width == 3 else pa.repeat("", len(rows))
    fits = loud[rows] & _are_keys(key) & _are_numbers(value) & (_are_times(ts) if width == 3 else True)
    if fits.all():
        return Cells(rows, key, value, ts)
    keep = pa.array(fits)
    return Cells(rows[fits], key.filter(keep).cast(pa.string()), value.filter(keep), ts.filter(keep))


def _width(block: Block, loud: Mask) -> int:
    """Cells of most of the first samples: 2, 3 with a time; 0 where they are neither."""
    most = Counter(block.line(row).count(b" ") + 1 for row in np.flatnonzero(loud)[:TRIED]).most_common(1)
    return most[0][0] if most and most[0][0] in (2, 3) else 0


def _arrow(data: bytes, names: list[str], wrong: list[int]) -> pa.Table:
    """Cells as texts, keys numbered. ``wrong`` receives the rows (0 = first) with another number of cells."""

    def skip(row: pacsv.InvalidRow) -> str:
        wrong.append(row.number - 1)
        return "skip"

    kinds = {name: pa.dictionary(pa.int32(), pa.string()) if name == "key" else pa.string() for name in names}
    return pacsv.read_csv(
        pa.py_buffer(data),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        parse_options=pacsv.ParseOptions(
            delimiter=" ", quote_char=False, invalid_row_handler=skip, ignore_empty_lines=False
        ),
        convert_options=pacsv.ConvertOptions(column_types=kinds, strings_can_be_null=False, check_utf8=False),
    )


def _are_keys(coded: pa.DictionaryArray) -> Mask:
    each = mask_of(pc.match_substring_regex(coded.dictionary, _KEY))
    which: Mask = each[coded.indices.to_numpy(zero_copy_only=False)] if len(each) else np.zeros(len(coded), bool)
    return which


def _are_numbers(texts: pa.Array) -> Mask:
    """Which texts are values; what Arrow reads as a finite number is one."""
    try:
        if pc.all(pc.is_finite(texts.cast(pa.float64())), min_count=0).as_py():
            return np.ones(len(texts), bool)
    except pa.ArrowInvalid:
        pass
    return mask_of(pc.match_substring_regex(texts, rf"^{VALUE}$"))


def _are_times(texts: pa.Array) -> Mask:
    """Which texts may be times; 0x10 is a number to Arrow, and none here."""
    if not pc.any(pc.starts_with(texts, "0")).as_py() and milliseconds(texts) is not None:
        return np.ones(len(texts), bool)
    return mask_of(pc.match_substring_regex(texts, _TS))


def milliseconds(texts: pa.Array) -> pa.Array | None:
    """The times, where all are whole milliseconds of 1973 to 2200: most files go this short way."""
    try:
        numbers = texts.cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    bounds = pc.min_max(numbers).as_py()
    if bounds["min"] is None or bounds["min"] < 100_000_000_000 or bounds["max"] >= 7_258_118_400_000:
        return None
    return pc.multiply(numbers, 1000).cast(TIME)
