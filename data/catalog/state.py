"""Everything a snapshot needs from the catalog, read in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

import pyarrow as pa
from sqlalchemy import Connection, Table, select

from data.catalog import tables
from data.catalog.catalog import Counters, read_counters
from data.catalog.rows import (
    Row,
    anomaly_from,
    incident_from,
    meaning_from,
    model_from,
    segment_from,
    service_from,
    verdict_from,
)
from data.records import (
    Anomaly,
    Edge,
    Incident,
    LogMeasure,
    Mark,
    MetricMeaning,
    Model,
    Retention,
    SavedView,
    Season,
    Service,
    SetThreshold,
    Verdict,
)
from data.schemas import TIME
from data.segments import SegmentInfo

SERIES = pa.schema(
    [("series_id", pa.int64()), ("service", pa.string()), ("metric", pa.string()), ("labels", pa.string())]
)
FILES = pa.schema([("file_id", pa.int64()), ("source_file", pa.string()), ("ingested_at", TIME)])

NO_SEASONS: Mapping[tuple[str, str, str], Season] = MappingProxyType({})
NOTHING_GONE: Mapping[str, datetime] = MappingProxyType({})

T = TypeVar("T")
Named = TypeVar("Named", Service, Model)


@dataclass(frozen=True, slots=True)
class CatalogState:
    """One state of the catalog. ``series`` and ``files`` are Arrow tables in the schemas of this module.

    ``let_go``: up to when records were let go of, by their kind.
    """

    counters: Counters
    segments: tuple[SegmentInfo, ...]
    services: tuple[Service, ...]
    models: tuple[Model, ...]
    stated_meanings: tuple[MetricMeaning, ...]
    topology: tuple[Edge, ...]
    incidents: tuple[Incident, ...]
    anomalies: tuple[Anomaly, ...]
    marks: tuple[Mark, ...]
    series: pa.Table
    files: pa.Table
    thresholds: tuple[SetThreshold, ...] = ()
    retention: tuple[Retention, ...] = ()
    let_go: Mapping[str, datetime] = field(default_factory=lambda: NOTHING_GONE)
    saved_views: tuple[SavedView, ...] = ()
    log_measures: tuple[LogMeasure, ...] = ()
    seasons: Mapping[tuple[str, str, str], Season] = field(default_factory=lambda: NO_SEASONS)
    verdicts: tuple[Verdict, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of all metrics that have a series."""
        return tuple(sorted(self.series["metric"].unique().to_pylist()))


def read_state(connection: Connection, before: CatalogState | None = None) -> CatalogState:
    """The state that this transaction sees; series are taken from ``before`` where they did not change."""
    counters = read_counters(connection)
    segments = _read_segments(connection)
    series = _read_series(connection, counters, before)
    seen = {name for segment in segments for name in segment.services} | set(series["service"].unique().to_pylist())
    stated = _newest(connection, tables.models, model_from)
    reading = {model.service for model in stated} | {name for model in stated for name in model.reads}
    topology = _read_topology(connection)
    joined = {name for edge in topology for name in (edge.service, edge.depends_on)}
    return CatalogState(
        counters=counters,
        segments=segments,
        services=_with_seen(_newest(connection, tables.services, service_from), seen | reading | joined, Service),
        models=_with_seen(stated, {name for segment in segments for name in segment.models}, Model),
        stated_meanings=tuple(_newest(connection, tables.meanings, meaning_from)),
        topology=topology,
        incidents=read_incidents(connection),
        anomalies=read_anomalies(connection),
        marks=read_marks(connection),
        series=series,
        files=_read_files(connection),
        thresholds=tuple(_records(connection, tables.thresholds, SetThreshold)),
        retention=tuple(_records(connection, tables.retention, Retention)),
        let_go=read_let_go(connection),
        saved_views=tuple(_records(connection, tables.saved_views, SavedView)),
        log_measures=tuple(_records(connection, tables.log_measures, LogMeasure)),
        seasons=_read_seasons(connection),
        verdicts=read_verdicts(connection),
    )


