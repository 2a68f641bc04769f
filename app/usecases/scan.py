"""Look for incidents: judge every signal, group what began together along the topology, keep what hurts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from analytics.correlation import group
from app.usecases.dependencies import upstream
from app.usecases.incident_facts import BEFORE, FELT, HURTS, UNDONE, Change, changed_first
from app.usecases.incident_words import title
from app.usecases.judgement import Excursion, excursions
from app.usecases.log_signals import measured_or_logged
from app.usecases.model_history import ModelHistory, load
from app.usecases.model_signals import default_signal, performance_signal
from app.usecases.onset_order import depths, in_order, sampling_step
from app.usecases.scan_alerts import alert_incidents
from app.usecases.scan_kept import kept
from app.usecases.signals import Signal, series_of
from app.usecases.thresholds import Limits, limits
from data.queries import anomalies, events, incidents, metrics, registry
from data.records import Anomaly, Edge, Event, Incident, Model, SeriesKey
from data.store import Snapshot, Store

EMPTY = datetime.min.replace(tzinfo=UTC)  # where nothing is stored
HISTORY = timedelta(days=14)  # of services: enough for a weekly season
DEFAULTS_STEP = pd.Timedelta(seconds=5)

Progress = Callable[[float, str], None]


def scan(store: Store, progress: Progress = lambda share, words: None) -> int:
    """Find incidents and save them; returns how many there are.

    Services are judged over the newest two weeks, and what was found before stays; models over all their predictions,
    whose buckets grow with the span.
    """
    with store.snapshot() as snap:
        reach = metrics.span(snap) or (EMPTY, EMPTY)
        start = max(reach[0], reach[1] - HISTORY) if reach[1] > EMPTY else EMPTY
        found = list(_excursions(snap, start, reach, progress))
        stay, gone = kept(snap, start), snap.state.let_go
        made = incidents_of(snap, found, held := limits(snap))
        covering = [*made, *stay.earlier, *stay.outlasting]
        made += alerted(snap, events.read(snap), covering, reach[1], held)
        others = left_to_sweep(snap)
        unusual = [anomaly_of(e, snap) for e in found]
    anomalies.save(store.catalog, unusual, scanned_from=start, not_scanned=others, let_go=gone)
    saved = incidents.save_incidents(store.catalog, made, covers=stay.is_judged, outlasts=stay.outlasts)
    there = len({i.incident_id for i in (*saved, *stay.earlier, *stay.outlasting)})
    progress(1.0, f"{there} incidents")
    return there


def left_to_sweep(snap: Snapshot) -> frozenset[SeriesKey]:
    """Series whose direction nobody understands: a scan does not judge them, a sweep does."""
    judged = {s.series_id for service in registry.services(snap) for s, _ in series_of(snap, service.name)}
    others = (s for s in metrics.list_series(snap) if s.series_id not in judged)
    return frozenset((s.service, "", s.metric, tuple(sorted(s.labels))) for s in others)


def alerted(
    snap: Snapshot, recorded: Sequence[Event], known: Sequence[Incident], newest: datetime, held: Limits
) -> list[Incident]:
    """What only alerts among the ``recorded`` tell of; incidents made by hand cover their alerts too."""
    by_hand = (i for i in incidents.list_incidents(snap) if i.found_by != incidents.SCAN)
    graph = _graph(registry.topology(snap), registry.models(snap))
    return alert_incidents(recorded, [*known, *by_hand], graph, newest, held)


def _excursions(
    snap: Snapshot, start: datetime, reach: tuple[datetime, datetime], progress: Progress
) -> Iterator[Excursion]:
    first, end = reach[0], reach[1] + timedelta(seconds=1)
    services, models = registry.services(snap), registry.models(snap)
    for i, service in enumerate(services):
        progress(i / (len(services) + len(models)), service.name)
        for signal in measured_or_logged(snap, service.name, start, end):
            yield from excursions(signal)
    for i, model in enumerate(models):
        progress((len(services) + i) / (len(services) + len(models)), model.name)
        for signal in model_signals(load(snap, model, first, end)):
            yield from excursions(signal)


def model_signals(history: ModelHistory | None) -> list[Signal]:
    """What a scan judges of a model: the share on defaults, and the metric that counts."""
    if history is None:
        return []
    return [s for s in (default_signal(history, DEFAULTS_STEP), performance_signal(history)) if s is not None]


def incidents_of(snap: Snapshot, found: Sequence[Excursion], known: Limits) -> list[Incident]:
    """What began together and is worth a person's time by the limits that hold."""
    models, edges = registry.models(snap), registry.topology(snap)
    alerts = events.read(snap, kinds=("alert",))
    deploys = events.read(snap, kinds=("deploy", "change"))
    made = []
    together = group(
        _table(found), topology=_graph(edges, models), gap_s=known.group_pause_s, reach_s=known.group_reach_s
    )
    for one in together:
        members = [found[i] for i in one.event_ids]
        if hurts(members, known):
            made.append(_incident(members, alerts, deploys, models, edges))
    return made


