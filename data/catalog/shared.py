"""Segments that hold rows of several files, as compaction makes them: they take the place of others, and are parted
again before one of their files is taken back.

Records do not change by it, only where they lie; whoever reads the old segments reads on until they are swept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, delete, func, insert, select, update

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.catalog.rows import segment_row
from data.segments import SegmentInfo, write_segments

SHARED = 0  # the file_id of a segment whose rows are of several files
_segments, _members = tables.segments, tables.segment_files
_live = _segments.c.dead.is_(None)


def swap(catalog: Catalog, old: Sequence[str], new: Sequence[SegmentInfo]) -> bool:
    """Put ``new`` in the place of the segments with the paths ``old``, which hold the same rows.

    False, and ``new`` is gone, where one of ``old`` was taken back or replaced meanwhile.
    """
    try:
        members = {segment.path: _rows_by_file(catalog.home / segment.path) for segment in new}
        with catalog.write() as connection:
            done = _are_live(connection, old)
            if done:
                _replace(connection, old, new, members)
    except BaseException:
        _remove(catalog.home, new)
        raise
    if not done:
        _remove(catalog.home, new)
    return done


def part(catalog: Catalog, file_ids: Sequence[int]) -> None:
    """Give each of these files segments of its own, where it shares one."""
    if not file_ids:
        return
    for path, kind in _shared(catalog, file_ids):
        table = pq.read_table(catalog.home / path)
        swap(catalog, [path], _parted(catalog.home, kind, table, file_ids))


def share_one(connection: Connection, file_ids: Sequence[int]) -> bool:
    """Whether one of the files shares a segment."""
    if not file_ids:
        return False
    return connection.execute(select(_members.c.path).where(_members.c.file_id.in_(file_ids))).first() is not None


def shared_bytes(connection: Connection) -> dict[int, int]:
    """The room that each file takes in shared segments, by its part of their rows."""
    room = func.sum(_segments.c.bytes * _members.c.rows / _segments.c.rows)
    some = select(_members.c.file_id, room).join(_segments, _segments.c.path == _members.c.path).where(_live)
    return {file_id: int(found) for file_id, found in connection.execute(some.group_by(_members.c.file_id))}


def _shared(catalog: Catalog, file_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Path and kind of the segments that the files share with others."""
    some = select(_segments.c.path, _segments.c.kind).join(_members, _segments.c.path == _members.c.path)
    with catalog.read() as connection:
        found = connection.execute(some.where(_live, _members.c.file_id.in_(file_ids)).distinct())
        return [(str(path), str(kind)) for path, kind in found]


def _parted(home: Path, kind: str, table: pa.Table, file_ids: Sequence[int]) -> list[SegmentInfo]:
    """The rows of each of the files in segments of their own, and those of all others."""
    going = pc.is_in(table["file_id"], pa.array(file_ids, pa.int64()))
    written = list(write_segments(home, kind, table.filter(pc.invert(going))))
    for file_id in pc.unique(table["file_id"].filter(going)).to_pylist():
        written += write_segments(home, kind, table.filter(pc.equal(table["file_id"], file_id)))
    return written


def _rows_by_file(path: Path) -> dict[int, int]:
    counts = pc.value_counts(pq.read_table(path, columns=["file_id"])["file_id"]).to_pylist()
    return {each["values"]: each["counts"] for each in counts}


def _are_live(connection: Connection, paths: Sequence[str]) -> bool:
    live = select(func.count()).select_from(_segments).where(_live, _segments.c.path.in_(paths))
    return connection.execute(live).scalar_one() == len(paths)


def _replace(
    connection: Connection, old: Sequence[str], new: Sequence[SegmentInfo], members: dict[str, dict[int, int]]
) -> None:
    generation = bump(connection, "generation")
    gone = _segments.c.path.in_(old)
    connection.execute(update(_segments).where(gone).values(dead=generation, died_at=datetime.now(UTC)))
    connection.execute(delete(_members).where(_members.c.path.in_(old)))
    for segment in new:
        files = members[segment.path]
        owner = SHARED if len(files) > 1 else next(iter(files))
        connection.execute(insert(_segments), segment_row(segment, owner, generation))
        if owner == SHARED:
            rows = [{"path": segment.path, "file_id": file_id, "rows": count} for file_id, count in files.items()]
            connection.execute(insert(_members), rows)


def _remove(home: Path, segments: Sequence[SegmentInfo]) -> None:
    for segment in segments:
        (home / segment.path).unlink(missing_ok=True)
