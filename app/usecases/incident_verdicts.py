"""The verdict of an incident at every moment: what was known, how much of the loss the outage explains, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

import numpy as np
import pandas as pd

from analytics.verdict import Verdict, judge
from app.usecases.incident_facts import BEFORE, HURTS, UNDONE, Change, Facts
from app.usecases.incident_lanes import Track
from app.usecases.incident_view import Span, VerdictView
from app.usecases.model_history import ModelHistory
from app.usecases.model_losses import LossLog
from app.usecases.onset_order import FIRST_STEP, in_order
from app.usecases.stamps import to_utc
from app.usecases.thresholds import UNTOUCHED
from app.usecases.verdict_words import verdict_view
from data.records import Event

STEP = timedelta(seconds=5)
MOST_STEPS = 100  # moments at which the verdict is asked for; between them it stays


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict may rest on; every part of it knows when it became known.

    ``upstream`` are the services that the model's predictions pass through or read from, ``watched`` whether anything
    was recorded of them; ``others`` the incidents around this one, which no baseline may rest on; ``depth`` how far
    down the topology each service lies; ``step`` how far apart samples of services are; ``alerts`` those while it
    lasted.
    """

    tracks: tuple[Track, ...]
    histories: tuple[ModelHistory, ...]
    upstream: frozenset[str]
    deploys: tuple[Event, ...]
    baseline_start: datetime
    start: datetime
    end: datetime
    others: tuple[Span, ...] = ()
    watched: bool = True
    depth: Mapping[str, int] = field(default_factory=dict)
    step: pd.Timedelta = FIRST_STEP
    alerts: tuple[Event, ...] = ()


def verdicts(facts: Iterable[Facts], zone: tzinfo) -> tuple[VerdictView, ...]:
    """Verdicts in order of time, equal neighbours joined; the last is hindsight."""
    found: list[VerdictView] = []
    for known in facts:
        made = verdict_view(known, zone)
        if not found or replace(made, known_from=found[-1].known_from) != found[-1]:
            found.append(made)
    return tuple(found)


def facts_over_time(case: Case) -> tuple[Facts, ...]:
    """What could be known, from moment to moment; the last is all that ever was."""
    log = _log(case)
    return tuple(facts_at(case, log, at) for at in moments(case))


def facts_in_hindsight(case: Case) -> Facts:
    """All that ever could be known."""
    return facts_at(case, _log(case), moments(case)[-1])


def _log(case: Case) -> LossLog | None:
    return LossLog.of(case.histories[0]) if case.histories else None


def moments(case: Case) -> list[datetime]:
    """When to ask: at each onset's arrival, and in even steps until the last label is in."""
    arrivals = [t.onset.known.to_pydatetime() for t in case.tracks if t.change]
    last = max([case.end, *arrivals, *(_last_label(h, case) for h in case.histories)])
    step = max(STEP, (last - case.start) / MOST_STEPS)
    even = [case.start + i * step for i in range(int((last - case.start) / step) + 1)]
    return sorted({case.baseline_start, *arrivals, *even, last})


def _last_label(history: ModelHistory, case: Case) -> datetime:
    """When the last label of the incident's predictions was in, or none was expected any more."""
    rows = history.predictions
    inside = rows[(rows["ts"] >= pd.Timestamp(case.start)) & (rows["ts"] < pd.Timestamp(case.end))]
    last = inside["label_known_at"].max()
    waited = case.end + history.patience.to_pytimedelta()
    return waited if pd.isna(last) else max(last.to_pydatetime(), waited)


def facts_at(case: Case, log: LossLog | None, at: datetime) -> Facts:
    """What could be known at ``at``, and nothing else."""
    known = [as_known(t, at, case.end) for t in case.tracks if t.change and t.onset.known <= pd.Timestamp(at)]
    groups = in_order(known, case.depth, case.step)
    known = [replace(change, group=number) for number, group in enumerate(groups) for change in group]
    models = tuple(c for c in known if c.signal.side == "model" and c.signal.limit is None)
    moved = [c for c in known if c.signal.side == "service"]
    services = _causes(moved, bool(models), case.upstream)
    verdict = _judge(case, log, services, at) if log and known else None
    rollout, rolled_back, before = rollouts(case, models, at)
    return Facts(
        at=at,
        services=services,
        models=models,
        verdict=verdict,
        around=tuple(c for c in moved if c not in services),
        metric=case.histories[0].model.metric if case.histories else "accuracy",
        rollout=rollout,
        rolled_back=rolled_back,
        rolled_before=before,
        deploys=tuple(e for e in case.deploys if e.known_at <= at),
        alerted=tuple(e for e in case.alerts if e.known_at <= at and e.service in case.upstream),
        watched=case.watched,
        over=at >= case.end,
        next_answer=_next_answer(case, log, at) if log and verdict and verdict.kind == "unknown" else None,
        labels_needed=(case.histories[0].limits if case.histories else UNTOUCHED).labels_needed,
    )


