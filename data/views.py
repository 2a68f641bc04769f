"""The SQL views of the contract over segments and the catalog's tables, for any DuckDB connection.

A pinned state is two schemas: the one named by people holds the contract's views, ``base`` the tables beneath them.
"""
# ruff: noqa: S608 - every name and path below is ours; what people wrote is never part of these texts

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from data.catalog.state import CatalogState
from data.queries.log_masks import first_masked, masked, numbered, others_masked
from data.schemas import BY_KIND, TIME
from data.segments import SegmentInfo

_MAP = "MAP(VARCHAR, VARCHAR)"
_TIME = "TIMESTAMP WITH TIME ZONE"
_SQL_TYPES = {
    TIME: _TIME,
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.binary(): "BLOB",
}


def source(home: Path, kind: str, segments: Iterable[SegmentInfo]) -> str:
    """A FROM item with the columns of ``BY_KIND[kind]`` over these segments."""
    paths = [f"{home}/{segment.path}" for segment in segments if segment.kind == kind]
    if not paths:
        return f"({_empty({field.name: _SQL_TYPES[field.type] for field in BY_KIND[kind]})})"
    # pyarrow writes no NaN count: without can_have_nan DuckDB takes min/max to exclude NaN and isnan() is wrong.
    return f"read_parquet([{', '.join(map(quote, paths))}], can_have_nan=true)"


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def script(home: Path, state: CatalogState, schema: str, base: str) -> Iterator[str]:
    """Statements that make the views in ``schema``, once `data.view_tables.base_tables` stand in ``base``."""
    yield (
        f"CREATE TABLE {base}.series AS SELECT series_id, service, metric, "
        f"CAST(CAST(labels AS JSON) AS {_MAP}) AS labels, labels AS labels_json FROM {base}.series_text"
    )
    for kind in BY_KIND:
        yield f"CREATE VIEW {base}.raw_{kind} AS SELECT * FROM {source(home, kind, state.segments)}"
    for name, body in _BODIES.items():
        yield f"CREATE VIEW {schema}.{name} AS " + body.replace("{base}", base)


def _origin(known: str) -> str:
    return f"{known} AS known_at, f.ingested_at, f.source_file"


def _from(kind: str, alias: str) -> str:
    return f"FROM {{base}}.raw_{kind} AS {alias} LEFT JOIN {{base}}.files AS f ON f.file_id = {alias}.file_id"


def _map_of(text: str) -> str:
    return f"TRY_CAST(TRY_CAST({text} AS JSON) AS {_MAP})"


def _empty(columns: dict[str, str]) -> str:
    return "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items()) + " WHERE false"


_REGISTRY = ("services", "models", "metric_meanings", "topology", "incidents")
_BODIES = {
    "metrics": (
        f"SELECT m.ts, s.service, s.metric, s.labels, m.value, {_origin('coalesce(m.known_at, m.ts)')} "
        f"{_from('metrics', 'm')} JOIN {{base}}.series AS s ON s.series_id = m.series_id"
    ),
    "logs": (
        f"SELECT l.ts, l.service, l.severity, l.message, {numbered(masked('l.message'))} AS template_id, "
        f"{_map_of('l.attributes')} AS attributes, {_origin('coalesce(l.known_at, l.ts)')} {_from('logs', 'l')}"
    ),
    "events": (
        "SELECT e.ts, e.ends_at, e.kind, e.service, e.severity, e.title, e.source, e.fingerprint, "
        f"{_map_of('e.attributes')} AS attributes, {_origin('coalesce(e.known_at, e.ts)')} {_from('events', 'e')}"
    ),
    "predictions": (
        "SELECT p.ts, p.model, p.version, p.prediction_id, p.y_pred, p.y_score, p.features, p.received_at, "
        f"{_origin('coalesce(p.received_at, p.ts)')} {_from('predictions', 'p')}"
    ),
    "labels": (
        f"SELECT l.prediction_id, l.model, l.y_true, l.label_ts, {_origin('l.label_ts')} {_from('labels', 'l')}"
    ),
    "quarantine": (
        "SELECT f.source_file AS file, q.line, q.reason, coalesce(TRY(decode(q.raw)), CAST(q.raw AS VARCHAR)) AS raw, "
        f"f.ingested_at {_from('quarantine', 'q')}"
    ),
    **{name: f"SELECT * FROM {{base}}.{name}" for name in _REGISTRY},
    "anomalies": f"SELECT * REPLACE ({_map_of('labels')} AS labels) FROM {{base}}.anomalies",
    # The dear masks read what the first one left once for each kind of line, not once for each line.
    "templates": (
        f"SELECT {numbered('template')} AS template_id, service, template, first_ts, last_ts, count FROM ("
        f"SELECT service, {others_masked('started')} AS template, min(first_ts) AS first_ts, max(last_ts) AS last_ts, "
        "CAST(sum(lines) AS BIGINT) AS count FROM ("
        f"SELECT service, {first_masked('message')} AS started, min(ts) AS first_ts, max(ts) AS last_ts, "
        "count(*) AS lines FROM {base}.raw_logs WHERE message IS NOT NULL GROUP BY service, started) "
        "GROUP BY service, template)"
    ),
}
CONTRACT_VIEWS = tuple(_BODIES)
