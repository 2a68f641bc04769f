"""Immutable segments: sorted, zstd Parquet files, named by kind and first day, durable once written.

A segment never splits a day unless the day is huge, and a run of sparse days shares one: years of daily samples make
one small file, not thousands. Pruning rests on ``min_ts``/``max_ts``, never on the folder.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import DataError, StoreError
from data.schemas import BY_KIND, SORT_KEYS, TIME_COLUMN

MIN_ROWS = 50_000
MAX_ROWS = 2_000_000
ROW_GROUP_ROWS = 8_192  # one series of many is read 3 times faster than from groups of 65,536, the whole as fast
LONG = ("attributes", "features", "raw")  # nobody asks for those between two of them
UNDATED = "undated"
_DAY_US = 86_400_000_000
ALL_DIFFER = ("attributes", "features", "prediction_id", "raw")  # a dictionary of them would hold every row


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """One segment file. ``path`` is relative to the home; ``max_ts`` is the last time in it, inclusive.

    ``services`` and ``models`` are the names that its rows carry themselves.
    """

    path: str
    kind: str
    day: date | None
    rows: int
    bytes: int
    min_ts: datetime | None
    max_ts: datetime | None
    services: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


def write_segments(home: Path, kind: str, table: pa.Table) -> tuple[SegmentInfo, ...]:
    """Write ``table`` (columns of ``BY_KIND[kind]``) as durable segments; invisible until they are committed."""
    if kind not in BY_KIND:
        raise DataError(f"There is no kind of segment named {kind!r}.", f"Known are {', '.join(BY_KIND)}.")
    table = table.select(BY_KIND[kind].names).cast(BY_KIND[kind])
    return tuple(_write(home, kind, part) for part in _parts(kind, table))


def _parts(kind: str, table: pa.Table) -> Iterator[pa.Table]:
    column = TIME_COLUMN[kind]
    if column is None:
        yield from _chunks(kind, table)
        return
    dated = table
    if table[column].null_count:
        undated = pc.is_null(table[column])
        yield from _chunks(kind, table.filter(undated))
        dated = table.filter(pc.invert(undated))
    runs = _runs(sort(dated, [column]), column)
    yield from (chunk for run in runs for chunk in _chunks(kind, run))


def _runs(table: pa.Table, column: str) -> Iterator[pa.Table]:
    """Slices of a table sorted by time, cut at midnights once they hold `MIN_ROWS`."""
    days = table[column].cast(pa.int64()).to_numpy() // _DAY_US
    start = length = 0
    for count in np.diff(np.flatnonzero(np.diff(days, prepend=days[:1] - 1, append=days[-1:] + 1))):
        length += int(count)
        if length >= MIN_ROWS:
            yield table.slice(start, length)
            start, length = start + length, 0
    if length:
        yield table.slice(start, length)


def _chunks(kind: str, table: pa.Table) -> Iterator[pa.Table]:
    for offset in range(0, table.num_rows, MAX_ROWS):
        yield sort(table.slice(offset, MAX_ROWS), SORT_KEYS[kind])


def sort(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The table by ``keys``, rows with the same keys in the order in which they stood.

    NumPy sorts codes of 16 bits in one pass, and finds at once what is sorted: most files are, by time.
    """
    order = None
    for key in reversed(keys):
        codes = _codes(table[key])
        codes = codes if order is None else codes[order]
        if codes.size and (codes[1:] < codes[:-1]).any():
            again = np.argsort(codes, kind="stable")
            order = again if order is None else order[again]
    return table if order is None else table.take(pa.array(order))


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.signedinteger]:
    """Whole numbers in the order of the values, NULL last; times as they are, others numbered, small where few."""
    if pa.types.is_timestamp(column.type) and not column.null_count:
        moments: npt.NDArray[np.int64] = column.cast(pa.int64()).to_numpy()
        return moments
    coded = column.combine_chunks().dictionary_encode()
    rank = pc.rank(coded.dictionary, sort_keys="ascending", tiebreaker="first").to_numpy()
    small = np.int16 if len(rank) < np.iinfo(np.int16).max else np.int64
    ranks = np.append(rank, len(rank) + 1).astype(small)
    codes: npt.NDArray[np.signedinteger] = ranks[pc.fill_null(coded.indices, len(rank)).to_numpy()]
    return codes


def _write(home: Path, kind: str, table: pa.Table) -> SegmentInfo:
    first, last = _span(kind, table)
    name = f"{uuid.uuid4().hex}.parquet"
    temporary = home / "tmp" / name
    folder = home / "segments" / kind / (first.date().isoformat() if first else UNDATED)
    _make_folder(temporary.parent)
    _make_folder(folder)
    with _words(temporary):
        _write_parquet(table, temporary)
        _flush(temporary, mode=0o400)
        temporary.rename(folder / name)
        _flush(folder)
    return SegmentInfo(
        path=(folder / name).relative_to(home).as_posix(),
        kind=kind,
        day=first.date() if first else None,
        rows=table.num_rows,
        bytes=(folder / name).stat().st_size,
        min_ts=first,
        max_ts=last,
        services=_names(table, "service"),
        models=_names(table, "model"),
    )


@contextmanager
def _words(temporary: Path) -> Iterator[None]:
    """What is half written goes at once: where the disk is full, its room is needed. Raises `StoreError`."""
    try:
        yield
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StoreError(
            f"A segment cannot be written: {reason}.", "Nothing was changed; make room on the disk, then try again."
        ) from error


def _write_parquet(table: pa.Table, path: Path) -> None:
    """Times and line numbers rise in small steps: as differences they take a third less room than as a dictionary."""
    stepping = [f.name for f in table.schema if pa.types.is_timestamp(f.type) or f.name == "line"]
    plain = {*stepping, *(name for name in table.column_names if name in ALL_DIFFER or _differs(table, name))}
    pq.write_table(
        table,
        path,
        compression="zstd",
        row_group_size=ROW_GROUP_ROWS,
        use_dictionary=[name for name in table.column_names if name not in plain],
        write_statistics=[name for name in table.column_names if name not in LONG],
        column_encoding=dict.fromkeys(stepping, "DELTA_BINARY_PACKED"),
    )


def _differs(table: pa.Table, name: str) -> bool:
    """Whether most values of a group of rows differ: then a dictionary of them takes more room, and more time."""
    if name not in ("value", "message"):
        return False
    some = table[name].slice(table.num_rows // 2, ROW_GROUP_ROWS)
    return bool(pc.count_distinct(some).as_py() > len(some) // 4)


def _span(kind: str, table: pa.Table) -> tuple[datetime | None, datetime | None]:
    column = TIME_COLUMN[kind]
    if column is None:
        return None, None
    bounds = pc.min_max(table[column]).as_py()
    return _utc(bounds["min"]), _utc(bounds["max"])


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _names(table: pa.Table, column: str) -> tuple[str, ...]:
    if column not in table.column_names:
        return ()
    return tuple(sorted(name for name in pc.unique(table[column]).to_pylist() if name))


def _make_folder(folder: Path) -> None:
    """Create ``folder`` and make its name durable in every parent that is new."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _flush(folder.parent)


def _flush(path: Path, mode: int | None = None) -> None:
    """Force a file or folder to disk; segments become read-only, so that nothing of ours writes to one by mistake."""
    handle = os.open(path, os.O_RDONLY)
    try:
        if mode is not None:
            os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)
