"""How long it took until an incident was detected, acknowledged, resolved: median, 90th percentile, and of how many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

#: What each figure is the time from the start to; also how it is called.
DEFINITIONS: Final = {
    "MTTD": "MTTD, time to detect: from the start of an incident to the first alert on it.",
    "MTTA": "MTTA, time to acknowledge: from the start to the moment at which a person took it on.",
    "MTTR": "MTTR, time to resolve: from the start to the end. An open incident has no end yet and does not count.",
}
COUNTED: Final = (
    "Each figure is the median of the incidents that began in the range, with the 90th percentile (between two of them "
    "by straight line) and n, the number counted. An incident without that moment, or with one before its start, is "
    "left out; where none is left there is no figure, which is not the same as zero."
)


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """Seconds; None where nothing was counted."""

    median_s: float | None
    p90_s: float | None
    n: int


def response_time(pairs: Iterable[tuple[datetime, datetime | None]]) -> ResponseTime:
    """Of pairs of a start and the moment reached, None where it was not: the times between them."""
    taken = [(reached - start).total_seconds() for start, reached in pairs if reached is not None and reached >= start]
    if not taken:
        return ResponseTime(None, None, 0)
    median, p90 = np.percentile(np.array(taken), [50, 90])
    return ResponseTime(float(median), float(p90), len(taken))
