"""The alarms that a budget would have raised over the series' own history: measured by a sweep, shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from analytics.anomaly.replay import replay
from app.format import count, duration, number
from app.usecases.signals import Signal
from app.usecases.thresholds import find, limits
from data import jobs
from data.store import Snapshot, Store

THRESHOLD: Final = "alarms_per_week"
MOST_SERIES: Final = 24  # replayed: a third of a second each
MOST_SAMPLES: Final = 4_000  # the newest of each
STEPS: Final = 24
LEAST_WEEKS: Final = 1.0  # of history together: a rate per week of less is a guess
MEANS: Final = (
    "Replayed: every sample is judged by what came before it, as it would have been when it came in. What is counted "
    "are alarms, those of real faults among them; a series without any fault should stay at the setting or below."
)
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Rates:
    """``alarms`` of each of ``budgets`` (rising), in ``weeks`` of all replayed series together; ``of`` is how many
    series there are."""

    series: int
    of: int
    weeks: float
    budgets: tuple[float, ...]
    alarms: tuple[int, ...]


def measure(snap: Snapshot, signals: Iterable[Signal], of: int, progress: Progress) -> Rates | None:
    """Replay every budget over these signals; None where none has a history to judge."""
    budgets = _budgets(limits(snap).alarms_per_week)
    total, weeks, series = np.zeros(len(budgets), dtype=np.int64), 0.0, 0
    for signal in signals:
        made = replay(signal.values.iloc[-MOST_SAMPLES:], budgets, unit=signal.unit, seasons=signal.seasons)
        total, weeks, series = total + made.alarms, weeks + made.weeks, series + bool(made.weeks)
        progress(1 - 0.15 * max(1 - series / MOST_SERIES, 0), "Replays the budget of false alarms")
    if not weeks:
        return None
    return Rates(series, of, weeks, budgets, tuple(int(n) for n in total))


def _budgets(now: float) -> tuple[float, ...]:
    """From the least to the most that can be set, and what is set now."""
    bounds = find(THRESHOLD)
    return tuple(sorted({*np.geomspace(bounds.least, bounds.most, STEPS).round(3).tolist(), now}))


def written(rates: Rates | None) -> dict[str, Any]:
    """For the result of the job that measured it."""
    return {"rates": asdict(rates)} if rates else {}


def latest(store: Store) -> Rates | None:
    """What the last sweep that ended well has measured."""
    done = (job for job in jobs.recent(store.catalog, kinds=("score",)) if job.state == "done")
    for job in done:
        told = (job.result or {}).get("rates")
        if told:
            return Rates(**{**told, "budgets": tuple(told["budgets"]), "alarms": tuple(told["alarms"])})
    return None


def rate(rates: Rates, budget: float) -> tuple[int, float]:
    """Alarms of the nearest budget that was replayed, and how many that is per series and week."""
    place = int(np.argmin(np.abs(np.log(np.array(rates.budgets)) - np.log(budget))))
    return rates.alarms[place], rates.alarms[place] / rates.weeks


def words(rates: Rates, budget: float) -> str:
    """``Set to 0.5, it raised 0.61 alarms per series and week: 14 in 23 weeks of 12 series.``"""
    alarms, each = rate(rates, budget)
    sample = f"{count(rates.series, 'series', 'series')}" + (f" of {rates.of}" if rates.of > rates.series else "")
    span = f"{count(alarms, 'alarm')} in {number(rates.weeks)} weeks of {sample} together"
    if rates.weeks < LEAST_WEEKS:
        lasted = duration(rates.weeks * 7 * 86_400)
        raised = f"{count(alarms, 'alarm')} in {lasted} of {sample} together"
        return f"Set to {budget:g}, it would have raised {raised}: too little history to say how many a week."
    return f"Set to {budget:g}, it would have raised {number(each)} per series and week: {span}."


def curve(rates: Rates) -> dict[str, Any]:
    """For the browser, which says what another value would have done as it is typed."""
    return {"budgets": list(rates.budgets), "alarms": list(rates.alarms), "weeks": max(rates.weeks, 0.0),
            "enough": rates.weeks >= LEAST_WEEKS}  # fmt: skip
