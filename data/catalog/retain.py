"""Lets go of records that are older than they need be kept: whole segments die, one on the border is written anew.

Files stay listed with what they came to, so that the same file does not bring the same records back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.catalog.commit import drop_orphans
from data.catalog.shared import swap
from data.catalog.state import read_let_go
from data.errors import DataError
from data.schemas import TIME_COLUMN
from data.segments import write_segments

KINDS = tuple(kind for kind, column in TIME_COLUMN.items() if column)
_segments, _members = tables.segments, tables.segment_files
_live = _segments.c.dead.is_(None)


@dataclass(frozen=True, slots=True)
class Old:
    """What is older than ``before``: records, about how much room they take, the first and last time of them."""

    kind: str
    before: datetime
    rows: int = 0
    bytes: int = 0
    start: datetime | None = None
    end: datetime | None = None


def look(catalog: Catalog, kind: str, before: datetime) -> Old:
    """What `retain` would let go of; nothing is changed."""
    if kind not in KINDS:
        raise DataError(f"There is no kind of record {kind!r} that has an age.", f"Known are {', '.join(KINDS)}.")
    whole, border = _whole(catalog, kind, before), _border(catalog, kind, before)
    cut = [_older(catalog, kind, row.path, before) for row in border]
    rows = sum(row.rows for row in whole) + sum(table.num_rows for table in cut)
    room = sum(row.bytes for row in whole)
    room += sum(row.bytes * table.num_rows // row.rows for row, table in zip(border, cut, strict=True))
    column = TIME_COLUMN[kind]
    ends = [row.max_ts for row in whole] + [pc.max(table[column]).as_py() for table in cut if table.num_rows]
    starts = [row.min_ts for row in (*whole, *border)]
    return Old(kind, before, rows, room, min(starts, default=None), max(ends, default=None))


def retain(catalog: Catalog, kind: str, before: datetime) -> Old:
    """Let go of the records of ``kind`` with a time before ``before``; returns what went.

    It is done whole segment by whole segment: what ends it leaves a store that it can be begun again on. Incidents and
    episodes that they told of stay.
    """
    found = look(catalog, kind, before)
    parted = [row.path for row in _border(catalog, kind, before) if _cut(catalog, kind, row.path, before)]
    with catalog.write() as connection:
        generation = bump(connection, "generation")
        gone = _segments.c.kind == kind, _live, _segments.c.max_ts < before
        dying = list(connection.execute(select(_segments.c.path).where(*gone)).scalars())
        connection.execute(delete(_members).where(_members.c.path.in_(select(_segments.c.path).where(*gone))))
        connection.execute(update(_segments).where(*gone).values(dead=generation, died_at=datetime.now(UTC)))
        if found.rows:
            _remember(connection, kind, before)
        if kind == "metrics" and drop_orphans(connection, catalog, [*dying, *parted]):
            bump(connection, "series_version")
    return found


def _remember(connection: Connection, kind: str, before: datetime) -> None:
    """What was found in records that are gone is not looked for again: a scan keeps it."""
    known = read_let_go(connection).get(kind)
    connection.execute(delete(tables.let_go).where(tables.let_go.c.kind == kind))
    connection.execute(insert(tables.let_go), {"kind": kind, "before": max(before, known or before)})


def _whole(catalog: Catalog, kind: str, before: datetime) -> Sequence[Row[tuple[str, int, int, datetime, datetime]]]:
    return _some(catalog, kind, _segments.c.max_ts < before)


def _border(catalog: Catalog, kind: str, before: datetime) -> Sequence[Row[tuple[str, int, int, datetime, datetime]]]:
    return _some(catalog, kind, (_segments.c.min_ts < before) & (_segments.c.max_ts >= before))


def _some(
    catalog: Catalog, kind: str, where: ColumnElement[bool]
) -> Sequence[Row[tuple[str, int, int, datetime, datetime]]]:
    columns = (_segments.c[name] for name in ("path", "rows", "bytes", "min_ts", "max_ts"))
    with catalog.read() as connection:
        return connection.execute(select(*columns).where(_live, _segments.c.kind == kind, where)).all()


def _older(catalog: Catalog, kind: str, path: str, before: datetime) -> pa.Table:
    """The times of a segment's records that are too old."""
    column = TIME_COLUMN[kind]
    times = pq.read_table(catalog.home / path, columns=[column])
    return times.filter(pc.less(times[column], pa.scalar(before, times[column].type)))


def _cut(catalog: Catalog, kind: str, path: str, before: datetime) -> bool:
    """Write a segment anew without what is too old; False where it was taken back meanwhile."""
    table, column = pq.read_table(catalog.home / path), TIME_COLUMN[kind]
    kept = table.filter(pc.greater_equal(table[column], pa.scalar(before, table[column].type)))
    return swap(catalog, [path], write_segments(catalog.home, kind, kept))
