"""The SQL views of the contract over segments and the catalog's tables, for any DuckDB connection.

A pinned state is two schemas: the one named by people holds the contract's views, ``base`` the tables beneath them.
"""
# ruff: noqa: S608 - every name and path below is ours; what people wrote is never part of these texts

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from data.catalog.state import CatalogState
from data.meanings import guess
from data.records import Edge, Incident, MetricMeaning, Model, Service
from data.schemas import BY_KIND, TIME
from data.segments import SegmentInfo

_TEXTS = pa.list_(pa.string())
_OBJECTIVE = pa.struct(
    [
        ("metric", pa.string()),
        ("threshold", pa.float64()),
        ("comparison", pa.string()),
        ("target", pa.float64()),
        ("window_s", pa.float64()),
    ]
)
SERVICES = pa.schema(
    [
        *((name, pa.string()) for name in ("service", "owner", "team", "environment")),
        ("objectives", pa.list_(_OBJECTIVE)),
    ]
)
MODELS = pa.schema(
    [
        *((name, pa.string()) for name in ("model", "version", "stage", "service")),
        ("reads", _TEXTS),
        ("kind", pa.string()),
        ("trained_at", TIME),
    ]
)
MEANINGS = pa.schema([(name, pa.string()) for name in ("metric", "role", "unit", "bad_direction", "kind")])
TOPOLOGY = pa.schema([(name, pa.string()) for name in ("service", "depends_on", "kind")])
INCIDENTS = pa.schema(
    [
        *((name, pa.string()) for name in ("incident_id", "title", "severity", "status")),
        *((f"{name}_at", TIME) for name in ("started", "detected", "acknowledged", "mitigated", "resolved")),
        ("services", _TEXTS),
        ("cause", pa.string()),
    ]
)
_MAP = "MAP(VARCHAR, VARCHAR)"


def meanings(state: CatalogState) -> dict[str, MetricMeaning]:
    """Stated meanings, and guessed ones for every other metric that has a series."""
    stated = {meaning.metric: meaning for meaning in state.stated_meanings}
    return {metric: stated.get(metric) or guess(metric) for metric in sorted({*state.metrics, *stated})}


def base_tables(state: CatalogState) -> dict[str, pa.Table]:
    """The catalog's side of a state as Arrow tables, by the name they get in the base schema."""
    return {
        "series_text": state.series,
        "files": state.files,
        "services": _rows(SERVICES, ({"service": s.name, **_fields(s)} for s in state.services)),
        "models": _rows(MODELS, ({"model": m.name, **_fields(m)} for m in state.models)),
        "metric_meanings": _rows(MEANINGS, map(_fields, meanings(state).values())),
        "topology": _rows(TOPOLOGY, map(_fields, state.topology)),
        "incidents": _rows(INCIDENTS, map(_fields, state.incidents)),
        **{f"no_{kind}": schema.empty_table() for kind, schema in BY_KIND.items()},
    }


def _fields(record: Service | Model | MetricMeaning | Edge | Incident) -> dict[str, object]:
    return asdict(record)


def _rows(schema: pa.Schema, rows: Iterable[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema=schema)


def source(home: Path, kind: str, segments: Iterable[SegmentInfo], base: str) -> str:
    """A FROM item with the columns of ``BY_KIND[kind]`` over these segments."""
    paths = [str(home / segment.path) for segment in segments if segment.kind == kind]
    if not paths:
        return f"{base}.no_{kind}"
    # pyarrow writes no NaN count: without can_have_nan DuckDB takes min/max to exclude NaN and isnan() is wrong.
    return f"read_parquet([{', '.join(map(quote, paths))}], can_have_nan=true)"


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def script(home: Path, state: CatalogState, schema: str, base: str) -> Iterator[str]:
    """Statements that make the views in ``schema``, once `base_tables` stand in ``base``."""
    yield (
        f"CREATE TABLE {base}.series AS SELECT series_id, service, metric, "
        f"CAST(CAST(labels AS JSON) AS {_MAP}) AS labels, labels AS labels_json FROM {base}.series_text"
    )
    for kind in BY_KIND:
        yield f"CREATE VIEW {base}.raw_{kind} AS SELECT * FROM {source(home, kind, state.segments, base)}"
    for name, body in _BODIES.items():
        yield f"CREATE VIEW {schema}.{name} AS {body.format(base=base)}"


def _origin(known: str) -> str:
    return f"{known} AS known_at, f.ingested_at, f.source_file"


def _from(kind: str, alias: str) -> str:
    return f"FROM {{base}}.raw_{kind} AS {alias} LEFT JOIN {{base}}.files AS f ON f.file_id = {alias}.file_id"


def _map_of(text: str) -> str:
    return f"TRY_CAST(TRY_CAST({text} AS JSON) AS {_MAP})"


def _empty(columns: dict[str, str]) -> str:
    return "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items()) + " WHERE false"


_TIME = "TIMESTAMP WITH TIME ZONE"
_ANOMALIES = {
    **dict.fromkeys(("anomaly_id", "service", "metric"), "VARCHAR"),
    "labels": _MAP,
    **dict.fromkeys(("start_ts", "end_ts"), _TIME),
    **dict.fromkeys(("peak_score", "observed", "expected_low", "expected_high"), "DOUBLE"),
    **dict.fromkeys(("direction", "detector", "mode"), "VARCHAR"),
}
_TEMPLATES = {
    "template_id": "BIGINT",
    **dict.fromkeys(("service", "template"), "VARCHAR"),
    **dict.fromkeys(("first_ts", "last_ts"), _TIME),
    "count": "BIGINT",
}
_REGISTRY = ("services", "models", "metric_meanings", "topology", "incidents")
_BODIES = {
    "metrics": (
        f"SELECT m.ts, s.service, s.metric, s.labels, m.value, {_origin('coalesce(m.known_at, m.ts)')} "
        f"{_from('metrics', 'm')} JOIN {{base}}.series AS s ON s.series_id = m.series_id"
    ),
    "logs": (
        "SELECT l.ts, l.service, l.severity, l.message, l.template_id, "
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
    # Detectors and template mining do not store what they find yet.
    "anomalies": _empty(_ANOMALIES),
    "templates": _empty(_TEMPLATES),
}
CONTRACT_VIEWS = tuple(_BODIES)
