"""Removes what nobody can see any more: segments that died, and files that a killed process left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.log_templates import path_beside

GRACE = timedelta(days=1)
_SWEPT = ("segments", "tmp", "staging")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were removed, and how much room they took."""

    files: int
    bytes: int


def sweep(catalog: Catalog, *, now: datetime, grace: timedelta = GRACE) -> Swept:
    """Remove files older than ``grace`` that no live or recently dead segment is.

    ``grace`` must be longer than the longest query (which may still read a dead segment) and the longest ingest
    (whose segments are not committed yet).
    """
    before = now - grace
    kept = _drop_dead(catalog, before)
    names = {path.name for path in kept}  # a rollup has the name of its segment
    sizes = [_remove(path) for path in _old_files(catalog.home, before) if path.name not in names]
    return Swept(len(sizes), sum(sizes))


def _drop_dead(catalog: Catalog, before: datetime) -> set[Path]:
    """Forget the segments that died before then; returns the files of all others, and what is kept beside them."""
    segments = tables.segments
    with catalog.write() as connection:
        connection.execute(delete(segments).where(segments.c.died_at < before))
        paths = connection.execute(select(segments.c.path)).scalars().all()
        return {catalog.home / one for path in paths for one in (path, path_beside(path))}


def _old_files(home: Path, before: datetime) -> Iterator[Path]:
    for folder in _SWEPT:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                yield path


def _remove(path: Path) -> int:
    size = path.stat().st_size
    path.unlink()
    return size
