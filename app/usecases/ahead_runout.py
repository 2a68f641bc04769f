"""When a measure reaches its limit, and when the error budget of an objective is spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

import pandas as pd

from analytics.forecast import RunOut, runs_out
from analytics.health import budget_course
from app.format import value
from app.usecases import ahead_words as words
from app.usecases.ahead_history import coarser, history
from app.usecases.ahead_limits import beyond
from app.usecases.ahead_view import Limit, RunOutView
from app.usecases.service_words import kept_words, stated
from app.usecases.signals import Signal
from data.records import Objective

MOST_SAMPLES: Final = 2_000  # growth is as plain from averages, and a service may have many measures
FEWEST: Final = 20
FURTHEST: Final = 10.0  # times the history, as `runs_out` says


@dataclass(frozen=True, slots=True)
class _Said:
    what: str
    never: str
    short: str
    head: str = ""


def of_limit(signal: Signal, limit: Limit, zone: tzinfo) -> RunOutView | None:
    """When the measure reaches its limit; None where it has too few samples to say."""
    found = history(signal, MOST_SAMPLES)
    if len(found.values) < FEWEST:
        return None
    name, now = stated(limit.value, signal.unit), found.shown.index[-1].to_pydatetime()
    if beyond(float(found.shown.iloc[-1]), limit.value, signal.bad_direction):
        return RunOutView(f"{name} is reached.", f"{signal.measure} is at its limit of {name}", now, now, now, limit)
    told = runs_out(found.values, limit.value, seasons=signal.seasons)
    said = _Said(f"Reaches {name}", f"{name} is not reached", f"{signal.measure} reaches {name}")
    return _view(told, said, now, found.span_s, zone, limit)


def of_budget(signal: Signal, objective: Objective, zone: tzinfo) -> RunOutView | None:
    """When the error budget of an objective on the measure is spent, if misses go on as they went."""
    left, _ = coarser(_course(signal, objective), MOST_SAMPLES)
    if len(left) < FEWEST:
        return None
    aim = kept_words(objective, signal.measure, signal.unit)
    now, rest = left.index[-1].to_pydatetime(), float(left.iloc[-1])
    if rest <= 0:
        spent = f"The error budget of {aim} is spent."
        return RunOutView(spent, f"the error budget of {aim} is spent", now, now, now)
    head = f"Error budget of {aim}: {value(rest, 'share')} left. "
    if float(left.min()) == 1.0:
        return RunOutView(f"{head}Nothing of it was used in sight.", "", None, None, None)
    said = _Said("Spent", "it is not spent", f"the error budget of {aim} is spent", head)
    span_s = (left.index[-1] - left.index[0]).total_seconds()
    return _view(runs_out(left, 0.0), said, now, span_s, zone)


def _course(signal: Signal, objective: Objective) -> pd.Series:
    return budget_course(
        signal.values,
        threshold=objective.threshold,
        comparison=objective.comparison,
        target=objective.target,
        window_s=objective.window_s,
    )


def _view(
    told: RunOut, said: _Said, now: datetime, span_s: float, zone: tzinfo, limit: Limit | None = None
) -> RunOutView:
    at, earliest, latest = (words.utc(each) for each in (told.at, told.earliest, told.latest))
    sentence = said.head + words.reached(said.what, said.never, now, at, earliest, latest, FURTHEST * span_s, zone)
    soon = words.short(said.short, now, at, earliest, latest) if at and earliest and latest else ""
    return RunOutView(sentence, soon, at, earliest, latest, limit, told.notes)
