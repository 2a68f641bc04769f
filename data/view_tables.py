"""The catalog's side of a state as Arrow tables, with the columns that the contract's views have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import pyarrow as pa

from data.catalog.rows import anomaly_row
from data.catalog.state import CatalogState
from data.meanings import guess
from data.records import Edge, Incident, MetricMeaning, Model, Service
from data.schemas import TIME

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
ANOMALIES = pa.schema(
    [
        *((name, pa.string()) for name in ("anomaly_id", "service", "metric", "labels")),
        *((name, TIME) for name in ("start_ts", "end_ts")),
        *((name, pa.float64()) for name in ("peak_score", "observed", "expected_low", "expected_high")),
        *((name, pa.string()) for name in ("direction", "detector", "mode", "model")),
    ]
)


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
        "anomalies": _rows(ANOMALIES, map(anomaly_row, state.anomalies)),
    }


def _fields(record: Service | Model | MetricMeaning | Edge | Incident) -> dict[str, object]:
    return asdict(record)


def _rows(schema: pa.Schema, rows: Iterable[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema=schema)
