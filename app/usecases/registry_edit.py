"""The registry as people see and change it: each record with where it came from, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from analytics import performance
from app.format import moment
from app.usecases.meanwhile import Fields, Witness
from app.usecases.registry_form import merged, new_service, record_of
from app.usecases.rescan import rescan
from data import statements
from data.changes import ChangeKind
from data.errors import NotFound
from data.queries import metrics, registry
from data.records import MetricMeaning, Service
from data.statements import Origin, Stated
from data.store import Snapshot, Store

KINDS: Final[dict[str, ChangeKind]] = {"services": "service", "models": "model", "metrics": "metric"}
METRICS: Final = tuple(performance.METRICS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, its name, and in words where it came from."""

    name: str
    record: Stated
    origin: str


def entries(snap: Snapshot, store: Store, section: str, zone: tzinfo) -> tuple[Entry, ...]:
    """Everything of a section (services, models or metrics), by name."""
    origins = statements.origins(store.catalog)
    found = _records(snap, section)
    kind = KINDS[section]
    return tuple(Entry(name, one, _words(one, origins.get((kind, name)), zone)) for name, one in found.items())


def entry(snap: Snapshot, store: Store, section: str, name: str, zone: tzinfo) -> Entry:
    """One of them. Raises `NotFound`."""
    for one in entries(snap, store, section, zone):
        if one.name == name:
            return one
    raise NotFound(f"There is nothing called “{name[:80]}” here.", "Choose one from the table.")


def _records(snap: Snapshot, section: str) -> Mapping[str, Stated]:
    if section == "metrics":
        return dict(registry.meanings(snap))
    return {one.name: one for one in (registry.services if section == "services" else registry.models)(snap)}


def _words(record: Stated, origin: Origin | None, zone: tzinfo) -> str:
    if origin is None:
        return "guessed from its name" if isinstance(record, MetricMeaning) else "seen in the data"
    when = moment(origin.at, zone, seconds=False)
    return f"{origin.who}, {when}" if origin.who else f"{origin.file.rsplit('/', 1)[-1]}, {when}"


def service_of(before: Stated, fields: Fields, opened: Fields, witness: Witness) -> Service:
    """What a filled form makes of a service. Raises `NotFound` where it is none, and `Meanwhile`."""
    found = record_of(before, merged(before, fields, opened, witness))
    if not isinstance(found, Service):
        raise NotFound("Only the objectives of a service can be tried out.")
    return found


def save(store: Store, who: str, section: str, name: str, fields: Fields, opened: Fields, zone: tzinfo) -> int | None:
    """State what a person changed in a form that was ``opened`` with other fields, and look for incidents by it.

    Returns the number of the change, None where it holds already. Raises `NotFound`, `RegistryError`, `Meanwhile`.
    """
    with store.snapshot() as snap:
        seen = entry(snap, store, section, name, zone).record
    told = witness(store, who, section, name, zone)
    change = statements.amend(store.catalog, who, seen, lambda now: record_of(now, merged(now, fields, opened, told)))
    if change is not None:
        rescan(store, who)
    return change


def add_service(store: Store, who: str, fields: Fields) -> tuple[str, int]:
    """State a service that is not there yet; returns its name and the number of the change. Raises `RegistryError`."""
    made = new_service(fields)
    with store.snapshot() as snap:
        if made.name in service_names(snap):
            raise statements.there_already("service", made.name)
    change = statements.add(store.catalog, who, made)
    rescan(store, who)
    return made.name, change


def witness(store: Store, who: str, section: str, name: str, zone: tzinfo) -> Witness:
    """Who changed a record meanwhile; what no person did came from a file."""
    return Witness(store.catalog, who, KINDS[section], name, "A file", zone)


def metrics_of(snap: Snapshot, service: Service) -> tuple[str, ...]:
    """Metrics that the service has, or has an objective on; of a new one, that has no name yet, all there are."""
    found = {series.metric for series in metrics.list_series(snap, service=service.name or None)}
    return tuple(sorted(found | {objective.metric for objective in service.objectives}))


def service_names(snap: Snapshot) -> tuple[str, ...]:
    """All services, by name."""
    return tuple(one.name for one in registry.services(snap))
