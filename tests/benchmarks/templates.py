"""Are lines of one kind grouped as a person would group them, and how fast?

`python -m tests.benchmarks.templates DIR` wants a folder with a folder for each system, as logpai/loghub has them
(`X/X_2k.log_structured.csv` with Content, EventId, EventTemplate). Grouping accuracy: share of lines whose group is
exactly the true one. FGA: F1 of groups. Parsing accuracy: share of lines whose template is spelled as the true one.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.templates import mine

SPEED_LINES = 200_000
OTHERS = {
    "one mask (a token with a digit or a slash), 16 systems": 0.833,
    "Drain3 with its defaults, 16 systems": 0.732,
}


def agreement(found: Sequence[object], true: Sequence[object]) -> tuple[float, float]:
    """Grouping accuracy and FGA."""
    ours, theirs, both = Counter(found), Counter(true), Counter(zip(found, true, strict=True))
    exact = [count for (a, b), count in both.items() if count == ours[a] == theirs[b]]
    return sum(exact) / len(true), 2 * len(exact) / (len(ours) + len(theirs))


def lines_per_cpu_s(lines: list[str]) -> float:
    many = (lines * (1 + SPEED_LINES // len(lines)))[:SPEED_LINES]
    began = time.process_time()
    mine(many)
    return SPEED_LINES / (time.process_time() - began)


def main(folder: Path) -> None:
    every: list[str] = []
    rows: list[tuple[float, ...]] = []
    print(f"{'system':<14}{'GA':>7}{'FGA':>7}{'PA':>7}{'found':>7}{'true':>6}")
    for path in sorted(folder.glob("*/*_structured.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        result = mine(table.Content)
        spelled = [result.templates[at] for at in result.template_ids]
        right = sum(a == b for a, b in zip(spelled, table.EventTemplate, strict=True)) / len(table)
        rows.append((*agreement(spelled, table.EventId.tolist()), right))
        ga, fga, pa = rows[-1]
        print(
            f"{path.parent.name:<14}{ga:>7.3f}{fga:>7.3f}{pa:>7.3f}{len(result.templates):>7}{table.EventId.nunique():>6}"
        )
        every += table.Content.tolist()
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    print(f"{'mean':<14}" + "".join(f"{number:>7.3f}" for number in mean))
    print(
        f"least grouping accuracy {min(row[0] for row in rows):.3f}; {lines_per_cpu_s(every):,.0f} lines per CPU second"
    )
    for name, ga in OTHERS.items():
        print(f"{name}: GA {ga}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
