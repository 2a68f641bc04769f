"""Counts and patterns of log records."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and column names of ours

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pandas as pd

from data import log_templates
from data.queries.conditions import Conditions
from data.snapshot import Snapshot

SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_RANK = "list_position([" + ", ".join(f"'{name}'" for name in SEVERITIES) + "], severity)"
_KNOWN = "coalesce(known_at, ts)"


def histogram(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    bucket_s: float,
    service: str | None = None,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """Records per bucket and severity: columns ``bucket severity n``; buckets begin at multiples of ``bucket_s``."""
    width_us = max(1, round(bucket_s * 1e6))
    some = _some(start, end, service, known_by)
    return snap.frame(
        f"SELECT make_timestamptz(epoch_us(ts) // {width_us} * {width_us}) AS bucket, severity, count(*) AS n "
        f"FROM {snap.source('logs', start, end)} WHERE {some.where} GROUP BY ALL ORDER BY ALL",
        some.params,
    )


def volume(snap: Snapshot, start: datetime, end: datetime, bucket_s: float, service: str) -> pd.DataFrame:
    """Lines of a service per bucket: columns ``bucket n errors stated known_at``; buckets without lines have no row.

    ``errors`` are ERROR and FATAL, ``stated`` those that have a severity, ``known_at`` is when the last one was known.
    """
    width_us = max(1, round(bucket_s * 1e6))
    some = _some(start, end, service, None)
    return snap.frame(
        f"SELECT make_timestamptz(epoch_us(ts) // {width_us} * {width_us}) AS bucket, count(*) AS n, "
        "count(*) FILTER (severity IN ('ERROR', 'FATAL')) AS errors, count(severity) AS stated, "
        f"max({_KNOWN}) AS known_at FROM {snap.source('logs', start, end)} WHERE {some.where} "
        "GROUP BY bucket ORDER BY bucket",
        some.params,
    )


def patterns(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    service: str | None = None,
    limit: int = 50,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """The most frequent kinds of message: columns ``pattern service n first_ts first_known_at last_ts severity worst
    worst_n new``.

    ``severity`` is the commonest, ``worst`` the worst seen, of ``worst_n`` lines. ``new`` means that the service
    logged before ``start``, but nothing of this pattern; where it logged nothing before, nothing can be said to be new.
    """
    with suppress(OSError):  # where nothing can be written, lines are masked anew
        log_templates.prepare(snap, None, end)
    some = _some(start, end, service, known_by)
    before = f"SELECT service, template AS pattern FROM {log_templates.source(snap, None, start)} WHERE ts < $start"
    return snap.frame(
        f"WITH graded AS (SELECT template AS pattern, service, severity, {_RANK} AS rank, count(*) AS n, "
        f"min(ts) AS first_ts, min({_KNOWN}) AS first_known_at, max(ts) AS last_ts "
        f"FROM {log_templates.source(snap, start, end)} WHERE {some.where} GROUP BY ALL), "
        "found AS (SELECT pattern, service, sum(n)::BIGINT AS n, min(first_ts) AS first_ts, "
        "min(first_known_at) AS first_known_at, max(last_ts) AS last_ts, "
        "arg_max(severity, 10 * n + rank) AS severity, arg_max(severity, rank) AS worst, "
        "coalesce(arg_max(n, rank), 0) AS worst_n FROM graded GROUP BY pattern, service "
        f"ORDER BY n DESC, pattern, service LIMIT {int(limit)}), "
        f"before AS ({before}), seen AS (SELECT DISTINCT service, pattern FROM before), "
        "talked AS (SELECT DISTINCT service FROM before) "
        "SELECT found.*, seen.pattern IS NULL AND talked.service IS NOT NULL AS new FROM found "
        "LEFT JOIN seen ON seen.pattern = found.pattern AND seen.service IS NOT DISTINCT FROM found.service "
        "LEFT JOIN talked ON talked.service IS NOT DISTINCT FROM found.service "
        "ORDER BY n DESC, found.pattern, found.service",
        some.params,
    )


def _some(start: datetime, end: datetime, service: str | None, known_by: datetime | None) -> Conditions:
    return Conditions().span("ts", start, end).known_by(_KNOWN, known_by).add("service = $service", service=service)
