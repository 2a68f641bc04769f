"""The Incident page's question: what happened on both sides, in what order, and what could be known when?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import pandas as pd

from analytics.verdict import Verdict
from app.format import day, duration, span, zone_for
from app.usecases import incident_view as view
from app.usecases.dependencies import needs, related
from app.usecases.incident_case import CONTEXT, context, gather, models_of
from app.usecases.incident_events import marks
from app.usecases.incident_evidence import evidence
from app.usecases.incident_facts import Facts
from app.usecases.incident_lanes import Track, choose, lane, onsets, thread
from app.usecases.incident_performance import performance_lane
from app.usecases.incident_verdicts import Case, facts_in_hindsight, facts_over_time, verdicts
from app.usecases.incident_words import quiet, title, told_by_alerts, told_by_hand
from app.usecases.model_history import ModelHistory
from app.usecases.onset_order import in_order
from app.usecases.stamps import times
from app.usecases.verdict_words import verdict_view
from data.queries import incidents, registry
from data.records import Edge, Incident
from data.store import Snapshot

LEAD_IN = timedelta(seconds=30)
LEAD_SHARE = 0.1


def load(snap: Snapshot, incident_id: str, zone: tzinfo = UTC) -> view.IncidentView:
    """The whole page. Raises NotFound for an id that is not in the store."""
    incident = incidents.get(snap, incident_id)
    recording = context(snap, incident)
    zone = zone_for(zone, *recording)
    edges = registry.topology(snap)
    services = related(incident, models_of(snap, incident), edges)
    return _view(snap, incident, gather(snap, incident, recording), services, edges, zone, recording)


def final_verdict(snap: Snapshot, incident_id: str, zone: tzinfo = UTC, model: str = "") -> view.VerdictView:
    """The verdict of hindsight alone, which no drift enters: a fraction of the work of `load`. Raises NotFound.

    ``model`` asks as far as that model is concerned: of several on the incident's services, and of the services only
    those that its predictions pass through or read from.
    """
    incident = incidents.get(snap, incident_id)
    incident = replace(incident, models=(model,)) if model else incident
    recording = context(snap, incident)
    zone = zone_for(zone, *recording)
    case = gather(snap, incident, recording, with_drift=False, upstream_alone=bool(model))
    if not any(track.change for track in case.tracks):
        return alerts_alone(case, incident, recording[0])[-1]
    return verdict_view(facts_in_hindsight(_told(case, _chosen(snap, incident, case))), zone)


def _view(
    snap: Snapshot,
    incident: Incident,
    case: Case,
    services: Sequence[str],
    edges: Sequence[Edge],
    zone: tzinfo,
    recording: tuple[datetime, datetime],
) -> view.IncidentView:
    chosen = _chosen(snap, incident, case)
    below = needs(edges, [h.model for h in case.histories])
    groups = in_order([t for t in case.tracks if t.change and t.signal.key in chosen], case.depth, case.step)
    ordered = onsets(groups, zone, case.end)
    facts = facts_over_time(_told(case, chosen))
    moved = any(track.change for track in case.tracks)
    found = verdicts(facts, zone) if moved else alerts_alone(case, incident, recording[0])
    lanes = [t for g in groups for t in g] + [t for t in case.tracks if t.signal.key not in chosen]
    first_known = min((o.known for o in ordered), default=None)
    return view.IncidentView(
        incident_id=incident.incident_id,
        status=incident.status,
        services=incident.services,
        models=tuple(h.name for h in case.histories),
        titles=titles(facts, case, incident, zone),
        verdicts=found,
        lanes=tuple(lane(t, t.signal.key not in chosen) for t in lanes if t.signal.metric != "performance"),
        performance=_performances(case, facts[-1].verdict),
        onsets=ordered,
        thread=thread(groups, below),
        reached_model_s=_reached(ordered, case),
        events=marks(snap, case.tracks, services, *recording, incident),
        evidence=evidence(case, found, _orders(ordered), zone),
        arrivals=arrivals(case, recording),
        zoom_onset=_onset_zoom(case, ordered, recording),
        zoom_incident=_incident_zoom(case, recording),
        zoom_recording=view.Span(*recording),
        detected_at=incident.detected_at or first_known,
        cause=incident.cause,
    )


def alerts_alone(case: Case, incident: Incident, begin: datetime) -> tuple[view.VerdictView, ...]:
    """The verdicts where no signal moved: nothing is known from ``begin`` until the first alert is.

    What a person made without one was known to nobody before it was over.
    """
    by_hand = incident.found_by != incidents.SCAN
    known = max(incident.detected_at or (case.end if by_hand else incident.started_at), begin)
    told = told_by_hand(known, incident.found_by, bool(case.tracks)) if by_hand else None
    return quiet(begin), told or told_by_alerts(known, bool(case.tracks))


def _chosen(snap: Snapshot, incident: Incident, case: Case) -> Collection[str]:
    """Keys of the lanes that tell the story; what objectives are about comes first.

    A neighbour that was no part of the incident may have moved a little in the same minutes: it stays folded.
    """
    promised = {(s.name, o.metric) for s in registry.services(snap) for o in s.objectives}
    own = {*incident.services, *incident.models, *case.upstream, *(h.model.name for h in case.histories)}
    return choose([t for t in case.tracks if t.signal.owner in own], frozenset(promised))


def _told(case: Case, chosen: Collection[str]) -> Case:
    """The case as far as the chosen lanes tell it."""
    return replace(case, tracks=tuple(t for t in case.tracks if t.signal.key in chosen))


def _performances(case: Case, verdict: Verdict | None) -> tuple[view.PerformanceLane, ...]:
    """A lane per model; the verdict's baseline is that of the first."""
    bases = [verdict.baseline if verdict else np.nan] + [np.nan] * len(case.histories)
    made = (performance_lane(h, _performance(case, h), b) for h, b in zip(case.histories, bases, strict=False))
    return tuple(one for one in made if one is not None)


