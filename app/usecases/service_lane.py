"""One signal ready to be drawn beside its expected range: a lane of the Service page, the side chart of Health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

Side = Literal["service", "model"]
State = Literal["critical", "degraded", "ok", "nodata"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LaneEpisode:
    """A stretch outside the expected range, ``[start, end)``, and the sample farthest out."""

    start: datetime
    end: datetime
    peak_at: datetime
    peak: float
    state: State


@dataclass(frozen=True, slots=True)
class Ghost:
    """The same measure over the period before, moved onto the range: arrays (m,), ``ts`` datetime64[us] in UTC."""

    ts: npt.NDArray[np.datetime64]
    value: Floats


@dataclass(frozen=True, slots=True)
class ChartLane:
    """Arrays of shape (m,), ``ts`` datetime64[us] in UTC, NaN where nothing was measured or nothing can be expected.

    ``measure`` is what people call it ("p95 latency"); ``limit`` a threshold in ``unit``, ``limit_words`` its label,
    ``limit_in_sight`` lets the scale reach to it however far it is.
    ``quiet`` draws it in grey; without ``peaks`` episodes are shaded and not marked. ``guessed`` is the metric's name
    where nobody stated what it means.
    """

    key: str
    side: Side
    name: str
    measure: str
    unit: str
    ts: npt.NDArray[np.datetime64]
    value: Floats
    expected: Floats
    lower: Floats
    upper: Floats
    episodes: tuple[LaneEpisode, ...] = ()
    limit: float | None = None
    limit_words: str = ""
    limit_in_sight: bool = False
    quiet: bool = False
    peaks: bool = True
    guessed: str = ""
    ghost: Ghost | None = None


def seconds(ts: npt.NDArray[np.datetime64]) -> Floats:
    """Seconds since the epoch, shape (m,)."""
    return ts.astype("datetime64[us]").astype(np.int64) / 1e6
