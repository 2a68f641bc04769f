"""What does it cost to ask a store of 100 million samples?

`python -m tests.benchmarks.query [--share 1.0] [--folder DIR]` makes 2,400 series of 30 days at one minute (a share of
the days) and prints CPU seconds (user + system, median of five) of counts, sums and extremes of all series and of one,
from rollups and the same columns from raw segments, then the 95th percentile of the time while another process ingests,
against that of an idle machine. Aims: all series over 24 h in 0.2, over 30 days in 0.3, one series over 30 days at
1,440 buckets in 0.1 CPU s; under ingest at most twice. What the Health page costs is measured by `long_range`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from data import rollups
from data.catalog.commit import FileCommit, commit_file
from data.queries import metrics
from data.queries.rollups import buckets
from data.records import Series
from data.schemas import METRICS
from data.segments import write_segments
from data.series import make_series
from data.status import status
from data.store import Snapshot, Store

SERVICES, PER_SERVICE, DAYS, DAY_S, STEP_S = 200, 12, 30, 86_400, 60
START = datetime(2026, 1, 1, tzinfo=UTC)
SERIES = [make_series(f"service-{i % SERVICES}", f"metric_{i // SERVICES}") for i in range(SERVICES * PER_SERVICE)]
RUNS, ROUNDS = 5, 40
ASKED = ("n", "sum", "min", "max")  # columns that a chart or a mean needs


def fill(store: Store, number: int, known: Sequence[Series] = SERIES, start: datetime = START) -> None:
    """One day of samples of these series, as one file."""
    rows, rng = DAY_S // STEP_S, np.random.default_rng(number)
    at = np.datetime64(int((start + timedelta(days=number)).timestamp() * 1e6), "us") + np.arange(rows) * 60_000_000
    values = np.round(100 + 20 * np.sin(np.arange(rows) / 229) + 10 * rng.random((len(known), rows)), 3)
    ids = np.repeat([one.series_id for one in known], rows)
    times = pa.array(np.tile(at, len(known)), METRICS.field("ts").type)
    columns = {"ts": times, "series_id": ids, "value": values.ravel(), "known_at": times}
    origin = {"file_id": np.full(ids.size, number + 1), "line": np.arange(ids.size)}
    segments = write_segments(store.home, "metrics", pa.table(columns | origin, schema=METRICS))
    name = f"day-{number}"
    commit_file(store.catalog, FileCommit(number + 1, name, name, name, "", "", segments=segments, series=tuple(known)))


@dataclass(frozen=True, slots=True)
class Question:
    """``ask`` goes to the rollups, ``raw`` gets the same from the segments."""

    name: str
    aim_s: float
    ask: Callable[[Snapshot, datetime], object]
    raw: Callable[[Snapshot, datetime], object]


def _health(days: int, step_s: int) -> Question:
    def raw(snap: Snapshot, end: datetime) -> object:
        start = end - timedelta(days=days)
        records = snap.source("metrics", start, end)
        where = "ts >= $start AND ts < $end"
        return snap.frame(
            f"{rollups.aggregated(records, step_s, ASKED, where)} ORDER BY series_id, bucket",
            {"start": start, "end": end},
        )

    name = f"Health, {len(SERIES):,} series, {days} d by {step_s // 60} min"
    return Question(name, 0.2 if days == 1 else 0.3, lambda s, e: _asked(s, e, days, step_s), raw)


def _asked(snap: Snapshot, end: datetime, days: int, step_s: int, ids: Sequence[int] | None = None) -> object:
    return buckets(snap, end - timedelta(days=days), end, step_s, ids, columns=ASKED)


def _one(snap: Snapshot, end: datetime) -> object:
    return _asked(snap, end, DAYS, DAYS * DAY_S // 1_440, [SERIES[77].series_id])


def _one_raw(snap: Snapshot, end: datetime) -> object:
    return metrics.extremes(snap, SERIES[77].series_id, end - timedelta(days=DAYS), end, 1_440)


QUESTIONS = (_health(1, 1_800), _health(30, 43_200), Question("one series, 30 d, 1,440 buckets", 0.1, _one, _one_raw))


def cpu_s(ask: Callable[[], object]) -> float:
    """Median of five, after one that opens the files."""
    spent = []
    for _ in range(RUNS + 1):
        began = time.process_time()
        ask()
        spent.append(time.process_time() - began)
    return float(np.median(spent[1:]))


def p95_s(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return float(np.percentile(took, 95))


def ingest_for_ever(home: Path) -> None:
    with Store.open(home) as store:
        for number in range(1_000, 1_000_000):
            fill(store, number, SERIES[:100], START - timedelta(days=2_000))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--share", type=float, default=1.0, help="of the days")
    asked.add_argument("--folder", type=Path, help="where the store may lie")
    said = asked.parse_args()
    days = max(1, round(said.share * DAYS))
    with tempfile.TemporaryDirectory(dir=said.folder) as folder, Store.open(Path(folder) / "home") as store:
        for number in range(days):
            fill(store, number)
        began = time.process_time()
        with store.snapshot() as snap:
            rollups.build(store.home, snap.state.segments)
        spent, found = time.process_time() - began, status(store)
        rows = found.rows["metrics"]
        room = {
            step: sum(f.stat().st_size for f in (store.home / rollups.FOLDER / str(step)).iterdir())
            for step in rollups.STEPS_S
        }
        print(f"{rows:,} samples, {found.bytes / rows:.2f} bytes each; rollups", end=" ")
        print(", ".join(f"of {step} s {size / rows:.2f} B" for step, size in room.items()), f"in {spent:.1f} CPU s")
        end = START + timedelta(days=days)
        print(f"{'question':<44}{'aim':>6}{'CPU s':>8}{'raw s':>8}")
        with store.snapshot() as snap:
            for question in QUESTIONS:
                ours, raw = cpu_s(lambda: question.ask(snap, end)), cpu_s(lambda: question.raw(snap, end))  # noqa: B023
                print(f"{question.name:<44}{question.aim_s:>6.1f}{ours:>8.3f}{raw:>8.3f}", flush=True)
        _under_ingest(store, end)


def _under_ingest(store: Store, end: datetime) -> None:
    def ask() -> None:
        with store.snapshot() as snap:
            for question in QUESTIONS:
                question.ask(snap, end)

    idle = p95_s(ask)
    other = multiprocessing.get_context("spawn").Process(target=ingest_for_ever, args=(store.home,), daemon=True)
    other.start()
    generation = store.catalog.generation
    while store.catalog.generation < generation + 2:
        time.sleep(0.1)
    busy = p95_s(ask)
    other.kill()
    other.join()
    print(f"all three, 95th percentile of {ROUNDS}: idle {idle:.2f} s, while another ingests {busy:.2f} s", end=" ")
    print(f"({busy / idle:.1f} times)")


if __name__ == "__main__":
    main()
