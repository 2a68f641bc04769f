"""What is expected of a measure after its last sample, as frozen records: words are finished, arrays left to charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from analytics.forecast import Backtest
from app.usecases.service_lane import ChartLane, Floats


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a measure ends, in its unit; ``why`` in words, ``guessed`` where no person stated it."""

    value: float
    why: str
    guessed: bool


@dataclass(frozen=True, slots=True)
class RunOutView:
    """When a limit, or the rest of an error budget, is reached; ``at`` to ``latest`` None where it is not.

    ``sentence`` speaks of it in whole, ``soon`` is short.
    """

    sentence: str
    soon: str
    at: datetime | None
    earliest: datetime | None
    latest: datetime | None
    limit: Limit | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ahead:
    """``lane`` is the history as it was learned from; ``ts expected lower upper`` have shape (h,), after ``last``.

    They are empty where nothing can be said, which ``sentence`` then says with what would be enough. ``horizon_s`` is
    what is asked for, one of the ``choices_s`` unless a person wrote another. ``enough_s`` is the history that the next
    longer choice needs, None where there is none. ``no_limit`` says so of what fills up.
    """

    metric: str
    lane: ChartLane
    last: datetime | None
    horizon_s: float
    choices_s: tuple[float, ...]
    ts: npt.NDArray[np.datetime64]
    expected: Floats
    lower: Floats
    upper: Floats
    coverage: float
    sentence: str
    backtest: Backtest | None
    tested: str
    notes: tuple[str, ...]
    run_outs: tuple[RunOutView, ...] = ()
    limit: Limit | None = None
    no_limit: str = ""
    enough_s: float | None = None
    enough: str = ""
