"""Score one series on demand: the question of `diptych score`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import pandas as pd

from analytics import anomaly
from app.usecases import log_measures, season_words
from app.usecases.log_signals import counted_lines, log_signals
from app.usecases.signals import Signal, read
from app.usecases.wanted import Wanted
from app.usecases.words import labels as label_words
from data.errors import NotFound, QueryRefused
from data.queries import metrics, registry
from data.records import MetricMeaning, Series
from data.store import Snapshot, Store

SEASON = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)\s*$")
SEASON_S = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
LONGEST_SEASON_S = 3_660 * 86_400
MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class ScoredEpisode:
    """Half-open ``[start, end)``; ``observed`` and ``expected`` at its peak."""

    start: datetime
    end: datetime
    peak_score: float
    observed: float
    expected: float
    direction: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Scored:
    """``points`` are (ts, value, score, expected, lower, upper), one per sample."""

    service: str
    metric: str
    labels: dict[str, str]
    mode: str
    periods_s: tuple[float, ...]
    notes: tuple[str, ...]
    episodes: tuple[ScoredEpisode, ...]
    points: tuple[tuple[datetime, float, float, float, float, float], ...]


def season(text: str) -> pd.Timedelta:
    """``12m`` is twelve minutes, ``1d`` a day. Raises QueryRefused for anything else."""
    found = SEASON.match(text)
    if not found:
        raise QueryRefused(f"'{text}' is not a period.", "Write a number and s, m, h, d or w, such as 12m.")
    length_s = float(found.group(1)) * SEASON_S[found.group(2)]
    if not 0 < length_s <= LONGEST_SEASON_S:
        raise QueryRefused(f"A season of {text} is not one that data can show.", "It lasts a second to ten years.")
    return pd.Timedelta(seconds=length_s)


def score_series(
    store: Store, wanted: Wanted, *, mode: Literal["full", "causal"] = "full", seasons: Sequence[str] = ()
) -> Scored:
    """Scores of the one series that matches, by the ``seasons`` asked for or else by those that its source states.

    Raises NotFound when none matches, QueryRefused when several do.
    """
    asked_for = [season(text) for text in seasons]
    with store.snapshot() as snap:
        signal = asked_signal(snap, wanted)
    budget = signal.alarms_per_week
    result = anomaly.detect(signal.values, mode=mode, seasons=asked_for or signal.seasons, alarms_per_week=budget)
    scored = _scored(signal, result)
    own = () if asked_for else season_words.of_signal(signal)
    return replace(scored, notes=(*own, *scored.notes))


def asked_signal(snap: Snapshot, wanted: Wanted) -> Signal:
    """The one series that matches, or what is counted from log lines under this name.

    Raises NotFound when none does or it has no samples, QueryRefused when several do.
    """
    counted = None if wanted.labels else _counted(snap, wanted)
    return counted or _signal(snap, _only(snap, wanted), wanted)


def _counted(snap: Snapshot, wanted: Wanted) -> Signal | None:
    """What is counted from the log lines of a service under this name, None where a series has it or nothing does."""
    reach, service, metric = metrics.span(snap), wanted.service, wanted.metric
    if reach is None or metrics.list_series(snap, service=service, metric=metric):
        return None
    first, last = wanted.start or reach[0], wanted.end or reach[1] + timedelta(seconds=1)
    counted = (*log_signals(snap, service, first, last), *counted_lines(snap, service, first, last))
    return next((one for one in counted if metric in (one.metric, one.measure)), None)


def _only(snap: Snapshot, wanted: Wanted) -> Series:
    found = metrics.list_series(snap, service=wanted.service, metric=wanted.metric, labels=wanted.labels)
    if not found:
        raise _not_found(snap, wanted.service, wanted.metric)
    if len(found) > 1:
        listed = "; ".join(label_words(s.labels) for s in found[:MOST_LISTED])
        raise QueryRefused(f"{len(found)} series match: {listed}.", "Choose one with --label K=V.")
    return found[0]


def _not_found(snap: Snapshot, service: str, metric: str) -> NotFound:
    others = metrics.list_series(snap, service=service, metric=metric)
    if not others:
        return NotFound(f"There is no metric {metric} of {service}.", _what_there_is(snap, service))
    listed = "; ".join(label_words(s.labels) or "no labels" for s in others[:MOST_LISTED])
    return NotFound(f"No series of {service} {metric} has these labels.", f"There is: {listed}.")


def _what_there_is(snap: Snapshot, service: str) -> str:
    names = sorted({s.metric for s in metrics.list_series(snap, service=service)})
    names += [log_measures.metric(one) for one in log_measures.of_service(snap, service)]
    if names:
        return f"{service} has {', '.join(names[:MOST_LISTED])}."
    services = sorted({s.service for s in metrics.list_series(snap)})
    return f"Services with metrics: {', '.join(services[:MOST_LISTED]) or 'none yet'}."


def _signal(snap: Snapshot, series: Series, wanted: Wanted) -> Signal:
    meaning = registry.meanings(snap).get(series.metric, MetricMeaning(series.metric))
    signal = read(snap, series, meaning, wanted.start, wanted.end)
    if signal.values.empty:
        raise NotFound(
            f"{series.service} {series.metric} has no samples in this range.", "Leave out --start and --end."
        )
    return signal


def _scored(signal: Signal, result: anomaly.AnomalyResult) -> Scored:
    table = pd.DataFrame(
        {
            "value": signal.values,
            "score": result.scores,
            "expected": result.expected,
            "lower": result.lower,
            "upper": result.upper,
        }
    )
    return Scored(
        service=signal.owner,
        metric=signal.metric,
        labels=dict(signal.labels),
        mode=result.mode,
        periods_s=tuple(p.total_seconds() for p in result.periods),
        notes=tuple(result.notes),
        episodes=tuple(
            ScoredEpisode(e.start, e.end, e.peak_score, e.observed, e.expected, e.direction, e.sentence)
            for e in result.episodes
        ),
        points=tuple(
            (ts.to_pydatetime(), *row) for ts, row in zip(table.index, table.to_numpy().tolist(), strict=True)
        ),
    )
