"""The look ahead of the Service page: any measure of a service, and what of all of them runs out soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, tzinfo
from typing import Final

from app.usecases.ahead import look_ahead
from app.usecases.ahead_limits import limit_of
from app.usecases.ahead_runout import of_budget, of_limit
from app.usecases.ahead_view import Ahead, RunOutView
from app.usecases.health_rows import Assessed, Member
from app.usecases.incident_view import Span
from app.usecases.log_signals import measured_or_logged
from app.usecases.service_chosen import any_series
from app.usecases.service_view import Soon
from app.usecases.signals import Signal
from data.errors import NotFound
from data.queries import registry
from data.records import Service
from data.store import Snapshot

SOON: Final = timedelta(days=7)  # a disk can be ordered, a holiday is over
MOST_SOON: Final = 3


def ahead(snap: Snapshot, service: Service, span: Span, key: str, ahead_s: float | None, zone: tzinfo) -> Ahead:
    """The measure of this key after its last sample in the range. Raises NotFound."""
    signal = _signal(snap, service, span, key)
    if signal is None:
        raise NotFound("This measure has no sample in this range.", "Choose another one or a longer range.")
    limit = limit_of(signal, registry.meanings(snap).get(signal.metric))
    return look_ahead(signal, ahead_s, zone, limit=limit, objectives=service.objectives)


def _signal(snap: Snapshot, service: Service, span: Span, key: str) -> Signal | None:
    found = measured_or_logged(snap, service.name, span.start, span.end, means=True)
    judged = next((signal for signal in found if signal.key == key), None)
    return judged or any_series(snap, service, key, span.start, span.end)


def soon(snap: Snapshot, member: Member, zone: tzinfo) -> tuple[Soon, ...]:
    """What runs out within a week, the first first.

    Said where the whole interval is known and no longer ahead than what is in sight is long: half an hour of a rising
    CPU says nothing of tomorrow.
    """
    found = [(one, signal) for a in member.assessed for one, signal in _run_outs(snap, a, zone) if _is_soon(one, a)]
    ordered = sorted(found, key=lambda pair: (pair[0].at, pair[1].key))
    return tuple(
        Soon(signal.key, one.soon, bool(one.limit and one.limit.guessed)) for one, signal in ordered[:MOST_SOON]
    )


def _run_outs(snap: Snapshot, one: Assessed, zone: tzinfo) -> Iterator[tuple[RunOutView, Signal]]:
    signal = one.judged.signal
    limit = limit_of(signal, registry.meanings(snap).get(signal.metric))
    told = of_limit(signal, limit, zone) if limit and not signal.is_state else None
    for each in (told, *(of_budget(signal, kept.objective, zone) for kept in one.kept)):
        if each is not None:
            yield each, signal


def _is_soon(one: RunOutView, assessed: Assessed) -> bool:
    """Not where it is reached already: episodes and budget say so, and a guess would say it for ever."""
    values = assessed.judged.signal.values.dropna()
    first, last = values.index.min().to_pydatetime(), values.index.max().to_pydatetime()
    return bool(one.soon and one.at and last < one.at <= last + min(SOON, last - first))
