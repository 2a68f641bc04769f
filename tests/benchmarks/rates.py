"""What does it cost to ask what changed between two windows, is a planted change found first, and how often is one
reported where there is none?

`python -m tests.benchmarks.rates [ROWS]` (10,000,000 by default, half of them in each window) with 20 fields: names of
few and of many values, numbers, flags. Aim: under 10 s of CPU.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from analytics.changes import compare

ROWS = 10_000_000
TRIALS = 100
TRIAL_ROWS = 4_000


def window(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    names = {
        f"name_{n}": pd.Series(pd.array([f"v{i}" for i in range(n)])).take(rng.integers(0, n, rows)) for n in NAMES
    }
    levels = {
        f"level_{n}": pd.Categorical.from_codes(rng.integers(0, n, rows), pd.Index([f"c{i}" for i in range(n)]))
        for n in NAMES
    }
    numbers = {f"number_{n}": rng.lognormal(n, 0.5, rows) for n in range(4)}
    whole = {f"whole_{n}": rng.integers(0, n, rows) for n in (2, 9, 30, 5_000)}
    flags = {f"flag_{n}": rng.random(rows) < 1 / n for n in (2, 90)}
    named = {name: values.reset_index(drop=True) for name, values in names.items()}
    return pd.DataFrame({**named, **levels, **numbers, **whole, **flags})


NAMES = (3, 20, 100, 700, 2_000)


def planted(frame: pd.DataFrame) -> pd.DataFrame:
    """One record in fifty has one value of one field."""
    frame.loc[frame.index[::50], "name_700"] = "v13"
    return frame


def main(rows: int) -> None:
    before, during = window(rows // 2, 0), planted(window(rows // 2, 1))
    began = time.process_time()
    report = compare(before, during, seconds=(3_600, 3_600))
    spent = time.process_time() - began
    print(f"{rows:,} rows, {before.shape[1]} fields: {spent:.1f} CPU s, {report.tested:,} values tested")
    print("first:", report.changes[0].sentence)
    del before, during
    calm = [compare(window(TRIAL_ROWS, 2 * n + 10), window(TRIAL_ROWS, 2 * n + 11)) for n in range(TRIALS)]
    print(f"without a change nothing reported in {sum(not one.changes for one in calm)} of {TRIALS} trials")
    found = [compare(window(TRIAL_ROWS, 2 * n), planted(window(TRIAL_ROWS, 2 * n + 1))) for n in range(TRIALS)]
    hits = sum(
        bool(one.changes) and (one.changes[0].field, one.changes[0].value) == ("name_700", "v13") for one in found
    )
    print(f"planted value first in {hits} of {TRIALS} trials")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
