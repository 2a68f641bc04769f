"""What is known of an incident at one moment, and whose fault that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from analytics.onset import Onset
from analytics.verdict import Verdict
from app.usecases.incident_view import VerdictKind
from app.usecases.signals import Signal
from app.usecases.thresholds import UNTOUCHED
from data.records import Event

BEFORE = timedelta(minutes=5)  # a change this long before an onset is named
JUST_BEFORE = timedelta(minutes=1)  # and one this long decides between what began together
TWICE = 2.0  # of the most that was expected: less need not be felt
HURTS = ("availability", "errors")  # roles of what failed
FELT = (*HURTS, "latency")  # and of what callers feel, the plainest first
UNDONE = ("traffic", "business", "other")  # roles of what there was to do, not of how it was done


@dataclass(frozen=True, slots=True)
class Change:
    """A signal that left what is usual, and when; ``times`` is its worst in units of the most that was expected.

    ``group``: of those that began together, in order; within one they stand as the story is told.
    """

    signal: Signal
    onset: Onset
    times: float = inf
    group: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at one moment: onsets so far in order, the split of the loss, rollouts near the onset.

    ``over``: the incident has ended. ``watched``: whether anything is recorded of the services that the model depends
    on. ``around`` are services that no model depends on: they may fail beside one. ``deploys`` and ``alerted`` are
    known so far, alerts those of services that the model depends on. ``rolled_before``: whether the rollout lies before
    the onset, not within the step after it.
    """

    at: datetime
    services: tuple[Change, ...]
    models: tuple[Change, ...]
    verdict: Verdict | None
    around: tuple[Change, ...] = ()
    metric: str = "accuracy"
    rollout: str = ""
    rolled_back: bool = False
    rolled_before: bool = True
    deploys: tuple[Event, ...] = ()
    alerted: tuple[Event, ...] = ()
    next_answer: datetime | None = None
    labels_needed: float = UNTOUCHED.labels_needed
    watched: bool = True
    over: bool = True


def kind_of(facts: Facts) -> VerdictKind:
    """What the split of the loss says; where no model lost anything, services that failed are still an outage."""
    found = facts.verdict.kind if facts.verdict else "unknown"
    if not failed(facts):
        return found
    if facts.verdict is None or found == "neither" or too_few(facts):
        return "infra"
    return "both" if is_apart(facts) else found


def is_apart(facts: Facts) -> bool:
    """Whether services failed and a model lost, but not for that: where what it depends on is recorded."""
    return bool(facts.verdict and facts.verdict.kind == "model" and facts.watched and failed(facts))


def failed(facts: Facts) -> tuple[Change, ...]:
    """What services did worse, in order. More or less to do is no failure, nor is what it led to."""
    every = sorted((*facts.services, *facts.around), key=lambda change: (change.group, change.onset.happened))
    if not every or every[0].signal.role in UNDONE:
        return ()
    return tuple(change for change in every if _felt(change))


def _felt(change: Change) -> bool:
    """Whether its callers had to feel it: it failed, or is at least twice of the most that was expected."""
    role = change.signal.role
    return role in HURTS or (role not in UNDONE and change.times >= TWICE)


def too_few(facts: Facts) -> bool:
    """Whether all that will ever be known of the model is known, and is too little to judge it."""
    verdict = facts.verdict
    if verdict is None or not facts.over or facts.next_answer is not None:
        return False
    return verdict.kind == "unknown" and verdict.labels_in >= facts.labels_needed


def lead(facts: Facts) -> Change:
    """What the story begins with: of a model's, what it depends on and did worse, else what failed beside it."""
    felt = [change for change in facts.services if _felt(change)] or [*facts.services, *failed(facts)]
    return changed_first([change for change in felt if change.group == felt[0].group], facts.deploys)[0]


def changed_first(together: Iterable[Change], deploys: Sequence[Event]) -> list[Change]:
    """Of onsets that began together those of a service that was changed just before, then the others."""
    return sorted(together, key=lambda change: _change_before(deploys, change, JUST_BEFORE) is None)


def change_before(facts: Facts) -> Event | None:
    """The last deploy or change of what the story begins with, shortly before it did."""
    return _change_before(facts.deploys, lead(facts), BEFORE)


def _change_before(deploys: Sequence[Event], change: Change, within: timedelta) -> Event | None:
    began = change.onset.happened.to_pydatetime()
    own = [e for e in deploys if e.service == change.signal.owner and began - within <= e.ts <= began]
    return own[-1] if own else None
