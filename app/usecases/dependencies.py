"""Who stands on whom: services, and the models that are served by them and read from them."""

from __future__ import annotations

from collections.abc import Iterable

from data.records import Edge, Incident, Model


def related(incident: Incident, models: Iterable[Model], edges: Iterable[Edge]) -> tuple[str, ...]:
    """Services of the incident, those that its models stand on, and their direct neighbours in the topology."""
    core = {*incident.services, *(s for m in models for s in (m.service, *m.reads) if s)}
    near = {n for e in edges if {e.service, e.depends_on} & core for n in (e.service, e.depends_on)}
    return tuple(sorted(core | near))


def upstream(models: Iterable[Model], edges: Iterable[Edge]) -> frozenset[str]:
    """Everything that the models' predictions pass through or read from: the closure along the topology."""
    calls: dict[str, set[str]] = {}
    for edge in edges:
        calls.setdefault(edge.service, set()).add(edge.depends_on)
    found, front = set(), {s for m in models for s in (m.service, *m.reads) if s}
    while front:
        found |= front
        front = {below for above in front for below in calls.get(above, ())} - found
    return frozenset(found)


def needs(edges: Iterable[Edge], models: Iterable[Model]) -> dict[str, set[str]]:
    """What each service and each model depends on directly."""
    found: dict[str, set[str]] = {}
    for edge in edges:
        found.setdefault(edge.service, set()).add(edge.depends_on)
    for model in models:
        found.setdefault(model.name, set()).update(s for s in (model.service, *model.reads) if s)
    return found
