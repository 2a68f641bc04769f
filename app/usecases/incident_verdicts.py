"""The verdict of an incident at every moment: what was known, how much of the loss the outage explains, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

import numpy as np
import pandas as pd

from analytics.inputs import defaulted
from analytics.verdict import Verdict, judge
from app.usecases.incident_lanes import Track
from app.usecases.incident_view import VerdictView
from app.usecases.incident_words import Change, Facts, verdict_view
from app.usecases.model_signals import LABELS_NEEDED, ModelHistory, losses
from data.records import Event

STEP = timedelta(seconds=5)
MOST_STEPS = 160  # moments at which the verdict is asked for; between them it stays
ROLLOUT_BEFORE = timedelta(minutes=5)  # a deploy this long before the onset is named


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict may rest on; every part of it knows when it became known.

    ``upstream`` are the services that the model's predictions pass through or read from.
    """

    tracks: tuple[Track, ...]
    histories: tuple[ModelHistory, ...]
    upstream: frozenset[str]
    deploys: tuple[Event, ...]
    baseline_start: datetime
    start: datetime
    end: datetime


def verdicts(case: Case, zone: tzinfo) -> tuple[VerdictView, ...]:
    """Verdicts in order of time, equal neighbours joined; the last is hindsight."""
    found: list[VerdictView] = []
    for at in moments(case):
        made = verdict_view(facts_at(case, at), zone)
        if not found or replace(made, known_from=found[-1].known_from) != found[-1]:
            found.append(made)
    return tuple(found)


def moments(case: Case) -> list[datetime]:
    """When to ask: at each onset's arrival, and in even steps until the last label is in."""
    arrivals = [t.change.known.to_pydatetime() for t in case.tracks if t.change]
    last = max([case.end, *arrivals, *(_last_label(h, case) for h in case.histories)])
    step = max(STEP, (last - case.start) / MOST_STEPS)
    even = [case.start + i * step for i in range(int((last - case.start) / step) + 1)]
    return sorted({case.baseline_start, *arrivals, *even, last})


def _last_label(history: ModelHistory, case: Case) -> datetime:
    rows = history.predictions
    inside = rows[(rows["ts"] >= pd.Timestamp(case.start)) & (rows["ts"] < pd.Timestamp(case.end))]
    last = inside["label_known_at"].max()
    return case.end if pd.isna(last) else last.to_pydatetime()


def facts_at(case: Case, at: datetime) -> Facts:
    """What could be known at ``at``, and nothing else."""
    known = [_as_known(t, at) for t in case.tracks if t.change and t.change.known <= pd.Timestamp(at)]
    known = sorted(known, key=lambda change: change.onset.happened)
    services = tuple(c for c in known if c.signal.side == "service")
    models = tuple(c for c in known if c.signal.side == "model" and c.signal.limit is None)
    history = case.histories[0] if case.histories else None
    verdict = _judge(case, history, services, at) if history and known else None
    rollout, rolled_back = rollouts(case, models, at)
    return Facts(
        at=at,
        services=_upstream_first(services, case.upstream),
        models=models,
        verdict=verdict,
        metric=history.model.metric if history else "accuracy",
        rollout=rollout,
        rolled_back=rolled_back,
        next_answer=_next_answer(case, history, at) if history and verdict and verdict.kind == "unknown" else None,
    )


def _upstream_first(services: Sequence[Change], upstream: frozenset[str]) -> tuple[Change, ...]:
    """In order of onset; where two began within a step of each other, what the model depends on leads."""
    return tuple(sorted(services, key=lambda c: (c.onset.happened.floor("5s"), c.signal.owner not in upstream)))


def _as_known(track: Track, at: datetime) -> Change:
    """The onset with the worst value and the end that were known by then."""
    onset, signal, moment = track.onset, track.signal, pd.Timestamp(at)
    ended = onset.ended if onset.ended is not None and signal.known_at[onset.ended] <= moment else None
    in_it = (signal.values.index >= onset.first) & (signal.known_at <= moment).to_numpy()
    if ended is not None:
        in_it &= signal.values.index < ended
    seen = signal.values[in_it].dropna()
    place = int(seen.argmin() if onset.direction == "down" else seen.argmax())
    worst = replace(onset, peak_ts=seen.index[place], peak_value=float(seen.iloc[place]), ended=ended)
    return Change(signal, worst)


def _judge(case: Case, history: ModelHistory, services: Sequence[Change], at: datetime) -> Verdict:
    moment = pd.Timestamp(at)
    rows = losses(history, known_by=at)
    end = min(pd.Timestamp(case.end), moment)
    start = pd.Timestamp(case.start)
    outages = [
        (c.onset.happened, c.onset.ended if c.onset.ended is not None else moment)
        for c in services
        if c.signal.owner in case.upstream and c.signal.role != "traffic"
    ]
    return judge(
        rows,
        baseline=(pd.Timestamp(case.baseline_start), start),
        during=(start, max(end, start + pd.Timedelta(seconds=1))),
        outages=outages,
        affected=_affected(history, rows.index) if outages else None,
        labels_needed=LABELS_NEEDED,
    )


def _affected(history: ModelHistory, index: pd.Index) -> pd.Series | None:
    """Which predictions were made on nothing but defaults in what they read from a store."""
    defaults = history.stored_defaults
    if not defaults:
        return None
    marks = np.asarray(defaulted(history.features, defaults), bool)
    return pd.Series(marks, index=history.predictions.index).reindex(index)


def rollouts(case: Case, models: Sequence[Change], at: datetime) -> tuple[str, bool]:
    """The deploy of a model's service right before the model's first onset, and whether another has followed it."""
    if not models:
        return "", False
    first = models[0].onset.happened.to_pydatetime()
    served = {h.model.service for h in case.histories} | {h.model.name for h in case.histories}
    own = [e for e in case.deploys if e.service in served and e.known_at <= at]
    before = [e for e in own if first - ROLLOUT_BEFORE <= e.ts <= first + STEP]
    after = [e for e in own if before and e.ts > before[-1].ts]
    return (before[-1].title, bool(after)) if before else ("", False)


def _next_answer(case: Case, history: ModelHistory, at: datetime) -> datetime | None:
    """When four of five labels of what was predicted until ``at`` should be in, by the delays known so far."""
    rows = history.predictions
    known = rows[rows["label_known_at"] <= pd.Timestamp(at)]
    if known.empty:
        return None
    delay = pd.Timedelta(
        seconds=float((known["label_known_at"] - known["ts"]).dt.total_seconds().quantile(LABELS_NEEDED))
    )
    last = min(pd.Timestamp(case.end), pd.Timestamp(at))
    answer = (last + delay).to_pydatetime()
    return answer if answer > at else None