def _table(found: Sequence[Excursion]) -> pd.DataFrame:
    rows = [(i, e.signal.owner, e.signal.key, e.start, e.end, _step_s(e.signal)) for i, e in enumerate(found)]
    return pd.DataFrame(rows, columns=["event_id", "service", "signal", "start", "end", "step_s"])


def _step_s(signal: Signal) -> float:
    """The distance of its samples."""
    at = signal.values.index.to_numpy()
    return float(np.median(np.diff(at)) / np.timedelta64(1, "s")) if len(at) > 1 else 0.0


def _graph(edges: Iterable[Edge], models: Iterable[Model]) -> dict[str, set[str]]:
    """Whom each service calls, with the models as callers of what serves and feeds them."""
    graph: dict[str, set[str]] = {}
    for edge in edges:
        graph.setdefault(edge.service, set()).add(edge.depends_on)
    for model in models:
        graph.setdefault(model.name, set()).update(s for s in (model.service, *model.reads) if s)
    return graph


def hurts(members: Sequence[Excursion], known: Limits) -> bool:
    """Whether a group is worth a person's time: something failed, a model lost, or several moved at once and for long.

    A short slow moment is an episode, no incident; nor is more to do, as long as it is done.
    """
    if any(e.signal.role in HURTS or e.signal.metric == "performance" for e in members):
        return True
    lasted = max(e.end for e in members) - min(e.start for e in members)
    worse = {e.signal.owner for e in members if e.signal.role not in UNDONE or e.onset.direction == "down"}
    together = len(worse) >= known.incident_services
    return together and lasted.total_seconds() >= known.incident_lasts_s


def _incident(
    members: Sequence[Excursion],
    alerts: Sequence[Event],
    deploys: Sequence[Event],
    models: Sequence[Model],
    edges: Sequence[Edge],
) -> Incident:
    services = _ordered(e for e in members if e.signal.side == "service")
    moved = _ordered(e for e in members if e.signal.side == "model")
    start, end = min(e.start for e in members), _over(members)
    owners = tuple(dict.fromkeys(c.signal.owner for c in services))
    named = tuple(dict.fromkeys(c.signal.owner for c in moved))
    hit = [m for m in models if m.name in named]
    served = {m.service for m in hit}
    leading = _telling(services, bool(moved), upstream(hit, edges), edges, deploys)
    return Incident(
        incident_id="",
        title=title(leading, moved, _rollout(moved, deploys, {*served, *named})),
        severity="critical" if any(e.signal.role in HURTS for e in members) else "degraded",
        status="resolved" if any(e.onset.ended is not None for e in members) else "open",
        started_at=_utc(start),
        detected_at=_first_alert(alerts, {*owners, *named}, start, end),
        resolved_at=_utc(end),
        services=owners,
        models=named,
        cause="",
        found_by="scan",
    )


def _over(members: Sequence[Excursion]) -> datetime:
    """When the last of what hurts was over: memory that stays where it is, or traffic, does not keep it open."""
    hurting = [e for e in members if e.signal.role in FELT or e.signal.side == "model"]
    return max(e.end for e in hurting or members)


def _ordered(members: Iterable[Excursion]) -> list[Change]:
    return [Change(e.signal, e.onset) for e in sorted(members, key=lambda e: (e.start, e.signal.key))]


def _telling(
    services: Sequence[Change],
    model_moved: bool,
    below: frozenset[str],
    edges: Sequence[Edge],
    deploys: Sequence[Event],
) -> list[Change]:
    """As the story is told. Where a model moved, only what it depends on (``below``) can begin it."""
    causes = [c for c in services if c.signal.owner in below]
    chosen = causes if causes or model_moved else services
    groups = in_order(chosen, depths(edges), sampling_step([c.signal for c in services]))
    return [change for group in groups for change in changed_first(group, deploys)]


def _rollout(moved: Sequence[Change], deploys: Sequence[Event], owners: set[str]) -> str:
    """The deploy right before the model's first onset."""
    if not moved:
        return ""
    first = _utc(moved[0].onset.happened)
    near = [d for d in deploys if d.service in owners and first - BEFORE <= d.ts <= first + DEFAULTS_STEP]
    return near[-1].title if near else ""


def _first_alert(alerts: Iterable[Event], owners: set[str], start: datetime, end: datetime) -> datetime | None:
    known = [a.known_at for a in alerts if a.service in owners and start <= a.known_at <= end]
    return min(known, default=None)


def anomaly_of(found: Excursion, snap: Snapshot) -> Anomaly:
    """What is kept of an excursion; one of a model's measure names the service that serves it."""
    owner = found.signal.owner
    of_model = found.signal.side == "model"
    serving = next((m.service for m in registry.models(snap) if m.name == owner), "") if of_model else owner
    return Anomaly(
        service=serving,
        model=owner if of_model else "",
        metric=found.signal.metric,
        labels=found.signal.labels,
        start=_utc(found.start),
        end=_utc(found.end),
        peak_score=found.peak_score,
        observed=found.onset.peak_value,
        expected_low=found.expected_low,
        expected_high=found.expected_high,
        direction=found.onset.direction,
        detector=found.detector,
        mode="full",
    )


def _utc(at: datetime) -> datetime:
    return pd.Timestamp(at).tz_convert(UTC).floor("us").to_pydatetime()