def _performance(case: Case, history: ModelHistory) -> Track | None:
    own = (t for t in case.tracks if t.signal.metric == "performance" and t.signal.owner == history.model.name)
    return next(own, None)


def _orders(found: Iterable[view.Onset]) -> dict[str, str]:
    return {o.lane: f"{o.order}{'=' if o.tie else ''}" for o in found}


def _reached(found: Sequence[view.Onset], case: Case) -> float | None:
    """Seconds from the first onset of what the model depends on to the first of the model itself."""
    side = {t.signal.key: t.signal for t in case.tracks}
    services = [o.happened for o in found if side[o.lane].side == "service" and side[o.lane].owner in case.upstream]
    models = [o.happened for o in found if side[o.lane].side == "model"]
    if not services or not models:
        return None
    return max(0.0, (min(models) - min(services)).total_seconds())


def titles(facts: Iterable[Facts], case: Case, incident: Incident, zone: tzinfo) -> tuple[view.TitleView, ...]:
    """The title and the small line from moment to moment; the last is hindsight."""
    where = f"{incident.incident_id} · {day(incident.started_at, zone, year=True)}"
    found = [view.TitleView(case.baseline_start, "No incident is known yet", where)]
    for known in facts:
        if not known.services and not known.models:
            continue
        alert = "" if incident.detected_at and incident.detected_at <= known.at else ", no alert yet"
        words = title(known.services, known.models, known.rollout)
        made = view.TitleView(known.at, words, f"{where} · running{alert}")
        if (made.title, made.small) != (found[-1].title, found[-1].small):
            found.append(made)
    last = max(case.end, found[-1].known_from)
    return (*found, view.TitleView(last, incident.title, _small(incident, zone)))


def _small(incident: Incident, zone: tzinfo) -> str:
    parts = [incident.incident_id]
    if incident.resolved_at:
        length = (incident.resolved_at - incident.started_at).total_seconds()
        parts += [span(incident.started_at, incident.resolved_at, zone), duration(length)]
    parts += [incident.status, ", ".join(dict.fromkeys((*incident.services, *incident.models)))]
    parts.append("" if incident.found_by == incidents.SCAN else f"made by {incident.found_by}")
    return " · ".join(filter(None, parts))


def arrivals(case: Case, recording: tuple[datetime, datetime]) -> np.ndarray:
    """The moments, to the second, at which anything became known, as datetime64[us], rising."""
    known = (
        pd.DatetimeIndex(np.concatenate([pd.DatetimeIndex(t.signal.known_at).dropna() for t in case.tracks]))
        if case.tracks
        else pd.DatetimeIndex([])
    )
    known = known.tz_localize("UTC") if known.tz is None else known
    inside = known[
        (known >= pd.Timestamp(recording[0])) & (known <= pd.Timestamp(recording[1]) + pd.Timedelta(CONTEXT))
    ]
    return np.unique(times(inside.ceil("1s")))


def _incident_zoom(case: Case, recording: tuple[datetime, datetime]) -> view.Span:
    length = case.end - case.start
    pad = max(LEAD_IN, length / 3)
    return view.Span(max(recording[0], case.start - pad), min(recording[1], case.end + pad))


def _onset_zoom(case: Case, found: Sequence[view.Onset], recording: tuple[datetime, datetime]) -> view.Span:
    """From a little before the first onset to after the last that became known."""
    if not found:
        return _incident_zoom(case, recording)
    lead = max(LEAD_IN, LEAD_SHARE * (case.end - case.start))
    last = max(o.known for o in found)
    return view.Span(max(recording[0], found[0].happened - lead), min(recording[1], last + lead))
