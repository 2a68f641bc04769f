"""The question of the Service page: how a service did in the range, why that is unusual, and what is around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from app.format import value
from app.usecases import service_words as words
from app.usecases.health_members import members, service_member
from app.usecases.health_rows import Assessed, Member
from app.usecases.health_words import means
from app.usecases.incident_view import Span
from app.usecases.service_ahead import soon
from app.usecases.service_apart import take_apart
from app.usecases.service_around import chips, depends_on, incident_lines
from app.usecases.service_chosen import asked_for, choices, standing
from app.usecases.service_events import events_of
from app.usecases.service_judged import Judge, chart_lane, judge
from app.usecases.service_lane import ChartLane, State
from app.usecases.service_unusual import movers, now_state, unusual
from app.usecases.service_view import Apart, ServiceView
from data.errors import NotFound
from data.queries import registry
from data.records import Service
from data.store import Snapshot


def states(snap: Snapshot, start: datetime, end: datetime, judge: Judge = judge) -> dict[str, State]:
    """State of every ``service:name`` and ``model:name`` over the range, the worst first."""
    return {f"{m.side}:{m.owner}": m.state for m in members(snap, start, end, judge)}


def names(snap: Snapshot) -> tuple[str, ...]:
    """All services by name."""
    return tuple(service.name for service in registry.services(snap))


def find(snap: Snapshot, name: str) -> Service:
    """Raises NotFound for a name that no service has."""
    for service in registry.services(snap):
        if service.name == name:
            return service
    raise NotFound(f"There is no service “{name[:80]}”.", "Choose one of those below.")


def load(
    snap: Snapshot,
    name: str,
    span: Span,
    zone: tzinfo,
    *,
    metric: str = "",
    states: Mapping[str, State] | None = None,
    judge: Judge = judge,
) -> ServiceView:
    """The page of a service; ``metric`` is the key of the lane to take apart. Raises NotFound."""
    service = find(snap, name)
    member = service_member(snap, service, span.start, span.end, judge)
    below = depends_on(snap, name)
    around = {s.name: s for s in registry.services(snap)}
    dependencies = [service_member(snap, around[n], span.start, span.end, judge) for n in below if n in around]
    shown = lanes(snap, service, member, span, metric, judge)
    headline, why = sentence(member, dependencies, zone)
    return ServiceView(
        name=name,
        span=span,
        state=member.state,
        small=_small(service, member) + means(member.mean_over_s),
        headline=headline,
        why=why,
        chips=tuple(chips(snap, name, states or {})),
        lanes=tuple(_chart(one) for one in shown),
        choices=choices(snap, name, member.assessed),
        chosen=chosen(shown, metric),
        events=events_of(snap, [name, *below], span.start, span.end, judge),
        incidents=tuple(incident_lines(snap, name, span)),
        soon=soon(snap, member, zone),
    )


def lanes(
    snap: Snapshot, service: Service, member: Member, span: Span, metric: str, judge: Judge
) -> tuple[Assessed, ...]:
    """The standing lanes, and the one asked for below them where it is none of these."""
    found = standing(member.assessed)
    if not metric or any(one.judged.signal.key == metric for one in found):
        return found
    extra = next((a for a in member.assessed if a.judged.signal.key == metric), None)
    extra = extra or asked_for(snap, service, metric, span.start, span.end, judge)
    return (*found, extra) if extra else found


def chosen(shown: Sequence[Assessed], metric: str) -> str:
    """The key asked for where it is shown, else that of the worst lane."""
    keys = [one.judged.signal.key for one in shown]
    if metric in keys:
        return metric
    telling = Member("service", "", "", tuple(shown)).telling
    return telling.judged.signal.key if telling else ""


def _chart(one: Assessed) -> ChartLane:
    return chart_lane(one.judged, one.state, one.kept[0].objective if one.kept else None)


def sentence(member: Member, dependencies: Sequence[Member], zone: tzinfo) -> tuple[str, str]:
    """The bold sentence and what explains it."""
    one = member.telling
    if one is None:
        return "Nothing was measured in this range.", ""
    odd, main = unusual(one), one.judged.main
    if odd is None or main is None:
        return words.calm(len(member.assessed), _now(one)), ""
    return words.headline(odd, zone), words.why(odd, movers(main, dependencies), member.name, len(dependencies))


def _now(one: Assessed) -> str:
    known = one.judged.signal.values.dropna()
    signal = one.judged.signal
    return f"{signal.measure.capitalize()} is {value(float(known.iloc[-1]), signal.unit)} now." if len(known) else ""


def _small(service: Service, member: Member) -> str:
    meant = {a.judged.signal.metric: a.judged.signal for a in member.assessed}
    told = [(o, meant[o.metric].measure, meant[o.metric].unit) for o in service.objectives if o.metric in meant]
    owner = service.owner or service.team
    return words.small_line(member.state, now_state(member), owner, words.objectives(told), member.budget_left)


def apart(snap: Snapshot, name: str, span: Span, metric: str, judge: Judge = judge) -> Apart:
    """The signal of this key taken apart. Raises NotFound."""
    service = find(snap, name)
    member = service_member(snap, service, span.start, span.end, judge)
    one = next((a for a in member.assessed if a.judged.signal.key == metric), None)
    one = one or asked_for(snap, service, metric, span.start, span.end, judge)
    if one is None:
        raise NotFound("This measure has no sample in this range.", "Choose another one or a longer range.")
    return take_apart(one.judged, one.state)
