"""Immutable segments: sorted, zstd Parquet files, named by kind and first day, durable once written.

A segment never splits a day unless the day is huge, and a run of sparse days shares one: years of daily samples make
one small file, not thousands. Pruning rests on ``min_ts``/``max_ts``, never on the folder.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import DataError
from data.schemas import BY_KIND, SORT_KEYS, TIME_COLUMN

MIN_ROWS = 50_000
MAX_ROWS = 2_000_000
ROW_GROUP_ROWS = 8_192  # one series of many is read 3 times faster than from groups of 65,536, the whole as fast
UNDATED = "undated"


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
    undated = pc.is_null(table[column])
    yield from _chunks(kind, table.filter(undated))
    dated = table.filter(pc.invert(undated)).sort_by(column)
    yield from (chunk for run in _runs(dated, column) for chunk in _chunks(kind, run))


def _runs(table: pa.Table, column: str) -> Iterator[pa.Table]:
    """Slices of a table sorted by time, cut at midnights once they hold `MIN_ROWS`."""
    days = pc.value_counts(pc.floor_temporal(table[column], unit="day"))
    start = length = 0
    for entry in days:
        length += entry["counts"].as_py()
        if length >= MIN_ROWS:
            yield table.slice(start, length)
            start, length = start + length, 0
    if length:
        yield table.slice(start, length)


def _chunks(kind: str, table: pa.Table) -> Iterator[pa.Table]:
    keys = [(key, "ascending") for key in SORT_KEYS[kind]]
    for offset in range(0, table.num_rows, MAX_ROWS):
        yield table.slice(offset, MAX_ROWS).sort_by(keys)


def _write(home: Path, kind: str, table: pa.Table) -> SegmentInfo:
    first, last = _span(kind, table)
    name = f"{uuid.uuid4().hex}.parquet"
    temporary = home / "tmp" / name
    folder = home / "segments" / kind / (first.date().isoformat() if first else UNDATED)
    _make_folder(temporary.parent)
    _make_folder(folder)
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


def _write_parquet(table: pa.Table, path: Path) -> None:
    """Times and line numbers rise in small steps: as differences they take a third less room than as a dictionary."""
    stepping = [f.name for f in table.schema if pa.types.is_timestamp(f.type) or f.name == "line"]
    pq.write_table(
        table,
        path,
        compression="zstd",
        row_group_size=ROW_GROUP_ROWS,
        use_dictionary=[name for name in table.column_names if name not in stepping],
        column_encoding=dict.fromkeys(stepping, "DELTA_BINARY_PACKED"),
    )


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
