"""The registry as people see and change it: each record with where it came from, and a form back to a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from analytics import performance
from app.format import moment
from app.usecases.rescan import rescan
from data import registry as rules
from data import statements
from data.changes import ChangeKind
from data.errors import NotFound, RegistryError
from data.queries import metrics, registry
from data.records import FeatureSource, MetricMeaning, Model, Objective, Service
from data.statements import Origin, Stated
from data.store import Snapshot, Store
from data.timespan import span_text

KINDS: Final[dict[str, ChangeKind]] = {"services": "service", "models": "model", "metrics": "metric"}
METRICS: Final = tuple(performance.METRICS)
Fields = Mapping[str, str | list[str] | None]


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


def record_of(before: Stated, fields: Fields) -> Stated:
    """The record that a filled form means. Raises `RegistryError` in the words that a file would get."""
    if isinstance(before, Service):
        return rules.read_service({"name": before.name, **_service(fields)}, before.name)
    if isinstance(before, Model):
        return rules.read_model({"name": before.name, **_model(before, fields)}, before.name)
    return rules.read_meaning({"name": before.metric, **{name: _text(fields, name) for name in MEANING}}, before.metric)


def service_of(before: Stated, fields: Fields) -> Service:
    """`record_of` where it is a service. Raises `NotFound` where it is none."""
    found = record_of(before, fields)
    if not isinstance(found, Service):
        raise NotFound("Only the objectives of a service can be tried out.")
    return found


def save(store: Store, who: str, section: str, name: str, fields: Fields, zone: tzinfo) -> bool:
    """State what the form means, and have incidents looked for by it; false where it holds already.

    Raises `NotFound` and `RegistryError`.
    """
    with store.snapshot() as snap:
        before = entry(snap, store, section, name, zone)
    after = record_of(before.record, fields)
    if after == before.record:
        return False
    statements.state(store.catalog, who, after)
    rescan(store, who)
    return True


MEANING: Final = ("role", "unit", "bad_direction", "kind")
OBJECTIVE: Final = ("metric", "comparison", "threshold", "target", "window")
FEATURE: Final = ("name", "from", "default")


def objective_fields(objective: Objective) -> dict[str, str]:
    """As a form shows it: the target in percent, the window as ``28d``."""
    return {
        "metric": objective.metric,
        "comparison": objective.comparison,
        "threshold": f"{objective.threshold:g}",
        "target": f"{round(100 * objective.target, 8):g}",
        "window": span_text(objective.window_s),
    }


def feature_fields(feature: FeatureSource) -> dict[str, str]:
    """As a form shows it."""
    default = feature.default
    return {
        "name": feature.name,
        "from": feature.source,
        "default": "" if default is None else default if isinstance(default, str) else repr(default),
    }


def _service(fields: Fields) -> dict[str, Any]:
    plain = {name: _text(fields, name) for name in ("owner", "team", "environment")}
    return {**plain, "objectives": [_objective(i, row) for i, row in enumerate(_rows(fields, "objectives"), start=1)]}


def _objective(number: int, row: Mapping[str, str]) -> dict[str, Any]:
    where = f"Objective {number}"
    window = {"window": row["window"]} if row["window"] else {}
    share = round(_number(row["target"], f"{where}: target", "99.5") / 100, 10)
    return {
        "metric": row["metric"],
        "comparison": row["comparison"] or "<=",
        "threshold": _number(row["threshold"], f"{where}: threshold", "500"),
        "target": share,
        **window,
    }


def _model(before: Model, fields: Fields) -> dict[str, Any]:
    plain = {name: _text(fields, name) for name in ("service", "kind", "metric", "stage")}
    delay = _text(fields, "label_delay")
    reads = fields.get("reads") or []
    features = {row["name"]: _feature(row) for row in _rows(fields, "features")}
    kept = {"version": before.version, **({"trained_at": before.trained_at} if before.trained_at else {})}
    return {**plain, **({"label_delay": delay} if delay else {}), "reads": list(reads), "features": features, **kept}


def _feature(row: Mapping[str, str]) -> dict[str, Any]:
    try:
        default: Any = float(row["default"]) if row["default"] else None
    except ValueError:
        default = row["default"]
    return {"from": row["from"] or "request", **({} if default is None else {"default": default})}


def _rows(fields: Fields, group: str) -> list[dict[str, str]]:
    """Rows of a form, ``objectives.0.metric``; one whose first field is empty is not meant."""
    first = {"objectives": OBJECTIVE, "features": FEATURE}[group]
    numbers = sorted({int(name.split(".")[1]) for name in fields if name.startswith(f"{group}.")})
    rows = [{part: _text(fields, f"{group}.{i}.{part}") for part in first} for i in numbers]
    return [row for row in rows if row[first[0]]]


def _text(fields: Fields, name: str) -> str:
    return str(fields.get(name) or "").strip()


def _number(text: str, what: str, example: str) -> float:
    try:
        found = float(text.replace(",", ".").removesuffix("%"))
    except ValueError as error:
        raise RegistryError(f"{what} is “{text[:40]}”.", f"Write a number like {example}.") from error
    if abs(found) == float("inf") or found != found:
        raise RegistryError(f"{what} is “{text[:40]}”.", f"Write a number like {example}.")
    return found


def metrics_of(snap: Snapshot, service: Service) -> tuple[str, ...]:
    """Metrics that the service has, or has an objective on."""
    found = {series.metric for series in metrics.list_series(snap, service=service.name)}
    return tuple(sorted(found | {objective.metric for objective in service.objectives}))


def service_names(snap: Snapshot) -> tuple[str, ...]:
    """All services, by name."""
    return tuple(one.name for one in registry.services(snap))


def delay_text(model: Model) -> str:
    """``1d``, empty where none is stated."""
    return span_text(model.label_delay_s) if model.label_delay_s else ""
