"""Seconds of CPU to score everything: 1,000 series of 2,016 samples, a week of five minutes each.

`python -m tests.benchmarks.sweep [SERIES]` makes the data in an empty home, sweeps it, and prints CPU and wall-clock
seconds beside a floor of the same run: reading the same samples and nothing else.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from app.usecases.score_all import AT_ONCE, ScoredAll, score_all
from data.catalog.commit import FileCommit, commit_file
from data.queries import metrics
from data.records import Series
from data.schemas import BY_KIND
from data.segments import write_segments
from data.series import make_series
from data.store import Store

SAMPLES = 2_016
STEP_US = 300 * 1_000_000
START_US = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
METRICS = ("latency_p95_ms", "requests_per_s", "error_share", "cpu_percent", "queue_entries")
UNUSUAL = 0.2  # share of the series that have an episode


def series_of(number: int) -> Series:
    """One of many services with five measures each."""
    return make_series(f"service-{number // len(METRICS):03}", METRICS[number % len(METRICS)])


def values_of(number: int) -> np.ndarray:
    """A day that repeats, noise that follows itself, and in one series of five an episode of half an hour."""
    rng = np.random.default_rng(number)
    day = np.sin(np.arange(SAMPLES) / 288 * 2 * np.pi)
    noise = np.zeros(SAMPLES)
    for i, step in enumerate(rng.normal(0, 3, SAMPLES)):
        noise[i] = 0.5 * noise[i - 1] + step
    values = 100 + rng.uniform(0, 30) * day + noise
    if rng.random() < UNUSUAL:
        at = int(rng.integers(500, SAMPLES - 50))
        values[at : at + 6] += rng.choice([-60, 60])
    return values / 500 if METRICS[number % len(METRICS)] == "error_share" else values


def fill(store: Store, count: int) -> None:
    """One file with all series."""
    ids = [series_of(number) for number in range(count)]
    ts = np.tile(START_US + STEP_US * np.arange(SAMPLES), count)
    columns = {
        "ts": pa.array(ts, pa.timestamp("us", "UTC")),
        "series_id": np.repeat([one.series_id for one in ids], SAMPLES),
        "value": np.concatenate([values_of(number) for number in range(count)]),
        "known_at": pa.array(ts, pa.timestamp("us", "UTC")),
        "file_id": np.ones(len(ts), np.int64),
        "line": np.arange(1, len(ts) + 1),
    }
    rows = pa.table(columns).cast(BY_KIND["metrics"])
    segments = write_segments(store.home, "metrics", rows)
    commit_file(store.catalog, FileCommit(1, "key1", "sweep.csv", "c", "m", "t", segments=segments, series=tuple(ids)))


def read_alone(store: Store) -> int:
    """The floor: every sample is read, nothing is judged."""
    with store.snapshot() as snap:
        ids = [one.series_id for one in metrics.list_series(snap)]
        some = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
        return sum(len(frame) for part in some for frame in metrics.read_many(snap, part).values())


def timed(run: Callable[[Store], object], store: Store) -> tuple[float, float, object]:
    """CPU of this process and its children, wall clock, and what came of it."""
    began, wall = sum(os.times()[:4]), time.perf_counter()
    made = run(store)
    return sum(os.times()[:4]) - began, time.perf_counter() - wall, made


def main(count: int = 1_000) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        fill(store, count)
        floor, floor_wall, rows = timed(read_alone, store)
        spent, wall, made = timed(score_all, store)
    assert isinstance(made, ScoredAll)
    print(f"{count:,} series of {SAMPLES:,} samples ({rows:,}): {made.words}")
    print(f"score everything: {spent:.1f} CPU s, {wall:.1f} s by the clock")
    print(f"reading alone:    {floor:.1f} CPU s, {floor_wall:.1f} s by the clock")


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:]))
