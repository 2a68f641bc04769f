"""Reads of long ranges: a series of very many samples comes as one value for each bucket of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from data.queries import metrics
from data.queries.rollups import HOUR_S, buckets, extents
from data.records import MetricKind
from data.snapshot import Snapshot

MOST_SAMPLES: Final = 10_000  # of one series; judging more takes seconds and shows no more
FEWEST_BUCKETS: Final = 100  # a few hours of samples by the second stay what they are
STEPS_S: Final = (300, HOUR_S, 3 * HOUR_S, 12 * HOUR_S, 24 * HOUR_S)


@dataclass(frozen=True, slots=True)
class Read:
    """Samples of one series as `metrics.read` gives them; ``step_s`` is how wide the buckets are that they stand for.

    It is 0 where they are as they came.
    """

    frame: pd.DataFrame
    step_s: int = 0


def read_many(snap: Snapshot, kinds: Mapping[int, MetricKind], start: datetime, end: datetime) -> dict[int, Read]:
    """Series by their ids over ``[start, end)``: as they are, or in the smallest buckets of `STEPS_S` that leave at
    most `MOST_SAMPLES`.

    A gauge comes as the mean of each bucket, where a moment that is stored twice counts twice; a counter as the last
    value of each whole bucket, so that its rate is that of the bucket. The time is the start of the bucket, known once
    it is over and all of it was known. A bucket that ``start`` cuts is left out.
    """
    steps = steps_s(snap, list(kinds), start, end)
    whole = metrics.read_many(snap, [one for one in kinds if one not in steps], start, end)
    found = {one: Read(frame) for one, frame in whole.items()}
    for step_s in sorted(set(steps.values())):
        ids = [one for one, step in steps.items() if step == step_s]
        found |= {one: Read(frame, step_s) for one, frame in _read(snap, kinds, ids, start, end, step_s).items()}
    return {one: found[one] for one in kinds}


def steps_s(snap: Snapshot, ids: list[int], start: datetime, end: datetime) -> dict[int, int]:
    """The widths of the buckets for those series that have too many samples; without a read where none can have."""
    if sum(each.rows for each in snap.segments("metrics", start, end)) <= MOST_SAMPLES:
        return {}
    known = extents(snap, start, end, ids)
    hour, rows = timedelta(seconds=HOUR_S), zip(*(known[name] for name in known), strict=True)
    chosen = ((one, _step_s(n, min(last + hour, end) - max(first, start))) for one, n, first, last in rows)
    return {int(one): step for one, step in chosen if step}


def _step_s(samples: int, lasting: timedelta) -> int:
    if samples <= MOST_SAMPLES:
        return 0
    lasting_s = lasting.total_seconds()
    step = next((step for step in STEPS_S if lasting_s / step < MOST_SAMPLES), STEPS_S[-1])
    return step if lasting_s / step >= FEWEST_BUCKETS else 0


def _read(
    snap: Snapshot, kinds: Mapping[int, MetricKind], ids: list[int], start: datetime, end: datetime, step_s: int
) -> dict[int, pd.DataFrame]:
    counters = [one for one in ids if kinds[one] == "counter"]
    gauges = [one for one in ids if kinds[one] != "counter"]
    parts = []
    if gauges:
        means = buckets(snap, start, end, step_s, gauges, columns=("n", "sum", "known_at"))
        parts.append(means.assign(value=means["sum"] / means["n"]))
    if counters:
        ends = buckets(snap, start, end, step_s, counters, columns=("last", "known_at"))
        parts.append(ends[_over(ends, step_s) <= end].rename(columns={"last": "value"}))
    frame = pd.concat(parts, ignore_index=True)
    over, last = _over(frame, step_s), pd.Timestamp(end)
    over = over.where(over < last, last)
    frame = frame.assign(known_at=frame["known_at"].where(frame["known_at"] > over, over), ts=frame["bucket"])
    inside = frame[frame["ts"] >= start].set_index("ts")
    found = {int(str(key)): part[["value", "known_at"]] for key, part in inside.groupby("series_id")}
    return {one: found.get(one, inside.iloc[:0][["value", "known_at"]]) for one in ids}


def _over(frame: pd.DataFrame, step_s: int) -> pd.Series:
    """The end of each bucket."""
    return frame["bucket"] + pd.Timedelta(seconds=step_s)
