"""What is looked at for an incident: its surroundings, the signals of its services and models, what else went on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd

from app.usecases.dependencies import related, upstream
from app.usecases.incident_lanes import Track, follow
from app.usecases.incident_verdicts import Case
from app.usecases.incident_view import Span
from app.usecases.log_signals import measured_or_logged
from app.usecases.model_history import ModelHistory
from app.usecases.model_history import load as load_history
from app.usecases.model_signals import default_signal, drift_signals, performance_signal
from app.usecases.onset_order import FIRST_STEP, depths, sampling_step
from app.usecases.signals import Signal
from data.errors import NotFound
from data.queries import events as event_log
from data.queries import incidents, metrics, registry
from data.records import Incident, Model
from data.store import Snapshot

CONTEXT = timedelta(minutes=30)  # shown around an incident at most, or three times as long as it lasted
CONTEXT_LENGTHS = 3


def gather(
    snap: Snapshot,
    incident: Incident,
    recording: tuple[datetime, datetime],
    with_drift: bool = True,
    upstream_alone: bool = False,
) -> Case:
    """All that the page rests on; ``upstream_alone`` leaves out services that no model of it depends on."""
    start, end = recording
    edges, models = registry.topology(snap), models_of(snap, incident)
    until = _until(incident, end)
    histories = tuple(h for m in models if (h := load_history(snap, m, start, end)) is not None)
    near = upstream(models, edges)
    services = [s for s in related(incident, models, edges) if s in near or not upstream_alone]
    tracks = _follow(snap, services, histories, incident.started_at, start, end, until, with_drift)
    return Case(
        tracks=tracks,
        histories=histories,
        upstream=near,
        deploys=event_log.read(snap, start, end, kinds=("deploy", "change")),
        baseline_start=start,
        start=incident.started_at,
        end=until,
        others=_others(snap, incident, recording),
        watched=any(t.signal.side == "service" and t.signal.owner in near for t in tracks),
        depth=depths(edges),
        step=sampling_step([t.signal for t in tracks if t.signal.side == "service"]),
        alerts=event_log.read(snap, incident.started_at, until, kinds=("alert",)),
    )


def _others(snap: Snapshot, incident: Incident, recording: tuple[datetime, datetime]) -> tuple[Span, ...]:
    found = (i for i in incidents.list_incidents(snap, *recording) if i.incident_id != incident.incident_id)
    return tuple(Span(i.started_at, i.resolved_at or recording[1]) for i in found)


def context(snap: Snapshot, incident: Incident) -> tuple[datetime, datetime]:
    """What surrounds the incident, as far as there are records; all of it where an incident made by hand has none."""
    found = metrics.span(snap)
    if found is None:
        raise NotFound("The store holds no records.", "`diptych ingest DIR` fills it.")
    last = incident.resolved_at or found[1]
    beside = around(incident.started_at, last)
    first, end = max(found[0], incident.started_at - beside), min(found[1] + timedelta(seconds=1), last + beside)
    if first >= end:
        return incident.started_at - beside, max(last, incident.started_at) + beside
    return first, end


def around(start: datetime, end: datetime) -> timedelta:
    """How much before and after what lasted from ``start`` to ``end`` is looked at."""
    return max(CONTEXT, CONTEXT_LENGTHS * (end - start))


def _until(incident: Incident, end: datetime) -> datetime:
    return min(incident.resolved_at or end, end)


def models_of(snap: Snapshot, incident: Incident) -> tuple[Model, ...]:
    """The incident's models, or those that stand on its services."""
    known = registry.models(snap)
    named = tuple(m for m in known if m.name in incident.models)
    return named or tuple(m for m in known if {m.service, *m.reads} & set(incident.services))


def _follow(
    snap: Snapshot,
    services: Sequence[str],
    histories: Sequence[ModelHistory],
    started: datetime,
    start: datetime,
    end: datetime,
    until: datetime,
    with_drift: bool,
) -> tuple[Track, ...]:
    signals = [s for name in services for s in measured_or_logged(snap, name, start, end)]
    step = sampling_step(signals)
    signals += [s for history in histories for s in model_signals(history, step, started, with_drift)]
    names = {history.model.name: history.name_between for history in histories}
    return tuple(_named(follow(s, started - slack(s), until), names) for s in signals)


def _named(track: Track, names: Mapping[str, Callable[[datetime, datetime], str]]) -> Track:
    """A model that moved goes by the version that served from its onset until that was known."""
    signal, change = track.signal, track.change
    if change is None or signal.side == "service" or signal.limit is not None:
        return track
    return replace(track, told=names[signal.owner](change.happened, change.known))


def slack(signal: Signal) -> timedelta:
    """One sampling step: an onset may be dated that much before the sample that opened the incident."""
    return sampling_step([signal]).to_pytimedelta()


def model_signals(
    history: ModelHistory, step: pd.Timedelta, reference_end: datetime, with_drift: bool = True
) -> list[Signal]:
    """Inputs on defaults, performance and drift of one model."""
    found = [default_signal(history, max(step, FIRST_STEP)), performance_signal(history)]
    drifts = drift_signals(history, reference_end) if with_drift else ()
    return [*(s for s in found if s is not None), *drifts]
