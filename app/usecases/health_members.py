"""Every service and model of the store with its signals judged over a range: what Health and Service both rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from analytics import health
from app.usecases import health_rows, model_history, model_signals
from app.usecases.health_rows import Member, assess
from app.usecases.log_signals import measured_or_logged
from app.usecases.onset_order import FIRST_STEP
from app.usecases.service_judged import Judge, judge
from app.usecases.signals import Signal, series_of
from data.queries import metrics, registry
from data.records import Model, Service
from data.store import Snapshot


def members(snap: Snapshot, start: datetime, end: datetime, judge: Judge = judge) -> tuple[Member, ...]:
    """All of them over ``[start, end)``, services before models, the worst state first, then the least budget."""
    services = sorted((service_member(snap, s, start, end, judge) for s in registry.services(snap)), key=severity)
    models = sorted((model_member(snap, m, start, end, judge) for m in registry.models(snap)), key=severity)
    return (*services, *models)


def severity(member: Member) -> tuple[int, float, str]:
    """Sort key: the worst state, then the least budget, then the name."""
    return (*health.severity(member.state, member.budget_left), member.name)


def service_member(snap: Snapshot, service: Service, start: datetime, end: datetime, judge: Judge = judge) -> Member:
    """A service with all its judged signals."""
    signals = measured_or_logged(snap, service.name, start, end, means=True)
    assessed = tuple(assess(judge(signal), service.objectives) for signal in signals)
    return Member("service", service.name, service.name, assessed, "" if signals else _nothing(snap, service.name))


def _nothing(snap: Snapshot, service: str) -> str:
    """Why there is no signal of a service: what it has may be of a kind that nobody stated."""
    unjudged = metrics.list_series(snap, service=service) and not series_of(snap, service)
    return "no measure of known meaning" if unjudged else "no metrics in this range"


def model_member(snap: Snapshot, model: Model, start: datetime, end: datetime, judge: Judge = judge) -> Member:
    """A model by the metric that counts and the share of its predictions on default features."""
    history = model_history.load(snap, model, start, end)
    if history is None:
        return Member("model", model.name, model.name, (), "no predictions in this range", model.metric)
    signals = list(_of_model(history))
    assessed = tuple(assess(judge(signal), ()) for signal in signals)
    if not any(signal.metric == "performance" for signal in signals):
        return Member("model", model.name, history.name, _moved(assessed), "no labels in this range", model.metric)
    return Member("model", model.name, history.name, assessed)


def _of_model(history: model_history.ModelHistory) -> Iterator[Signal]:
    for signal in (
        model_signals.performance_signal(history),
        model_signals.default_signal(history, FIRST_STEP),
    ):
        if signal is not None:
            yield signal


def _moved(assessed: Sequence[health_rows.Assessed]) -> tuple[health_rows.Assessed, ...]:
    """Without labels only inputs that moved say something; calm ones must not pass for a healthy model."""
    return tuple(one for one in assessed if one.judged.excursions)
