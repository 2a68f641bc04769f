"""Incidents that alerts alone tell of: a status page's history, a pager's export, a service without metrics."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import pandas as pd

from analytics.correlation import group
from app.usecases.thresholds import UNTOUCHED, Limits
from app.usecases.words import first_upper
from data.records import Event, Incident

#: What pagers and status pages call an alert that somebody must look at.
SEVERE = frozenset({"critical", "error", "fatal", "page", "high", "major", "emergency", "disaster", "outage"})
ALERT = "alert"
RESOLVES = "resolves"  # attribute of an event that ends the alerts of its service, where the alerts state no end


def alert_incidents(
    recorded: Sequence[Event],
    known: Iterable[Incident],
    topology: Mapping[str, set[str]],
    end: datetime,
    held: Limits = UNTOUCHED,
) -> list[Incident]:
    """Severe alerts that none of the ``known`` incidents covers, grouped along the topology, as incidents by start.

    An alert lasts until it says, else until an event of its service with the attribute ``resolves``, else beyond
    ``end``: then its incident is open.
    """
    recoveries = _recoveries(recorded)
    lasting = [(alert, _ended(alert, recoveries)) for alert in recorded if _severe(alert)]
    covering = list(known)
    left = [(alert, until) for alert, until in lasting if not any(_covers(i, alert, until or end) for i in covering)]
    rows = [(n, a.service, a.service, a.ts, max(until or end, a.ts)) for n, (a, until) in enumerate(left)]
    table = pd.DataFrame(rows, columns=["event_id", "service", "signal", "start", "end"])
    together = group(table, topology=topology, gap_s=held.group_pause_s, reach_s=held.group_reach_s)
    return [_incident([left[n] for n in one.event_ids]) for one in together]


def _severe(event: Event) -> bool:
    return event.kind == ALERT and bool(event.service) and event.severity.casefold() in SEVERE


def _recoveries(recorded: Iterable[Event]) -> dict[str, list[datetime]]:
    """When each service was said to be up again, by time as ``recorded`` is."""
    found: dict[str, list[datetime]] = {}
    for event in recorded:
        if event.attributes.get(RESOLVES) == ALERT:
            found.setdefault(event.service, []).append(event.ts)
    return found


def _ended(alert: Event, recoveries: Mapping[str, list[datetime]]) -> datetime | None:
    times = recoveries.get(alert.service, [])
    after = bisect_right(times, alert.ts)
    return alert.ends_at or (times[after] if after < len(times) else None)


def _covers(incident: Incident, alert: Event, until: datetime) -> bool:
    overlaps = incident.started_at <= until and (incident.resolved_at is None or alert.ts <= incident.resolved_at)
    return overlaps and alert.service in (*incident.services, *incident.models)


def _incident(members: Sequence[tuple[Event, datetime | None]]) -> Incident:
    first = min((alert for alert, _ in members), key=lambda alert: alert.ts)
    ends = [until for _, until in members]
    last = None if None in ends else max(until for until in ends if until)
    return Incident(
        incident_id="",
        title=_title(first),
        severity="critical",
        status="open" if last is None else "resolved",
        started_at=first.ts,
        detected_at=min(alert.known_at for alert, _ in members),
        resolved_at=last,
        services=tuple(dict.fromkeys(alert.service for alert, _ in members)),
    )


def _title(alert: Event) -> str:
    """The alert's own words, with its service where they do not name it."""
    if alert.service.casefold() in alert.title.casefold():
        return first_upper(alert.title)
    told = " " if alert.title[:1].islower() else ": "  # "is down" goes on from the name, "Disk full" stands alone
    return first_upper(f"{alert.service}{told}{alert.title}")
