"""How good is the expected range ahead, beside the seasonal naive forecast (the last day again)?

`python -m tests.benchmarks.forecast DIR [mscm|nab]` wants the folder of `tests.benchmarks.anomaly`. From six moments in
the last third of every series a day is forecast from what came before alone. MASE: mean absolute error in those of the
naive forecast within the history before that moment; relative: in those of the naive forecast of the same day.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.forecast import forecast
from tests.benchmarks.anomaly import SETS, prepared

MOMENTS = 6
SHARES = (0.8, 0.9)


def judged(series: pd.Series, cut: int) -> dict[str, float] | None:
    """Errors and coverage of one forecast."""
    past, step = series.iloc[:cut], series.index.to_series().diff().median()
    day = max(1, round(pd.Timedelta("1D") / pd.Timedelta(step)))
    came = series.iloc[cut : cut + day].to_numpy()
    if cut <= 2 * day or len(came) < day:
        return None
    row: dict[str, float] = {}
    for share in SHARES:
        found = forecast(past, "1D", coverage=share)
        if len(found.expected) < day:
            return None
        inside = (came >= found.lower.to_numpy()[:day] - 1e-9) & (came <= found.upper.to_numpy()[:day] + 1e-9)
        row[f"inside {share:.0%}"] = float(inside.mean())
    error = np.abs(came - found.expected.to_numpy()[:day]).mean()
    known = past.to_numpy()
    row["MASE"] = error / max(np.abs(known[day:] - known[:-day]).mean(), 1e-12)
    row["naive MASE"] = np.abs(came - known[-day:]).mean() / max(np.abs(known[day:] - known[:-day]).mean(), 1e-12)
    return row


def main(folder: Path, names: list[str]) -> None:
    for name in names or list(SETS):
        below, load = SETS[name]
        rows, began, points = [], time.process_time(), 0
        for some in load(folder / below):
            ready = prepared(some, "causal")
            if ready is None or np.ptp(ready.series.to_numpy()) == 0:
                continue
            cuts = np.linspace(2 * len(ready.series) // 3, len(ready.series) * 0.95, MOMENTS).astype(int)
            found = [row for cut in cuts if (row := judged(ready.series, int(cut))) is not None]
            points += sum(int(cut) for cut in cuts) * len(SHARES)
            if found:
                rows.append(pd.DataFrame(found).mean())
        table = pd.DataFrame(rows)
        table["relative"] = table["MASE"] / table["naive MASE"].clip(lower=1e-9)
        spent = (time.process_time() - began) / max(points, 1) * 1e4
        print(f"\n{name}, {len(table)} series, a day ahead")
        print(table.describe().loc[["25%", "50%", "75%", "mean"]].round(3).to_string())
        print(f"CPU s per 10,000 samples of history: {spent:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
