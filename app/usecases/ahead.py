"""What is expected of a measure after its last sample, with the range that it will lie in, and when it runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
import pandas as pd

from analytics.forecast import COVERAGE, Forecast, forecast
from app.usecases import ahead_words as words
from app.usecases import season_words
from app.usecases.ahead_history import FEWEST, History, choices_s, history, next_s, usual_s
from app.usecases.ahead_limits import WHOLE, no_limit
from app.usecases.ahead_runout import of_budget, of_limit
from app.usecases.ahead_view import Ahead, Limit, RunOutView
from app.usecases.service_lane import ChartLane, Floats
from app.usecases.signals import Signal
from app.usecases.stamps import times
from data.records import Objective

NO_QUANTITY = "Up or down is no quantity: nothing is forecast of it. Its error budget, where it has one, is."
NONE = np.empty(0)


@dataclass(frozen=True, slots=True)
class _Path:
    """Arrays of shape (h,), after the last sample."""

    ts: pd.DatetimeIndex
    expected: Floats
    lower: Floats
    upper: Floats


NOWHERE = _Path(pd.DatetimeIndex([], tz="UTC"), NONE, NONE, NONE)


def look_ahead(
    signal: Signal,
    ahead_s: float | None,
    zone: tzinfo,
    *,
    limit: Limit | None = None,
    objectives: Sequence[Objective] = (),
) -> Ahead:
    """The signal ``ahead_s`` after its last sample, where None for as long as its history makes sensible."""
    found = history(signal)
    choices = () if signal.is_state else choices_s(found, signal.seasons_s)
    horizon_s = ahead_s or usual_s(choices, signal.seasons_s)
    told = None if signal.is_state or horizon_s > found.farthest_s else _forecast(found, signal, horizon_s)
    path = NOWHERE if told is None else _after(told, found, signal)
    next_longer = None if signal.is_state or len(found.values) < FEWEST else next_s(found)
    run_outs = _run_outs(signal, limit, objectives, zone)
    return Ahead(
        metric=signal.metric,
        lane=_lane(signal, found),
        last=found.shown.index[-1].to_pydatetime() if len(found.shown) else None,
        horizon_s=horizon_s,
        choices_s=choices,
        ts=times(path.ts),
        expected=path.expected,
        lower=path.lower,
        upper=path.upper,
        coverage=COVERAGE,
        sentence=_sentence(signal, found, path, horizon_s, zone),
        backtest=told.backtest if told else None,
        tested=words.tested(told.backtest) if told and told.backtest else "",
        notes=_notes(signal, found, told, run_outs),
        run_outs=run_outs,
        limit=limit,
        no_limit=no_limit(signal, limit),
        enough_s=found.needed_s(next_longer) if next_longer else None,
        enough=words.longer(next_longer, found.needed_s(next_longer)) if next_longer else "",
    )


def _forecast(found: History, signal: Signal, horizon_s: float) -> Forecast | None:
    """An incident that is still open is no history: what lies between its begin and now is looked over too."""
    ahead = pd.Timedelta(seconds=horizon_s + found.missing_s)
    told = forecast(found.values, ahead, seasons=signal.seasons)
    return told if told.backtest else None


def _after(told: Forecast, found: History, signal: Signal) -> _Path:
    """What lies after the last sample; a share ends at 1 where it always did."""
    most = WHOLE.get(signal.unit, np.inf)
    most = most if float(found.values.max()) <= most else np.inf
    later = told.expected.index > found.shown.index[-1]
    columns = (each[later].clip(upper=most).to_numpy(dtype=float) for each in (told.expected, told.lower, told.upper))
    return _Path(pd.DatetimeIndex(told.expected.index[later]), *columns)


def _lane(signal: Signal, found: History) -> ChartLane:
    nothing = np.full(len(found.shown), np.nan)
    return ChartLane(
        key=signal.key,
        side=signal.side,
        name=signal.name,
        measure=signal.measure,
        unit=signal.unit,
        ts=times(pd.DatetimeIndex(found.shown.index)),
        value=found.shown.to_numpy(dtype=float),
        expected=nothing,
        lower=nothing,
        upper=nothing,
        peaks=False,
        guessed=signal.metric if signal.guessed else "",
    )


def _sentence(signal: Signal, found: History, path: _Path, horizon_s: float, zone: tzinfo) -> str:
    if signal.is_state:
        return NO_QUANTITY
    if not len(path.ts):
        count, needed = len(found.values), found.needed_s(horizon_s)
        return words.too_little(signal.measure, horizon_s, needed, found.span_s, count, FEWEST)
    end: datetime = path.ts[-1].to_pydatetime()
    last = (float(path.expected[-1]), float(path.lower[-1]), float(path.upper[-1]))
    return words.expected(signal.measure, horizon_s, end, last, signal.unit, zone)


def _run_outs(
    signal: Signal, limit: Limit | None, objectives: Sequence[Objective], zone: tzinfo
) -> tuple[RunOutView, ...]:
    of_measure = of_limit(signal, limit, zone) if limit and not signal.is_state else None
    budgets = [of_budget(signal, one, zone) for one in objectives if one.metric == signal.metric]
    return tuple(one for one in (of_measure, *budgets) if one is not None)


def _notes(signal: Signal, found: History, told: Forecast | None, run_outs: Sequence[RunOutView]) -> tuple[str, ...]:
    learned = (f"Learned from {words.span(found.span_s)}, {len(found.values):,} samples.",) if told else ()
    said = (*learned, *found.notes, *season_words.of_signal(signal), *(told.notes if told else ()))
    return tuple(dict.fromkeys((*said, *(note for one in run_outs for note in one.notes))))
