"""Counts of log lines over time and by template: exact where they are kept, bounded in time where text is searched."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and column names of ours

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb
import pandas as pd

from data import log_templates
from data.queries.log_filter import LogFilter
from data.queries.log_lines import slices, wrong_pattern
from data.queries.log_masks import masked
from data.queries.logs import SEVERITIES
from data.snapshot import Snapshot

_RANK: Final = "list_position([" + ", ".join(f"'{name}'" for name in SEVERITIES) + "], severity)"


@dataclass(frozen=True, slots=True)
class Counted:
    """Columns ``bucket severity n`` (severity "" where none is stated); buckets begin at multiples of the width.

    ``read_from`` is how far back lines were read when time was up, None where all were.
    """

    frame: pd.DataFrame
    read_from: datetime | None = None


def over_time(
    snap: Snapshot, some: LogFilter, start: datetime, end: datetime, bucket_s: float, budget_s: float | None = None
) -> Counted:
    """Lines per bucket and severity. Raises `WrongPattern`."""
    if not some.searches and (not some.template or log_templates.kept(snap, start, end).whole):
        return Counted(_per_bucket(snap, some, start, end, bucket_s))
    began, parts = time.monotonic(), list[pd.DataFrame]()
    for low, high in slices(snap, start, end):
        parts.append(_per_bucket(snap, some, low, high, bucket_s))
        if budget_s is not None and time.monotonic() - began > budget_s and low > start:
            return Counted(_summed(parts, ["bucket", "severity"]), low)
    return Counted(_summed(parts, ["bucket", "severity"]))


def by_template(snap: Snapshot, some: LogFilter, before: datetime, start: datetime, end: datetime) -> pd.DataFrame:
    """Templates of ``[start, end)`` and of ``[before, start)``, from what is kept of them: columns ``service template
    n before first_ts last_ts severity worst worst_n``.

    ``first_ts`` is the first time ever, ``severity`` the commonest of the range (of the one before where the range has
    none), ``worst`` the worst of it, of ``worst_n`` lines.
    """
    asked = some.of_templates(before, end)
    ever = some.without_template().of_templates(None, end)
    return snap.frame(
        f"WITH graded AS (SELECT service, template, severity, {_RANK} AS rank, "
        "count(*) FILTER (ts >= $since) AS n, count(*) FILTER (ts < $since) AS before, "
        f"max(ts) FILTER (ts >= $since) AS last_ts FROM {log_templates.source(snap, before, end)} "
        f"WHERE {asked.where} GROUP BY ALL), "
        "found AS (SELECT service, template, sum(n)::BIGINT AS n, sum(before)::BIGINT AS before, "
        "max(last_ts) AS last_ts, arg_max(severity, 10 * CASE WHEN n > 0 THEN n ELSE before END + rank) AS severity, "
        "arg_max(severity, rank) FILTER (n > 0) AS worst, coalesce(arg_max(n, rank) FILTER (n > 0), 0) AS worst_n "
        "FROM graded GROUP BY service, template), "
        "ever AS (SELECT service, template, min(ts) AS first_ts FROM "
        f"{log_templates.source(snap, None, end)} WHERE {ever.where} GROUP BY ALL) "
        "SELECT found.*, ever.first_ts FROM found JOIN ever ON ever.template = found.template "
        "AND ever.service IS NOT DISTINCT FROM found.service "
        "ORDER BY n DESC, before DESC, found.template, found.service",
        {**ever.params, **asked.params, "since": start},
    )


def templates_over_time(snap: Snapshot, some: LogFilter, start: datetime, end: datetime, buckets: int) -> pd.DataFrame:
    """Lines of each template in each of ``buckets`` equal parts of ``[start, end)``: ``service template bucket n``."""
    asked = some.of_templates(start, end)
    width_us = max(1, round((end - start).total_seconds() * 1e6 / buckets))
    return snap.frame(
        f"SELECT service, template, (epoch_us(ts) - $first) // {width_us} AS bucket, count(*) AS n "
        f"FROM {log_templates.source(snap, start, end)} WHERE {asked.where} GROUP BY ALL",
        {**asked.params, "first": round(start.timestamp() * 1e6)},
    )


def found_templates(
    snap: Snapshot, some: LogFilter, start: datetime, end: datetime, budget_s: float | None = None
) -> tuple[pd.DataFrame, datetime | None]:
    """Templates of the lines that a text or field is found in, ``service template n``; and how far back was read."""
    began, parts, stopped = time.monotonic(), list[pd.DataFrame](), None
    for low, high in slices(snap, start, end):
        asked = some.of_lines(low, high)
        parts.append(
            _checked(
                snap,
                some,
                f"SELECT service, {masked('message')} AS template, count(*) AS n "
                f"FROM {snap.source('logs', low, high)} WHERE {asked.where} GROUP BY ALL",
                asked.params,
            )
        )
        if budget_s is not None and time.monotonic() - began > budget_s and low > start:
            stopped = low
            break
    return _summed(parts, ["service", "template"]), stopped


def services(snap: Snapshot, start: datetime, end: datetime) -> list[str]:
    """Services with a line in the segments of ``[start, end)``, by name."""
    return sorted({name for segment in snap.segments("logs", start, end) for name in segment.services})


def _per_bucket(snap: Snapshot, some: LogFilter, start: datetime, end: datetime, bucket_s: float) -> pd.DataFrame:
    width_us = max(1, round(bucket_s * 1e6))
    kept = bool(some.template) and not some.searches and log_templates.kept(snap, start, end).whole
    asked = some.of_templates(start, end) if kept else some.of_lines(start, end)
    lines = log_templates.source(snap, start, end) if kept else snap.source("logs", start, end)
    return _checked(
        snap,
        some,
        f"SELECT make_timestamptz(epoch_us(ts) // {width_us} * {width_us}) AS bucket, "
        f"coalesce(severity, '') AS severity, count(*) AS n FROM {lines} WHERE {asked.where} GROUP BY ALL ORDER BY ALL",
        asked.params,
    )


def _checked(snap: Snapshot, some: LogFilter, sql: str, params: dict[str, object]) -> pd.DataFrame:
    try:
        return snap.frame(sql, params)
    except duckdb.InvalidInputException as error:
        raise wrong_pattern(some, error) from error


def _summed(parts: list[pd.DataFrame], by: list[str]) -> pd.DataFrame:
    """``n`` of all parts: two slices share the bucket that their edge lies in."""
    return pd.concat(parts).groupby(by, dropna=False)["n"].sum().reset_index()