def read_let_go(connection: Connection) -> dict[str, datetime]:
    """Up to when records were let go of, by their kind."""
    return {row.kind: row.before for row in connection.execute(select(tables.let_go))}


def read_incidents(connection: Connection) -> tuple[Incident, ...]:
    """All incidents, by start."""
    table = tables.incidents
    rows = connection.execute(select(table).order_by(table.c.started_at, table.c.incident_id)).mappings()
    return tuple(incident_from(dict(row)) for row in rows)


def read_marks(connection: Connection) -> tuple[Mark, ...]:
    """All marks of people, by time."""
    table = tables.marks
    rows = connection.execute(select(table).order_by(table.c.ts, table.c.mark_id)).mappings()
    return tuple(Mark(**row) for row in rows)


def read_anomalies(connection: Connection, after: datetime | None = None) -> tuple[Anomaly, ...]:
    """All anomalies, or those that lasted beyond ``after``, by start."""
    table = tables.anomalies
    some = select(table).order_by(table.c.start_ts, table.c.anomaly_id)
    if after is not None:
        some = some.where(table.c.end_ts > after)
    return tuple(anomaly_from(dict(row)) for row in connection.execute(some).mappings())


def read_verdicts(connection: Connection) -> tuple[Verdict, ...]:
    """All verdicts of people, by the start of what was judged."""
    table = tables.verdicts
    rows = connection.execute(select(table).order_by(table.c.start_ts, table.c.verdict_id)).mappings()
    return tuple(verdict_from(dict(row)) for row in rows)


def _read_segments(connection: Connection) -> tuple[SegmentInfo, ...]:
    table = tables.segments
    live = select(table).where(table.c.dead.is_(None)).order_by(table.c.min_ts, table.c.path)
    return tuple(segment_from(dict(row)) for row in connection.execute(live).mappings())


def _read_series(connection: Connection, counters: Counters, before: CatalogState | None) -> pa.Table:
    if before is not None and before.counters.series_version == counters.series_version:
        return before.series
    table = tables.series
    return _arrow(connection.execute(select(*(table.c[name] for name in SERIES.names))), SERIES)


def _read_files(connection: Connection) -> pa.Table:
    table = tables.files
    return _arrow(connection.execute(select(table.c.file_id, table.c.path, table.c.ingested_at)), FILES)


def _arrow(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _read_topology(connection: Connection) -> tuple[Edge, ...]:
    table = tables.edges
    columns = (table.c.service, table.c.depends_on, table.c.kind)
    return tuple(Edge(*row) for row in connection.execute(select(*columns).distinct().order_by(*columns)))


def _read_seasons(connection: Connection) -> dict[tuple[str, str, str], Season]:
    """The newest statement of each kind, owner and metric, by these."""
    table, files = tables.seasons, tables.files
    columns = (table.c.kind, table.c.owner, table.c.metric, table.c.seasons_s, files.c.path)
    stated = select(*columns).join(files, files.c.file_id == table.c.file_id).order_by(table.c.generation)
    rows = connection.execute(stated)
    return {(k, owner, metric): Season(k, owner, metric, tuple(s), path) for k, owner, metric, s, path in rows}


def _records(connection: Connection, table: Table, build: Callable[..., T]) -> list[T]:
    """Every row as a record of the same fields, by name."""
    rows = connection.execute(select(table).order_by(table.c.name)).mappings()
    return [build(**row) for row in rows]


def _newest(connection: Connection, table: Table, build: Callable[[Row], T]) -> list[T]:
    """The newest statement of each name, by name."""
    name = next(iter(table.primary_key.columns))
    rows = connection.execute(select(table).order_by(name, table.c.generation)).mappings()
    return list({row[name.name]: build(dict(row)) for row in rows}.values())


def _with_seen(stated: list[Named], seen: set[str], build: Callable[[str], Named]) -> tuple[Named, ...]:
    records = {record.name: record for record in stated}
    records |= {name: build(name) for name in seen if name and name not in records}
    return tuple(records[name] for name in sorted(records))
