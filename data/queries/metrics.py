"""Reads of metric samples."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and column names of ours

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from data.catalog.rows import series_from
from data.queries.conditions import Conditions
from data.records import Series
from data.snapshot import Snapshot

_KNOWN = "coalesce(known_at, ts)"


def list_series(
    snap: Snapshot, service: str | None = None, metric: str | None = None, labels: Mapping[str, str] | None = None
) -> tuple[Series, ...]:
    """Series that match all that is given; ``labels`` match when a series has all of them."""
    some = Conditions().add("service = $service", service=service).add("metric = $metric", metric=metric)
    query = f"SELECT series_id, service, metric, labels_json FROM series WHERE {some.where} ORDER BY ALL"
    found = (series_from(*row) for row in snap.rows(query, some.params))
    wanted = set((labels or {}).items())
    return tuple(sorted((s for s in found if wanted <= set(s.labels)), key=lambda s: (s.service, s.metric, s.labels)))


def read(
    snap: Snapshot,
    series_id: int,
    start: datetime | None = None,
    end: datetime | None = None,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """Samples of one series in ``[start, end)``: index ``ts`` (UTC, rising, unique), columns ``value known_at``.

    Of samples with the same time the one that became known last (by ``known_by``) holds.
    """
    return read_many(snap, [series_id], start, end, known_by)[series_id]


def read_many(
    snap: Snapshot,
    ids: Sequence[int],
    start: datetime | None = None,
    end: datetime | None = None,
    known_by: datetime | None = None,
) -> dict[int, pd.DataFrame]:
    """`read` for several series in one pass; a series without samples has an empty frame."""
    some = Conditions().span("ts", start, end).known_by(_KNOWN, known_by)
    frame = snap.frame(
        f"SELECT series_id, ts, value, {_KNOWN} AS known_at FROM {snap.source('metrics', start, end)} "
        f"WHERE {_among(ids)} AND {some.where} ORDER BY series_id, ts, known_at, file_id, line",
        some.params,
    )
    last = frame[~frame.duplicated(["series_id", "ts"], keep="last")].set_index("ts")
    found = {int(str(key)): part[["value", "known_at"]] for key, part in last.groupby("series_id")}
    empty = last.iloc[:0][["value", "known_at"]]
    return {series_id: found.get(series_id, empty) for series_id in ids}


def extremes(snap: Snapshot, series_id: int, start: datetime, end: datetime, buckets: int) -> pd.DataFrame:
    """The smallest and largest sample of each of ``buckets`` equal parts of ``[start, end)``.

    Columns ``bucket n min min_ts max max_ts``; parts without a number have no row, so that gaps stay gaps.
    """
    some = Conditions().span("ts", start, end)
    width_us = max(1, round((end - start).total_seconds() * 1e6 / buckets))
    return snap.frame(
        f"SELECT make_timestamptz($start_us + (epoch_us(ts) - $start_us) // {width_us} * {width_us}) AS bucket, "
        "count(*) AS n, min(value) AS min, arg_min(ts, value) AS min_ts, "
        "max(value) AS max, arg_max(ts, value) AS max_ts "
        f"FROM {snap.source('metrics', start, end)} "
        f"WHERE {_among([series_id])} AND NOT isnan(value) AND {some.where} GROUP BY bucket ORDER BY bucket",
        {**some.params, "start_us": round(start.timestamp() * 1e6)},
    )


def span(snap: Snapshot) -> tuple[datetime, datetime] | None:
    """The first and the last time at which anything happened, both inclusive; None in an empty store.

    A label's time is that of its arrival, weeks after the last prediction: it counts where there is nothing else.
    """
    segments = [s for s in snap.state.segments if s.kind != "labels"] or snap.state.segments
    dated = [(s.min_ts, s.max_ts) for s in segments if s.min_ts is not None and s.max_ts is not None]
    if not dated:
        return None
    return min(first for first, _ in dated), max(last for _, last in dated)


def _among(ids: Sequence[int]) -> str:
    """Literal numbers: DuckDB prunes row groups by them, which it does not do by a list parameter."""
    return f"series_id IN ({', '.join(str(int(one)) for one in ids)})" if ids else "false"
