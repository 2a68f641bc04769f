"""How good are the scores, on labelled series, beside what others reach on the same ones?

`python -m tests.benchmarks.anomaly DIR [mscm|nab]` wants a folder with `nab` (numenta/NAB: combined_windows.json and
the series below it) and `ms_cloud_monitoring` (microsoft/cloud-monitoring-dataset). The first 15 % of each series
are scored but not judged; holes are filled (between neighbours, causal from the past). A minute or two of CPU.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from analytics.anomaly import Mode, score
from tests.benchmarks.detection import Labels, Numbers, buffer_of, event_counts, events_of, f1, vus_pr

SKIPPED = 0.15
LONGEST = 5_000
GRID = np.unique(np.r_[np.linspace(0.05, 0.97, 47), 1 - np.logspace(-1.5, -4, 10)])
# VUS-PR, AUC-PR, F1 at one threshold, false alarms a day: measured with the same rules
OTHERS = {
    "mscm": {
        "random": (0.211, 0.081, 0.114, 0.016),
        "rolling median and MAD": (0.556, 0.483, 0.501, 0.160),
        "forest on raw values": (0.634, 0.561, 0.623, 0.040),
        "forest on STL remainder": (0.741, 0.544, 0.506, 0.043),
    },
    "nab": {
        "random": (0.145, 0.121, 0.046, 0.075),
        "rolling median and MAD": (0.229, 0.200, 0.100, 1.68),
        "forest on raw values": (0.235, 0.198, 0.303, 0.918),
        "forest on STL remainder": (0.358, 0.317, 0.389, 0.333),
    },
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series and its labels (m,)."""

    series: pd.Series
    labels: Labels

    @property
    def step_min(self) -> float:
        steps = np.diff(self.series.index.values).astype("timedelta64[s]").astype(float)
        return float(np.median(steps)) / 60


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one series adds. ``grid`` (thresholds, 2): caught events and false alarms at each of GRID."""

    vus: float
    auc: float
    events: int
    caught: int
    false: int
    grid: Numbers
    days: float
    cpu_s_10k: float


def nab(folder: Path) -> Iterator[Labelled]:
    windows = json.loads((folder / "combined_windows.json").read_text())
    for name, spans in sorted(windows.items()):
        table = pd.read_csv(folder / name, parse_dates=["timestamp"])
        series = pd.Series(table.value.to_numpy(float), index=pd.DatetimeIndex(table.timestamp))
        inside = np.zeros(len(series), dtype=bool)
        for first, last in spans:
            inside |= (series.index >= pd.Timestamp(first)) & (series.index <= pd.Timestamp(last))
        yield Labelled(series, inside.astype(np.int64))


def mscm(folder: Path) -> Iterator[Labelled]:
    for path in sorted(folder.glob("*/*.csv")):
        table = pd.read_csv(path)
        times = pd.to_datetime(table.iloc[:, 0], utc=True, format="mixed").dt.tz_localize(None)
        values = pd.to_numeric(table.iloc[:, 1], errors="coerce").to_numpy()
        order = np.argsort(times.to_numpy(), kind="stable")
        labels = table.iloc[:, 2].fillna(0).to_numpy(np.int64)
        yield Labelled(pd.Series(values, index=pd.DatetimeIndex(times)).iloc[order], labels[order])


SETS: dict[str, tuple[str, Callable[[Path], Iterator[Labelled]]]] = {
    "mscm": ("ms_cloud_monitoring", mscm),
    "nab": ("nab", nab),
}


def prepared(some: Labelled, mode: Mode) -> Labelled | None:
    """One value for each time and no hole, at most the last 5,000 samples; None for what is too short to be judged."""
    fresh = ~some.series.index.duplicated()
    series, labels = some.series[fresh], some.labels[fresh]
    if len(series) < 100 or series.isna().all():
        return None
    series = series.ffill().bfill() if mode == "causal" else series.interpolate(limit_direction="both")
    return Labelled(series.iloc[-LONGEST:], labels[-LONGEST:])


def judge(some: Labelled, mode: Mode) -> Judgement:
    began = time.process_time()
    scores = score(some.series, mode=mode).to_numpy()
    spent = time.process_time() - began
    cut = int(len(scores) * SKIPPED)
    truth, judged = some.labels[cut:], scores[cut:]
    gap = max(3, round(30 / max(some.step_min, 1e-9)))
    caught, false = event_counts(truth, judged, 0.5, gap)
    known = bool(truth.any())
    return Judgement(
        vus=vus_pr(truth, judged, buffer_of(some.series.to_numpy())) if known else np.nan,
        auc=float(average_precision_score(truth, judged)) if known else np.nan,
        events=len(events_of(truth)),
        caught=caught,
        false=false,
        grid=np.array([event_counts(truth, judged, threshold, gap) for threshold in GRID], dtype=float),
        days=len(truth) * some.step_min / 1_440,
        cpu_s_10k=spent / len(scores) * 1e4,
    )


def summary(found: list[Judgement]) -> dict[str, float]:
    """Means over the series; events pooled over the set."""
    events, grid = sum(one.events for one in found), np.sum([one.grid for one in found], axis=0)
    caught, false = sum(one.caught for one in found), sum(one.false for one in found)
    return {
        "VUS-PR": float(np.nanmean([one.vus for one in found])),
        "AUC-PR": float(np.nanmean([one.auc for one in found])),
        "F1": max(f1(hit, events, wrong) for hit, wrong in grid),
        "F1 at 0.5": f1(caught, events, false),
        "recall": caught / max(events, 1),
        "false/day": false / sum(one.days for one in found),
        "CPU s/10k": float(np.median([one.cpu_s_10k for one in found])),
    }


def main(folder: Path, names: list[str]) -> None:
    for name in names or list(SETS):
        below, load = SETS[name]
        series = list(load(folder / below))
        print(f"\n{name:<26}  VUS-PR  AUC-PR      F1  false/day")
        for method, (vus, auc, best, false) in OTHERS[name].items():
            print(f"{method:<26}{vus:>8.3f}{auc:>8.3f}{best:>8.3f}{false:>11.3f}")
        for mode in get_args(Mode):
            ready = [one for some in series if (one := prepared(some, mode)) is not None]
            reached = summary([judge(one, mode) for one in ready])
            print(
                f"{mode}, {len(ready)} series: " + ", ".join(f"{word} {number:.3f}" for word, number in reached.items())
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
