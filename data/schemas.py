"""Columns of every kind of segment. `file_id` and `line` say where a record came from; times are UTC microseconds."""

from __future__ import annotations

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")
_ORIGIN = [("file_id", pa.int64()), ("line", pa.int64())]

METRICS = pa.schema([("ts", TIME), ("series_id", pa.int64()), ("value", pa.float64()), ("known_at", TIME), *_ORIGIN])
LOGS = pa.schema(
    [
        ("ts", TIME),
        ("service", pa.string()),
        ("severity", pa.string()),
        ("message", pa.string()),
        ("template_id", pa.int64()),
        ("attributes", pa.string()),
        ("known_at", TIME),
        *_ORIGIN,
    ]
)
EVENTS = pa.schema(
    [
        ("ts", TIME),
        ("ends_at", TIME),
        ("kind", pa.string()),
        ("service", pa.string()),
        ("severity", pa.string()),
        ("title", pa.string()),
        ("source", pa.string()),
        ("fingerprint", pa.string()),
        ("attributes", pa.string()),
        ("known_at", TIME),
        *_ORIGIN,
    ]
)
PREDICTIONS = pa.schema(
    [
        ("ts", TIME),
        ("model", pa.string()),
        ("version", pa.string()),
        ("prediction_id", pa.string()),
        ("y_pred", pa.string()),
        ("y_score", pa.float64()),
        ("features", pa.string()),
        ("received_at", TIME),
        *_ORIGIN,
    ]
)
LABELS = pa.schema(
    [("prediction_id", pa.string()), ("model", pa.string()), ("y_true", pa.string()), ("label_ts", TIME), *_ORIGIN]
)
QUARANTINE = pa.schema([("file_id", pa.int64()), ("line", pa.int64()), ("reason", pa.string()), ("raw", pa.binary())])

BY_KIND: dict[str, pa.Schema] = {
    "metrics": METRICS,
    "logs": LOGS,
    "events": EVENTS,
    "predictions": PREDICTIONS,
    "labels": LABELS,
    "quarantine": QUARANTINE,
}
SORT_KEYS: dict[str, list[str]] = {
    "metrics": ["series_id", "ts"],
    "logs": ["service", "ts"],
    "events": ["ts"],
    "predictions": ["model", "ts"],
    "labels": ["model", "label_ts"],
    "quarantine": ["file_id", "line"],
}
TIME_COLUMN: dict[str, str | None] = {
    "metrics": "ts",
    "logs": "ts",
    "events": "ts",
    "predictions": "ts",
    "labels": "label_ts",
    "quarantine": None,
}
