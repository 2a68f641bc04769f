"""The files whose records are live, as the catalog lists them, and how they gather into sources."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.catalog.shared import SHARED, shared_bytes

_files = tables.files


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file and what it came to. ``path`` is where it lay, ``source`` its path below the folder that was ingested.

    ``lines = accepted + rejected + ignored``; the span is that of its records.
    """

    file_id: int
    path: str
    source: str
    content_hash: str
    size_bytes: int
    lines: int
    accepted: int
    rejected: int
    ignored: int
    by_kind: dict[str, int]
    span_start: datetime | None
    span_end: datetime | None
    ingested_at: datetime

    @property
    def folder(self) -> str:
        """The folder that was ingested, or that the file lay in: the source that the file belongs to."""
        named = self.path.removesuffix(self.source) if self.source else self.path.rpartition("/")[0]
        folder = named.rstrip("/")
        return folder or "/"

    def as_json(self) -> dict[str, Any]:
        """For the log of changes."""
        plain = asdict(self)
        return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in plain.items()}


def read_files(connection: Connection, file_ids: tuple[int, ...] | None = None) -> tuple[StoredFile, ...]:
    """All live files, or those of these ids, by path."""
    columns = [_files.c[field.name] for field in fields(StoredFile)]
    some = select(*columns).order_by(_files.c.path, _files.c.file_id)
    if file_ids is not None:
        some = some.where(_files.c.file_id.in_(file_ids))
    return tuple(StoredFile(**row) for row in connection.execute(some).mappings())


def list_files(catalog: Catalog) -> tuple[StoredFile, ...]:
    """All live files, by path."""
    with catalog.read() as connection:
        return read_files(connection)


def stored_bytes(catalog: Catalog) -> dict[int, int]:
    """Room that the live records of each file take, by file_id."""
    segments = tables.segments
    sums = select(segments.c.file_id, func.sum(segments.c.bytes)).where(segments.c.dead.is_(None))
    with catalog.read() as connection:
        own = {file_id: int(room) for file_id, room in connection.execute(sums.group_by(segments.c.file_id))}
        shared = shared_bytes(connection)
    own.pop(SHARED, None)
    return {file_id: own.get(file_id, 0) + shared.get(file_id, 0) for file_id in own | shared}
