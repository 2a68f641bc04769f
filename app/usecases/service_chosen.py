"""Which signals of a service stand as lanes, and any other series of it that a person asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from analytics import health
from app.usecases import words
from app.usecases.health_rows import Assessed, assess
from app.usecases.log_measures import PREFIX
from app.usecases.service_judged import Judge
from app.usecases.service_view import MetricChoice
from app.usecases.signals import Signal, shown
from data.queries import metrics, registry
from data.records import MetricMeaning, Role, Series, Service
from data.store import Snapshot

LANES: tuple[Role, ...] = ("latency", "errors", "traffic", "saturation", "business")


MOST_COUNTED = 4  # lanes


def standing(assessed: Sequence[Assessed]) -> tuple[Assessed, ...]:
    """One lane per role in the order of the page; availability only where it moved or is all there is.

    What a person has counted from the logs stands below them: it was asked for.
    """
    asked = [a for a in assessed if a.judged.signal.key.startswith(PREFIX)]
    return (*_of_roles([a for a in assessed if a not in asked]), *asked[:MOST_COUNTED])


def _of_roles(assessed: Sequence[Assessed]) -> tuple[Assessed, ...]:
    found = [best for role in LANES if (best := _best([a for a in assessed if a.judged.signal.role == role]))]
    up = _best([a for a in assessed if a.judged.signal.role == "availability"])
    if up is not None and (up.judged.excursions or not found):
        return (up, *found)
    return tuple(found)


def _best(same_role: Sequence[Assessed]) -> Assessed | None:
    """The signal with an objective, else one that is no part of another, in the worst state, of latencies the tail."""
    return min(same_role, key=_rank, default=None)


def _rank(one: Assessed) -> tuple[bool, bool, int, int, str]:
    signal = one.judged.signal
    return not one.kept, _is_part(signal), health.SEVERITY[one.state], -words.tail_rank(signal.metric), signal.key


def _is_part(signal: Signal) -> bool:
    """Whether its labels tell it from other series of the same metric."""
    return ", " in signal.measure


def choices(snap: Snapshot, service: str, assessed: Sequence[Assessed]) -> tuple[MetricChoice, ...]:
    """Every series of the service: the judged ones first, then the rest by name."""
    judged = [MetricChoice(a.judged.signal.key, a.judged.signal.measure) for a in assessed]
    known = {choice.key for choice in judged}
    others = [_choice(s) for s in metrics.list_series(snap, service=service) if f"s:{s.series_id}" not in known]
    return (*judged, *sorted(others, key=lambda choice: choice.words))


def _choice(series: Series) -> MetricChoice:
    said = words.labels(series.labels)
    return MetricChoice(f"s:{series.series_id}", words.plain_name(series.metric) + (f", {said}" if said else ""))


def asked_for(
    snap: Snapshot, service: Service, key: str, start: datetime, end: datetime, judge: Judge
) -> Assessed | None:
    """The series of this key although nobody judges its role by itself; None where the service has none of this key."""
    signal = any_series(snap, service, key, start, end)
    return assess(judge(signal), service.objectives) if signal else None


def any_series(snap: Snapshot, service: Service, key: str, start: datetime, end: datetime) -> Signal | None:
    """The same without a judgement; None where it has no sample in the range."""
    found = next((s for s in metrics.list_series(snap, service=service.name) if f"s:{s.series_id}" == key), None)
    if found is None:
        return None
    meaning = registry.meanings(snap).get(found.metric, MetricMeaning(found.metric))
    if meaning.kind == "histogram":  # a bucket counts what fell into it
        meaning = replace(meaning, kind="counter", unit="", role="other")
    signal = replace(shown(snap, found, meaning, start, end), measure=_choice(found).words)
    return signal if len(signal.values) else None