def _causes(services: Sequence[Change], model_moved: bool, upstream: frozenset[str]) -> tuple[Change, ...]:
    """The services that the story may begin with: of a model's incident only what the model depends on."""
    found = [c for c in services if c.signal.owner in upstream]
    return tuple(found if found or model_moved else services)


def as_known(track: Track, at: datetime, end: datetime) -> Change:
    """The onset with the worst value before ``end`` and its own end, as they were known at ``at``."""
    onset, samples = track.onset, track.samples
    moment = np.datetime64(to_utc(at), "us")
    ended = onset.ended if onset.ended is not None and _arrival(track, onset.ended) <= moment else None
    until = np.datetime64("NaT") if ended is None else _plain(ended)
    inside = (samples.ts >= _plain(onset.first)) & (samples.known_at <= moment) & ~np.isnan(samples.value)
    inside &= (samples.ts < _plain(pd.Timestamp(end))) & ((samples.ts < until) | np.isnat(until))
    if not inside.any():
        return Change(track.signal, onset)
    values, ts = samples.value[inside], samples.ts[inside]
    place = int(values.argmin() if onset.direction == "down" else values.argmax())
    peak = pd.Timestamp(ts[place], tz="UTC")
    worst = float(values[place])
    return Change(track.signal, replace(onset, peak_ts=peak, peak_value=worst, ended=ended), _times(track, worst))


def _times(track: Track, worst: float) -> float:
    """The worst value in units of the most that was expected where the signal left it."""
    at = np.datetime64(to_utc(track.onset.first.to_pydatetime()), "us")
    place = max(int(np.searchsorted(track.samples.ts, at, side="right")) - 1, 0)
    most = float(track.causal["upper"].to_numpy(float)[place])
    return worst / most if most > 0 else np.inf


def _arrival(track: Track, ts: pd.Timestamp) -> np.datetime64:
    found: np.datetime64 = track.samples.known_at[np.searchsorted(track.samples.ts, _plain(ts))]
    return found


def _plain(at: pd.Timestamp) -> np.datetime64:
    return np.datetime64(to_utc(at.to_pydatetime()), "us")


def _judge(case: Case, log: LossLog, services: Sequence[Change], at: datetime) -> Verdict:
    moment, start = pd.Timestamp(at), pd.Timestamp(case.start)
    end = max(min(pd.Timestamp(case.end), moment), start + pd.Timedelta(seconds=1))
    rows = log.known_by(at, case.baseline_start, case.end)
    for other in case.others:
        rows = rows[(rows["ts"] < other.start) | (rows["ts"] >= min(other.end, start))]
    failing = [c for c in services if c.signal.owner in case.upstream and c.signal.role not in UNDONE]
    outages = [
        (c.onset.happened, c.onset.ended if c.onset.ended is not None else moment)
        for c in failing
        if _may_make_wrong(c, case.histories[0])
    ]
    return judge(
        rows,
        baseline=(pd.Timestamp(case.baseline_start), start),
        during=(start, end),
        outages=outages,
        affected=rows["affected"] if failing else None,
        labels_needed=case.histories[0].limits.labels_needed,
    )


def _may_make_wrong(change: Change, history: ModelHistory) -> bool:
    """Whether what a service did can make predictions wrong by itself. What is slow makes them late, not wrong: only
    those that fell back to defaults meanwhile are its fault, where it is known what the defaults are."""
    return change.signal.role in HURTS or not history.stored_defaults


def rollouts(case: Case, models: Sequence[Change], at: datetime) -> tuple[str, bool, bool]:
    """The deploy of a model's service around the model's first onset, whether another has followed it, and whether it
    came before the onset: that is dated as well as the samples allow."""
    if not models:
        return "", False, True
    first = models[0].onset.happened.to_pydatetime()
    served = {h.model.service for h in case.histories} | {h.model.name for h in case.histories}
    own = [e for e in case.deploys if e.service in served and e.known_at <= at]
    before = [e for e in own if first - BEFORE <= e.ts <= first + STEP]
    after = [e for e in own if before and e.ts > before[-1].ts]
    return (before[-1].title, bool(after), before[-1].ts <= first) if before else ("", False, True)


def _next_answer(case: Case, log: LossLog, at: datetime) -> datetime | None:
    """When the labels needed of what was predicted until ``at`` should be in, by the delays known so far."""
    known = log.arrived <= np.datetime64(to_utc(at), "us")
    if not known.any():
        return None
    delay_us = np.quantile((log.arrived - log.ts)[known].astype(np.int64), case.histories[0].limits.labels_needed)
    answer = min(case.end, at) + timedelta(microseconds=float(delay_us))
    return answer if answer > at else None
