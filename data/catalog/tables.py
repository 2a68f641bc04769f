"""The catalog's tables (SQLAlchemy Core). Times are kept as integer microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Utc(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970: exact, sortable and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Refuse a naive time: it would mean another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()

state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("generation", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("series_version", BigInteger, nullable=False),
    Column("next_incident", BigInteger, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("file_id", BigInteger, nullable=False, unique=True),
    Column("path", Text, nullable=False),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("mapping_hash", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime", Utc),
    Column("lines", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("ignored", BigInteger, nullable=False),
    Column("by_kind", JSON, nullable=False),
    Column("span_start", Utc),
    Column("span_end", Utc),
    Column("elapsed_s", Float, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("ingested_at", Utc, nullable=False),
)

segments = Table(
    "segments",
    metadata,
    Column("path", String(255), primary_key=True),
    Column("file_id", BigInteger, nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("day", String(10)),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("min_ts", Utc),
    Column("max_ts", Utc),
    Column("services", JSON, nullable=False),
    Column("models", JSON, nullable=False),
    Column("born", BigInteger, nullable=False),
    Column("dead", BigInteger),
    Column("died_at", Utc),
)

# The files of a segment whose file_id is 0: it was merged of those of several.
segment_files = Table(
    "segment_files",
    metadata,
    Column("path", String(255), primary_key=True),
    Column("file_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("rows", BigInteger, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("series_id", BigInteger, primary_key=True, autoincrement=False),
    Column("service", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("labels", Text, nullable=False),
)

# What registry and topology files state, once per file: the newest statement of a name holds, and taking a file back
# brings the one before it back. What a person states on a page has the number of its change, negated, as file_id.
services = Table(
    "services",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("file_id", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("objectives", JSON, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("file_id", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("service", Text, nullable=False),
    Column("reads", JSON, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("metric", Text, nullable=False),
    Column("label_delay_s", Float, nullable=False),
    Column("stage", Text, nullable=False),
    Column("features", JSON, nullable=False),
    Column("version", Text, nullable=False),
    Column("trained_at", Utc),
)

meanings = Table(
    "meanings",
    metadata,
    Column("metric", String(255), primary_key=True),
    Column("file_id", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("role", String(20), nullable=False),
    Column("unit", Text, nullable=False),
    Column("bad_direction", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("limit", Float),
)

edges = Table(
    "edges",
    metadata,
    Column("service", String(255), primary_key=True),
    Column("depends_on", String(255), primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("file_id", BigInteger, primary_key=True, autoincrement=False),
)

# After what times the records of a source repeat: ``owner`` is a service or a model, ``metric`` empty but for metrics.
seasons = Table(
    "seasons",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("owner", String(255), primary_key=True),
    Column("metric", String(255), primary_key=True),
    Column("file_id", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("seasons_s", JSON, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", String(40), primary_key=True),
    Column("title", Text, nullable=False),
    Column("severity", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("detected_at", Utc),
    Column("acknowledged_at", Utc),
    Column("mitigated_at", Utc),
    Column("resolved_at", Utc),
    Column("services", JSON, nullable=False),
    Column("models", JSON, nullable=False),
    Column("cause", Text, nullable=False),
    Column("found_by", String(40), nullable=False),
    Column("scanned", JSON(none_as_null=True)),
)

anomalies = Table(
    "anomalies",
    metadata,
    Column("anomaly_id", String(40), primary_key=True),
    Column("service", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("start_ts", Utc, nullable=False),
    Column("end_ts", Utc, nullable=False, index=True),
    Column("peak_score", Float, nullable=False),
    Column("observed", Float, nullable=False),
    Column("expected_low", Float, nullable=False),
    Column("expected_high", Float, nullable=False),
    Column("direction", String(10), nullable=False),
    Column("detector", Text, nullable=False),
    Column("mode", String(10), nullable=False),
    Column("model", Text, nullable=False, server_default=""),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(80), nullable=False),
    Column("args", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("progress", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("lease_until", Utc),
    Column("attempts", Integer, nullable=False),
    Column("result", JSON),
    Column("created_at", Utc, nullable=False),
    Column("started_at", Utc),
    Column("finished_at", Utc),
    Index("ix_jobs_state_created_at", "state", "created_at"),
)

# What people did: an undo is one more row. ``before`` and ``after`` are whole records as JSON.
changes = Table(
    "changes",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("undoes", Integer),
    Index("ix_changes_kind_subject", "kind", "subject"),
)

marks = Table(
    "marks",
    metadata,
    Column("mark_id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("tag", String(20), nullable=False),
    Column("words", Text, nullable=False),
    Column("ts", Utc, nullable=False),
    Column("ends_at", Utc),
    Column("who", Text, nullable=False),
    Column("written_at", Utc, nullable=False),
    Column("repeats", String(40), nullable=False, server_default=""),
    Column("zone", String(60), nullable=False, server_default="UTC"),
)

# What people say of an anomaly. It names series and stretch itself: a later scan may date the same anomaly anew.
verdicts = Table(
    "verdicts",
    metadata,
    Column("verdict_id", String(40), primary_key=True),
    Column("service", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("start_ts", Utc, nullable=False),
    Column("end_ts", Utc, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("judged_at", Utc, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("address", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("saved_at", Utc, nullable=False),
)

thresholds = Table(
    "thresholds",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("set_at", Utc, nullable=False),
)

retention = Table(
    "retention",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("keep_s", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("set_at", Utc, nullable=False),
)

# Up to when records of a kind were let go of: what they told is kept.
let_go = Table(
    "let_go",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("before", Utc, nullable=False),
)

log_measures = Table(
    "log_measures",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("counts", JSON, nullable=False),
    Column("who", Text, nullable=False),
    Column("kept_at", Utc, nullable=False),
)

# Posts that were received lately, by their content: one that is sent again is answered, not stored again.
receipts = Table(
    "receipts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", Utc, nullable=False, index=True),
)

STATED = (services, models, meanings, edges, seasons)
