"""What does it cost to score one series?

`python -m tests.benchmarks.scoring [POINTS...]` prints CPU seconds (user + system, best of three) for 10,000 and
100,000 points at one minute with a daily wave, beside the floor of the same run: a median per minute of the day and one
MAD in numpy, which is what the least useful detector would cost. Aims: 10,000 points in 1 s, 100,000 in 3 s.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.anomaly import detect, expect
from analytics.decompose import decompose

SIZES = (10_000, 100_000)
DAY = 1_440
RUNS = 3


def series(points: int) -> pd.Series:
    """A day's wave, noise, and a fault of two hours every ten days."""
    at = np.arange(points)
    values = 100 + 40 * np.sin(2 * np.pi * at / DAY) + np.random.default_rng(0).normal(0, 5, points)
    values[(at % (10 * DAY)) // 120 == 50] += 80
    return pd.Series(values, index=pd.date_range("2026-01-01", periods=points, freq="1min", tz="UTC"))


def floor(some: pd.Series) -> np.ndarray:
    """Deviation from the median of the same minute of other days, in MADs."""
    values = some.to_numpy()
    days = -(-len(values) // DAY)
    table = np.full(days * DAY, np.nan)
    table[: len(values)] = values
    by_day = table.reshape(days, DAY)
    remainder = (by_day - np.nanmedian(by_day, axis=0)).ravel()[: len(values)]
    deviation: np.ndarray = np.abs(remainder) / (1.4826 * np.median(np.abs(remainder)))
    return deviation


METHODS: dict[str, Callable[[pd.Series], object]] = {
    "floor: slot median + MAD": floor,
    "decompose": decompose,
    "expected range, full": expect,
    "detect, full": detect,
    "expected range, causal": lambda some: expect(some, mode="causal"),
    "detect, causal": lambda some: detect(some, mode="causal"),
}


def cpu_s(method: Callable[[pd.Series], object], some: pd.Series) -> float:
    """Least CPU time of three runs, after one that loads what is imported where it is used."""
    method(some.iloc[: 3 * DAY])
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        method(some)
        spent.append(time.process_time() - began)
    return min(spent)


def main(sizes: list[int]) -> None:
    print(f"{'method':<26}{'points':>9}{'CPU s':>9}{'x floor':>9}")
    for points in sizes:
        some = series(points)
        costs = {name: cpu_s(method, some) for name, method in METHODS.items()}
        least = costs["floor: slot median + MAD"]
        for name, cost in costs.items():
            print(f"{name:<26}{points:>9,}{cost:>9.3f}{cost / least:>9.1f}")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
