"""What is around a service: neighbours and models with their states, incidents, log patterns."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from app.format import count
from app.usecases.health_logs import new_since
from app.usecases.incident_view import Span
from app.usecases.logs_links import template_id
from app.usecases.service_lane import State
from app.usecases.service_view import Chip, IncidentLine, PatternLine
from data.queries import incidents, logs, registry
from data.store import Snapshot

MOST_PATTERNS = 500
SHOWN_PATTERNS = 30


def depends_on(snap: Snapshot, name: str) -> list[str]:
    """What a service calls or reads, in the order of the topology."""
    return list(dict.fromkeys(edge.depends_on for edge in registry.topology(snap) if edge.service == name))


def chips(snap: Snapshot, name: str, states: Mapping[str, State]) -> Iterator[Chip]:
    """Neighbours: what it depends on, who uses it directly or through one other, and models that run on or read it."""
    edges = registry.topology(snap)
    direct = list(dict.fromkeys(e.service for e in edges if e.depends_on == name))
    for other in depends_on(snap, name):
        yield Chip("depends", other, _state(states, "service", other))
    for other in direct:
        yield Chip("used", other, _state(states, "service", other))
    for edge in edges:
        if edge.depends_on in direct and edge.service not in (*direct, name):
            yield Chip("used", edge.service, _state(states, "service", edge.service), f"through {edge.depends_on}")
    for model in registry.models(snap):
        if name == model.service or name in model.reads:
            yield Chip("runs" if name == model.service else "feeds", model.name, _state(states, "model", model.name))


def _state(states: Mapping[str, State], side: str, name: str) -> State:
    return states.get(f"{side}:{name}", "nodata")


def incident_lines(snap: Snapshot, name: str, span: Span) -> Iterator[IncidentLine]:
    """Incidents of the range that touched the service, the newest first."""
    found = incidents.list_incidents(snap, span.start, span.end)
    for one in sorted(found, key=lambda i: i.started_at, reverse=True):
        if name in one.services:
            yield IncidentLine(one.incident_id, one.title, one.started_at, one.resolved_at, one.severity)


def patterns(snap: Snapshot, name: str, span: Span, zone: tzinfo) -> tuple[tuple[PatternLine, ...], str]:
    """Log patterns of the service in the range, new ones first, then the most frequent; and what is new in words."""
    since, words = new_since(snap, span.start, span.end, zone)
    found = logs.patterns(snap, span.start, span.end, service=name, limit=MOST_PATTERNS)
    late = logs.patterns(snap, since, span.end, service=name, limit=MOST_PATTERNS)
    fresh = set(late["pattern"][late["new"].astype(bool)])
    found = found.assign(new=found["pattern"].isin(fresh))
    ordered = found.sort_values(["new", "n", "pattern"], ascending=[False, False, True]).head(SHOWN_PATTERNS)
    order = "these first, then the most frequent" if fresh else "the most frequent first"
    said = f"{len(fresh)} of {count(len(found), 'pattern')} first seen {words}; {order}"
    return tuple(_pattern(told) for told in ordered.to_dict("records")), said


def _pattern(told: Mapping[Hashable, Any]) -> PatternLine:
    first, last = (told[name].to_pydatetime() for name in ("first_ts", "last_ts"))
    return PatternLine(
        told["pattern"], _level(told), int(told["n"]), first, last, bool(told["new"]), template_id(told["pattern"])
    )


def _level(told: Mapping[Hashable, Any]) -> str:
    """``INFO``, or ``INFO, 3 ERROR`` where some lines are worse than most; empty where no line states one."""
    level, worst = told["severity"], told["worst"]
    if not isinstance(level, str):
        return ""
    return level if worst == level else f"{level}, {count(int(told['worst_n']), worst, worst)}"
