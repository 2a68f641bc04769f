"""Parquet of any kind of data. The unit of account is the row.

Times that are not adjusted to UTC carry no zone and are read by ``tz``; INT96 is read as microseconds, so that years
beyond 2262 do not wrap around; lists and structs become JSON; NaN is no value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import FormatError
from data.ingest import reading
from data.ingest.frames import Piece, TableFrame
from data.ingest.job import Sample
from data.ingest.kinds import KINDS
from data.ingest.source import Format, Guess, Reader, Source

MAGIC = b"PAR1"
BATCH_ROWS = 50_000
SAMPLE_ROWS = 500
MOST_COLUMNS = 10_000
_BROKEN = (pa.ArrowException, OSError, ValueError)


def sniff(source: Source) -> tuple[Guess, ...]:
    """Its first bytes; the kind is told by the first rows."""
    if not source.head.startswith(MAGIC):
        return ()
    try:
        file = _opened(source.path)
        frame = next(_frames(file, SAMPLE_ROWS), None)
    except FormatError:
        return tuple(Guess(kind, 0.4) for kind in KINDS)
    return reading.guesses(source, Sample(frame, tuple(frame.columns)), 0.99) if frame is not None else ()


def open_(source: Source) -> Reader:
    """See `Format`. Raises `FormatError` for a file that is cut off or damaged."""
    file = _opened(source.path)
    return reading.read(source, _pieces(file), lambda frame: tuple(frame.columns), mixed=False)


def _opened(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path, coerce_int96_timestamp_unit="us", page_checksum_verification=True)
    except _BROKEN as error:
        raise FormatError("The Parquet file is damaged or was cut off.", "Copy it again.") from error
    if len(file.schema_arrow.names) > MOST_COLUMNS:
        raise FormatError(f"The table has {len(file.schema_arrow.names):,} columns, more than {MOST_COLUMNS:,}.")
    if len(set(file.schema_arrow.names)) < len(file.schema_arrow.names):
        raise FormatError("The table has two columns of one name.", "Rename one of them.")
    return file


def _pieces(file: pq.ParquetFile) -> Iterator[Piece]:
    for frame in _frames(file, BATCH_ROWS):
        yield Piece(frame)


def _frames(file: pq.ParquetFile, rows: int) -> Iterator[TableFrame]:
    first = 1
    batches = file.iter_batches(rows, use_threads=False)
    while True:
        try:
            batch = next(batches, None)
        except _BROKEN as error:
            raise FormatError("The Parquet file is damaged.", "Copy it again.") from error
        if batch is None:
            return
        if batch.num_rows:
            yield _frame(batch, first)
            first += batch.num_rows


def _frame(batch: pa.RecordBatch, first: int) -> TableFrame:
    columns = {name: texts(batch.column(i)) for i, name in enumerate(batch.schema.names)}

    def raw(line: int) -> bytes:
        said = {name: cells[line - first].as_py() for name, cells in columns.items()}
        return json.dumps({name: cell for name, cell in said.items() if cell is not None}, ensure_ascii=False).encode()

    return TableFrame(np.arange(first, first + batch.num_rows), columns, raw)


def texts(column: pa.Array) -> pa.Array:
    """A column as texts, NULL where it holds nothing."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        return _times(column)
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_nan(column), None, column).cast(pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _of_python(column, lambda value: value.decode(errors="backslashreplace"))
    if pa.types.is_nested(kind):
        return _of_python(column, lambda value: json.dumps(value, ensure_ascii=False, default=str))
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        return _of_python(column, str)


def _times(column: pa.Array) -> pa.Array:
    """ISO 8601 in microseconds, with a Z where the column is adjusted to UTC."""
    micros = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.timestamp("us"))
    found = micros.cast(pa.string())
    return pc.binary_join_element_wise(found, "Z", "") if column.type.tz else found


def _of_python(column: pa.Array, text: Callable[[Any], str]) -> pa.Array:
    return pa.array([None if value is None else text(value) for value in column.to_pylist()], pa.string())


FORMAT = Format("parquet", tuple(KINDS), sniff, open_)
