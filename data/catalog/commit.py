"""One transaction makes a file's records visible, all or nothing; its key is the arbiter between racing ingesters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from data import kept
from data.catalog import tables
from data.catalog.catalog import Catalog, bump, insert_new
from data.catalog.files import StoredFile, read_files
from data.catalog.orphans import orphan_series
from data.catalog.receipts import add_receipts
from data.catalog.rows import edge_row, meaning_row, model_row, season_row, segment_row, series_row, service_row
from data.catalog.shared import part, share_one
from data.changes import record_change
from data.errors import AlreadyIngested, Overtaken
from data.records import Edge, MetricMeaning, Model, Season, Series, Service, StatedThreshold
from data.segments import SegmentInfo

_BATCH = 500
SUBJECT_CHARS = 255


@dataclass(frozen=True, slots=True)
class FileCommit:
    """All that one ingested file adds. ``supersedes`` holds the file_ids whose records it replaces.

    ``span`` is the first and last time of its records; services and models that the records name are seen by
    themselves, ``services``, ``models``, ``meanings`` and ``thresholds`` are what a registry file states, ``seasons``
    what the mapping states of the records.
    """

    file_id: int
    key: str
    path: str
    content_hash: str
    mapping_hash: str
    target: str
    source: str = ""
    size_bytes: int = 0
    mtime: datetime | None = None
    lines: int = 0
    accepted: int = 0
    rejected: int = 0
    ignored: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    span: tuple[datetime, datetime] | None = None
    supersedes: tuple[int, ...] = ()
    segments: tuple[SegmentInfo, ...] = ()
    series: tuple[Series, ...] = ()
    edges: tuple[Edge, ...] = ()
    services: tuple[Service, ...] = ()
    models: tuple[Model, ...] = ()
    meanings: tuple[MetricMeaning, ...] = ()
    thresholds: tuple[StatedThreshold, ...] = ()
    seasons: tuple[Season, ...] = ()
    elapsed_s: float = 0.0
    who: str = ""
    receipts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grown:
    """What a commit adds to a file that is there already: its ``key`` as it was, and the segments that were ``merged``.

    The commit's lines, kinds and span are those of what is new.
    """

    key: str
    merged: tuple[str, ...] = ()


def commit_file(catalog: Catalog, commit: FileCommit) -> int:
    """Make the file's segments visible; returns the new generation. Raises `AlreadyIngested`.

    With ``who`` the log of changes says that this person took it in.
    """
    with _alone(catalog, commit.supersedes) as connection:
        generation = bump(connection, "generation")
        _insert_file(connection, commit, generation)
        _insert(connection, tables.segments, [segment_row(s, commit.file_id, generation) for s in commit.segments])
        _insert_stated(connection, commit, generation)
        new_series = _insert_series(connection, commit.series)
        gone_series = _retire(connection, catalog, commit.supersedes, generation)
        if new_series or gone_series:
            bump(connection, "series_version")
        add_receipts(connection, commit.receipts)
        if commit.who:
            (made,) = read_files(connection, (commit.file_id,))
            _log(connection, commit.who, made, before=None, after=made.as_json())
    return generation


def continue_file(catalog: Catalog, commit: FileCommit, grown: Grown) -> int:
    """Add to a file's records what it has grown by; returns the new generation.

    Raises `Overtaken` where another process was faster, `AlreadyIngested` where that has taken in just this.
    """
    with _alone(catalog, commit.supersedes) as connection:
        generation = bump(connection, "generation")
        _update_file(connection, commit, grown, generation)
        _let_go(connection, grown.merged, generation)
        _insert(connection, tables.segments, [segment_row(s, commit.file_id, generation) for s in commit.segments])
        origin = {"file_id": commit.file_id, "generation": generation}
        insert_new(connection, tables.seasons, [season_row(s) | origin for s in commit.seasons])
        new_series = _insert_series(connection, commit.series)
        gone_series = _retire(connection, catalog, commit.supersedes, generation)
        if new_series or gone_series:
            bump(connection, "series_version")
        add_receipts(connection, commit.receipts)
    return generation


def small_segments(catalog: Catalog, file_id: int, most_rows: int) -> list[tuple[str, str, int]]:
    """Kind, path and rows of the live segments of a file that have at most so many rows, the smallest first."""
    segments = tables.segments
    columns = (segments.c.kind, segments.c.path, segments.c.rows)
    live = (segments.c.file_id == file_id) & segments.c.dead.is_(None) & (segments.c.rows <= most_rows)
    with catalog.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).where(live).order_by(segments.c.rows))]


def forget_files(catalog: Catalog, file_ids: tuple[int, ...], who: str = "") -> int:
    """Take back everything that came from these files; returns the new generation.

    With ``who`` the log of changes says which files this person took back.
    """
    with _alone(catalog, file_ids) as connection:
        generation = bump(connection, "generation")
        for gone in read_files(connection, file_ids) if who else ():
            _log(connection, who, gone, before=gone.as_json(), after=None)
        if _retire(connection, catalog, file_ids, generation):
            bump(connection, "series_version")
    return generation


@contextmanager
def _alone(catalog: Catalog, file_ids: tuple[int, ...]) -> Iterator[Connection]:
    """A transaction in which these files share no segment with others."""
    while True:
        part(catalog, file_ids)
        with catalog.write() as connection:
            if not share_one(connection, file_ids):  # a compactor may have been quicker
                yield connection
                return


def _log(
    connection: Connection, who: str, file: StoredFile, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    record_change(connection, who, "file", file.path[-SUBJECT_CHARS:], before, after)
    bump(connection, "revision")


def is_ingested(catalog: Catalog, key: str) -> bool:
    """Whether a file with this key is live; a cheap look before the work, the commit decides."""
    with catalog.read() as connection:
        return connection.execute(select(tables.files.c.key).where(tables.files.c.key == key)).first() is not None


def _insert_file(connection: Connection, commit: FileCommit, generation: int) -> None:
    first, last = commit.span or (None, None)
    row = {column.name: getattr(commit, column.name) for column in tables.files.columns if hasattr(commit, column.name)}
    row |= {"span_start": first, "span_end": last, "generation": generation, "ingested_at": datetime.now(UTC)}
    try:
        connection.execute(insert(tables.files), row)
    except IntegrityError as error:
        raise AlreadyIngested(
            f"{commit.path} is in the store already, with the same content, mapping and target.",
            "Nothing was added; change the mapping to replace what it made.",
        ) from error


def _update_file(connection: Connection, commit: FileCommit, grown: Grown, generation: int) -> None:
    files = tables.files
    at = (files.c.key == grown.key) & (files.c.file_id == commit.file_id)
    before = connection.execute(select(files).where(at)).mappings().one_or_none()
    if before is None:
        raise Overtaken(f"{commit.path} was taken in or taken back by another process.", "Try again.")
    spans = [each for each in ((before["span_start"], before["span_end"]), commit.span) if each and each[0]]
    summed = {name: before[name] + getattr(commit, name) for name in ("lines", "accepted", "rejected", "ignored")}
    row = {name: getattr(commit, name) for name in ("key", "content_hash", "size_bytes", "mtime")} | summed
    row |= {"by_kind": dict(Counter(before["by_kind"]) + Counter(commit.by_kind)), "generation": generation}
    row |= {
        "span_start": min((a for a, _ in spans), default=None),
        "span_end": max((b for _, b in spans), default=None),
    }
    row |= {"elapsed_s": before["elapsed_s"] + commit.elapsed_s, "ingested_at": datetime.now(UTC)}
    try:
        connection.execute(update(files).where(at).values(row))
    except IntegrityError as error:
        raise AlreadyIngested(f"{commit.path} is in the store already.", "Nothing was added.") from error


def _let_go(connection: Connection, merged: tuple[str, ...], generation: int) -> None:
    """Segments whose rows stand in new ones; raises `Overtaken` where one of them is live no more."""
    segments = tables.segments
    live = segments.c.path.in_(merged) & segments.c.dead.is_(None)
    gone = connection.execute(update(segments).where(live).values(dead=generation, died_at=datetime.now(UTC)))
    if gone.rowcount != len(merged):
        raise Overtaken("What the new rows were to be merged with is gone.", "Try again.")


def _insert_stated(connection: Connection, commit: FileCommit, generation: int) -> None:
    origin = {"file_id": commit.file_id, "generation": generation}
    _insert(connection, tables.services, [service_row(s) | origin for s in commit.services])
    _insert(connection, tables.models, [model_row(m) | origin for m in commit.models])
    _insert(connection, tables.meanings, [meaning_row(m) | origin for m in commit.meanings])
    _insert(connection, tables.seasons, [season_row(s) | origin for s in commit.seasons])
    insert_new(connection, tables.edges, [edge_row(e) | {"file_id": commit.file_id} for e in commit.edges])
    for one in commit.thresholds:
        kept.put(connection, commit.source or commit.path, "threshold", one.name, {"value": one.value})


def _insert_series(connection: Connection, series: tuple[Series, ...]) -> int:
    """Insert those that are new, and say how many: of what comes again and again nearly none is."""
    column, known = tables.series.c.series_id, set[int]()
    ids = [each.series_id for each in series]
    for start in range(0, len(ids), _BATCH):
        known.update(connection.execute(select(column).where(column.in_(ids[start : start + _BATCH]))).scalars())
    return insert_new(connection, tables.series, [series_row(s) for s in series if s.series_id not in known])


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _retire(connection: Connection, catalog: Catalog, file_ids: tuple[int, ...], generation: int) -> int:
    """Let go of the files' records; returns how many series went with them. Their segments stay for pinned readers."""
    if not file_ids:
        return 0
    segments = tables.segments
    dying = (segments.c.file_id.in_(file_ids)) & (segments.c.dead.is_(None))
    dead = connection.execute(select(segments.c.path).where(dying, segments.c.kind == "metrics")).scalars().all()
    connection.execute(update(segments).where(dying).values(dead=generation, died_at=datetime.now(UTC)))
    for table in (tables.files, *tables.STATED):
        connection.execute(delete(table).where(table.c.file_id.in_(file_ids)))
    return drop_orphans(connection, catalog, list(dead))


def drop_orphans(connection: Connection, catalog: Catalog, dead: list[str]) -> int:
    """Drop the series that had samples in ``dead`` segments and have none in a live one; returns how many."""
    segments, series = tables.segments, tables.series
    live = select(segments.c.path).where(segments.c.dead.is_(None), segments.c.kind == "metrics")
    gone = orphan_series(catalog.home, dead, list(connection.execute(live).scalars()))
    for start in range(0, len(gone), _BATCH):
        connection.execute(delete(series).where(series.c.series_id.in_(gone[start : start + _BATCH])))
    return len(gone)
