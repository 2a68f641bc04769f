"""Reads of metrics by 5 minutes or by the hour: exact counts, sums and extremes, quantiles to 2 %."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and expressions of ours

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd

from data import rollups
from data.snapshot import Snapshot

MERGED = (
    "sum(n)::BIGINT AS n, sum(sum) AS sum, min(min) AS min, max(max) AS max, "
    "arg_max(last, last_ts) AS last, max(known_at) AS known_at"
)


def buckets(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    step_s: int,
    ids: Sequence[int] | None = None,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """Series by buckets of ``step_s`` (a multiple of 300) over ``[start, end)``; all series without ``ids``.

    Columns ``series_id bucket n sum min max last known_at``; a bucket without a number has no row. One that the range
    cuts holds the records inside the range alone. Repeated samples count as often as they are stored. With ``known_by``
    only what was known by then counts, which the records alone can tell.
    """
    width_us, rows = step_s * 1_000_000, _summed(snap, start, end, step_s, ids, known_by=known_by)
    return snap.frame(
        f"SELECT series_id, make_timestamptz(epoch_us(bucket) // {width_us} * {width_us}) AS bucket, {MERGED} "
        f"FROM ({rows}) GROUP BY ALL ORDER BY ALL"
    )


def quantiles(
    snap: Snapshot, start: datetime, end: datetime, step_s: int, share: float, ids: Sequence[int]
) -> pd.DataFrame:
    """The value under which ``share`` of each bucket's samples lie: columns ``series_id bucket value``.

    From rollups where ``step_s`` is a multiple of an hour, else from the records.
    """
    width_us = step_s * 1_000_000
    return snap.frame(
        f"WITH cells AS (SELECT series_id, epoch_us(bucket) // {width_us} * {width_us} AS bucket, "
        "unnest(map_entries(histogram), recursive := true) "
        f"FROM ({_summed(snap, start, end, step_s, ids, cells=True)})), "
        "counted AS (SELECT series_id, bucket, key, sum(value) AS n FROM cells GROUP BY ALL), "
        "ranked AS (SELECT *, sum(n) OVER (PARTITION BY series_id, bucket ORDER BY key) AS below, "
        "sum(n) OVER (PARTITION BY series_id, bucket) AS total FROM counted) "
        f"SELECT series_id, make_timestamptz(bucket) AS bucket, {rollups.value_of('min(key)')} AS value "
        "FROM ranked WHERE below >= greatest(1, ceil($share * total)) GROUP BY series_id, bucket ORDER BY ALL",
        {"share": share},
    )


def _summed(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    step_s: int,
    ids: Sequence[int] | None,
    *,
    cells: bool = False,
    known_by: datetime | None = None,
) -> str:
    """Rows to be added up: rollups of the largest step that fits, and records at the edges that the range cuts."""
    step = max(each for each in rollups.STEPS_S if step_s % each == 0)
    inner = _ceiled(start, step), _ceiled(end + timedelta(microseconds=1), step) - timedelta(seconds=step)
    among = "true" if ids is None else f"series_id IN ({', '.join(str(int(one)) for one in ids) or 'NULL'})"
    if known_by is not None:
        return _edge(snap, start, end, step, f"{among} AND coalesce(known_at, ts) <= {_at(known_by)}", cells=cells)
    if inner[0] >= inner[1] or (cells and step < rollups.CELLS_FROM_S):
        return _edge(snap, start, end, step, among, cells=cells)
    whole = rollups.summed(snap.home, snap.segments("metrics", *inner), step, cells=cells)
    parts = [f"SELECT * FROM ({whole}) WHERE bucket >= {_at(inner[0])} AND bucket < {_at(inner[1])} AND {among}"]
    edges = [pair for pair in ((start, inner[0]), (inner[1], end)) if pair[0] < pair[1]]
    return " UNION ALL ".join([*parts, *(_edge(snap, *pair, step, among, cells=cells) for pair in edges)])


def _edge(snap: Snapshot, start: datetime, end: datetime, step_s: int, among: str, *, cells: bool) -> str:
    where = f"{among} AND ts >= {_at(start)} AND ts < {_at(end)}"
    return rollups.aggregated(snap.source("metrics", start, end), step_s, where, cells=cells)


def _at(moment: datetime) -> str:
    """A literal: DuckDB prunes row groups by it."""
    return f"make_timestamptz({(moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)})"


def _ceiled(moment: datetime, step_s: int) -> datetime:
    epoch, step = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=step_s)
    return epoch + -((epoch - moment) // step) * step
