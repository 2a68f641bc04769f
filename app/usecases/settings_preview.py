"""What a changed threshold or objective would have done over a range, counted by the analysis that pages rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.format import count, duration
from app.usecases import model_history, model_signals
from app.usecases.health_members import service_member
from app.usecases.health_rows import Kept
from app.usecases.judgement import Excursion, excursions
from app.usecases.log_signals import measured_or_logged
from app.usecases.scan import alerted, incidents_of
from app.usecases.scan import model_signals as judged_signals
from app.usecases.service_judged import Judge, judge
from app.usecases.signals import Signal, series_of
from app.usecases.thresholds import Limits, find, limits
from data.queries import events, incidents, registry
from data.records import Service
from data.store import Snapshot

MOST_SERIES: Final = 60  # judged for a preview: a person waits for it
Find = Callable[[Signal], tuple[Excursion, ...]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a scan over the range finds."""

    episodes: int
    incidents: int


def threshold_words(
    snap: Snapshot, name: str, value: float, start: datetime, end: datetime, find_in: Find = excursions
) -> str:
    """One sentence: what there would be with ``value``, and what there is now."""
    now, then = limits(snap), replace(limits(snap), **{find(name).name: value})
    if name == "drift_limit":
        return _drift_words(_drifted(snap, now, start, end), _drifted(snap, then, start, end))
    before, after = (_counted(snap, known, start, end, find_in) for known in (now, then))
    words = f"{count(after.episodes, 'episode')} and {count(after.incidents, 'incident')} in this range"
    return f"{words}; now {before.episodes} and {before.incidents}.{_sample_words(snap)}"


def _counted(snap: Snapshot, known: Limits, start: datetime, end: datetime, find_in: Find) -> Counted:
    found = [e for signal in _signals(snap, known, start, end) for e in find_in(signal)]
    made = incidents_of(snap, found, known)
    return Counted(len(found), len(made) + len(alerted(snap, events.read(snap, start, end), made, end, known)))


def _signals(snap: Snapshot, known: Limits, start: datetime, end: datetime) -> Iterator[Signal]:
    left = MOST_SERIES
    for service in registry.services(snap):
        for signal in measured_or_logged(snap, service.name, start, end)[:left] if left else ():
            left -= 1
            yield replace(signal, alarms_per_week=known.alarms_per_week)
    for history in _histories(snap, known, start, end):
        yield from judged_signals(history)


def _histories(snap: Snapshot, known: Limits, start: datetime, end: datetime) -> Iterator[model_history.ModelHistory]:
    for model in registry.models(snap):
        history = model_history.load(snap, model, start, end)
        if history is not None:
            yield replace(history, limits=known)


def _sample_words(snap: Snapshot) -> str:
    series = sum(len(series_of(snap, service.name)) for service in registry.services(snap))
    return f" Counted on the first {MOST_SERIES} of {series:,} series." if series > MOST_SERIES else ""


def _drifted(snap: Snapshot, known: Limits, start: datetime, end: datetime) -> tuple[int, int]:
    """Features beyond the limit, and all that were compared."""
    signals = [
        signal
        for history in _histories(snap, known, start, end)
        for signal in model_signals.drift_signals(history, _reference_end(snap, history.model.name, start, end))
    ]
    return sum(bool((s.values > known.drift_limit).any()) for s in signals), len(signals)


def _reference_end(snap: Snapshot, model: str, start: datetime, end: datetime) -> datetime:
    """What comes before the model's first incident is the reference, or half of the range where it had none."""
    first = [i.started_at for i in incidents.list_incidents(snap, start, end) if model in i.models]
    return min(first, default=start + (end - start) / 2)


def _drift_words(now: tuple[int, int], then: tuple[int, int]) -> str:
    if not then[1]:
        return "No model has enough predictions in this range to compare its features."
    words = f"{then[0]} of {count(then[1], 'feature')} would have drifted in this range; now {now[0]}."
    return f"{words} Compared with what came before each model's first incident, or with the first half."


def objective_words(
    snap: Snapshot, service: Service, start: datetime, end: datetime, judge: Judge = judge
) -> tuple[str, ...]:
    """One sentence per objective and series: how long outside in the range, and what is left of the budget."""
    member = service_member(snap, service, start, end, judge)
    found = [_kept_words(a.judged.signal, kept) for a in member.assessed for kept in a.kept]
    seen = {kept.objective.metric for a in member.assessed for kept in a.kept}
    missing = [f"{o.metric}: no sample of it in this range." for o in service.objectives if o.metric not in seen]
    return (*found, *missing)


def _kept_words(signal: Signal, kept: Kept) -> str:
    outside = f"outside for {duration(kept.missed_s)}" if kept.missed_s else "never outside"
    left = "" if kept.budget_left is None else f", {max(kept.budget_left, 0):.0%} of the budget left"
    spent = " (overspent)" if kept.budget_left is not None and kept.budget_left < 0 else ""
    return f"{signal.measure}: {outside} in this range{left}{spent}."
