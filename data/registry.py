"""Registry files (TOML): services with objectives, models with what they read, and what metrics mean.

``[[services]]`` name, owner, team, environment, depends_on; ``[[services.objectives]]`` metric, comparison, threshold,
target (a share), window; ``[[models]]`` name, service, reads, kind, metric, label_delay, stage, version, trained_at;
``[models.features]`` NAME = { from = "request" or a service, default = its fall-back value there };
``[[metrics]]`` name, role, unit, bad_direction, kind, limit; ``[thresholds]`` NAME = a number. Spans of time are texts
such as "5m".
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from data.errors import RegistryError
from data.records import (
    BadDirection,
    Edge,
    FeatureSource,
    MetricKind,
    MetricMeaning,
    Model,
    Objective,
    Role,
    Service,
    StatedThreshold,
)
from data.timespan import parse_span

MODEL_KINDS = ("binary", "multiclass", "regression")
THRESHOLDS = {  # the least and the most of each; what they do stands in `app.usecases.thresholds`
    "alarms_per_week": (0.01, 20.0),
    "drift_limit": (0.05, 2.0),
    "labels_needed": (0.1, 1.0),
    "incident_services": (1.0, 20.0),
    "incident_lasts_s": (0.0, 86_400.0),
    "group_pause_s": (0.0, 86_400.0),
    "group_reach_s": (0.0, 604_800.0),
}
MODEL_METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc", "mae", "rmse")  # those of analytics.performance


@dataclass(frozen=True, slots=True)
class Registry:
    """What a registry file states; ``edges`` are what its services say that they depend on."""

    services: tuple[Service, ...] = ()
    models: tuple[Model, ...] = ()
    meanings: tuple[MetricMeaning, ...] = ()
    edges: tuple[Edge, ...] = ()
    thresholds: tuple[StatedThreshold, ...] = ()


def load_registry(path: Path) -> Registry:
    """Read a registry file. Raises `RegistryError` that names the file, the entry and the mistake."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise RegistryError(f"The registry file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RegistryError(f"The registry file {path} is not written in UTF-8.") from error


def parse(text: str, name: str) -> Registry:
    """Read the text of a registry file called ``name``. Raises `RegistryError`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"{name} is no valid TOML: {error}.") from error
    top = _Entry(name, document, ("services", "models", "metrics", "thresholds"))
    services = tuple((entry, _service(entry)) for entry in top.entries("services", _SERVICE))
    models = tuple(_model(entry) for entry in top.entries("models", _MODEL))
    meanings = tuple(_meaning(entry) for entry in top.entries("metrics", _METRIC))
    _no_twins(name, [service.name for _, service in services], "service")
    _no_twins(name, [model.name for model in models], "model")
    _no_twins(name, [meaning.metric for meaning in meanings], "metric")
    edges = tuple(Edge(service.name, other) for entry, service in services for other in entry.texts("depends_on"))
    return Registry(tuple(service for _, service in services), models, meanings, edges, _thresholds(name, document))


def _thresholds(name: str, document: Mapping[str, Any]) -> tuple[StatedThreshold, ...]:
    table = document.get("thresholds", {})
    if not isinstance(table, Mapping):
        raise RegistryError(f"{name}: thresholds is no table.", "Write [thresholds], and a number to each name.")
    entry = _Entry(f"{name}, thresholds,", table, tuple(THRESHOLDS))
    found = tuple(StatedThreshold(each, entry.number(each)) for each in table)
    for one in found:
        least, most = THRESHOLDS[one.name]
        if not least <= one.value <= most:
            raise RegistryError(f"{name}, thresholds: {one.name} lies between {least:g} and {most:g}.")
    return found


_SERVICE = ("name", "owner", "team", "environment", "depends_on", "objectives")
_OBJECTIVE = ("metric", "comparison", "threshold", "target", "window")
_MODEL = (
    *("name", "service", "reads", "kind", "metric", "label_delay", "stage", "version", "trained_at"),
    "features",
)
_METRIC = ("name", "role", "unit", "bad_direction", "kind", "limit")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A table of the file; ``where`` is what people call it."""

    where: str
    table: Mapping[str, Any]
    known: Sequence[str]

    def __post_init__(self) -> None:
        for key in self.table:
            if key not in self.known:
                close = get_close_matches(key, self.known, 1)
                hint = f"Did you mean {close[0]!r}?" if close else f"Known are {', '.join(self.known)}."
                raise RegistryError(f"{self.where} has an unknown entry {key!r}.", hint)

    def text(self, key: str, default: str = "") -> str:
        return str(self._get(key, str, "a text", default))

    def texts(self, key: str) -> tuple[str, ...]:
        found = self._get(key, list, "a list of texts", [])
        if not all(isinstance(item, str) for item in found):
            raise self.wrong(key, "a list of texts")
        return tuple(found)

    def number(self, key: str) -> float:
        found = self._get(key, (int, float), "a number", None)
        if found is None or isinstance(found, bool) or not _is_finite(found):
            raise self.wrong(key, "a number")
        return float(found)

    def span(self, key: str, default_s: float) -> float:
        try:
            return parse_span(self.text(key)) if key in self.table else default_s
        except ValueError as error:
            raise RegistryError(f"{self.where}: {key} = {error}.") from error

    def one_of(self, key: str, known: Sequence[str], default: str) -> Any:
        found = self.text(key, default)
        if found not in known:
            raise RegistryError(f"{self.where}: {key} = {found!r} is not known.", f"Known are {', '.join(known)}.")
        return found

    def time(self, key: str) -> datetime | None:
        found = self.table.get(key)
        if found is None:
            return None
        try:
            moment = found if isinstance(found, datetime) else datetime.fromisoformat(str(found))
        except ValueError as error:
            raise self.wrong(key, "a time like 2026-05-04T10:00:00Z") from error
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def entries(self, key: str, known: Sequence[str]) -> list[_Entry]:
        found = self._get(key, list, "a list of tables", [])
        if not all(isinstance(item, dict) for item in found):
            raise self.wrong(key, "a list of tables: write it in two brackets")
        return [_Entry(f"{self.where}: {key} number {i}", item, known) for i, item in enumerate(found, start=1)]

    def named(self) -> str:
        name = self.text("name")
        if not name.strip():
            raise RegistryError(f"{self.where} has no name.")
        return name

    def wrong(self, key: str, what: str) -> RegistryError:
        return RegistryError(f"{self.where}: {key} has to be {what}.")

    def _get(self, key: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        found = self.table.get(key, default)
        if found is not default and not isinstance(found, kind):
            raise self.wrong(key, what)
        return found


def read_service(table: Mapping[str, Any], where: str) -> Service:
    """A service from a table as a registry file has it; ``where`` names it in a `RegistryError`."""
    return _service(_Entry(where, table, _SERVICE))


def read_model(table: Mapping[str, Any], where: str) -> Model:
    """The same for a model."""
    return _model(_Entry(where, table, _MODEL))


def read_meaning(table: Mapping[str, Any], where: str) -> MetricMeaning:
    """The same for what a metric means."""
    return _meaning(_Entry(where, table, _METRIC))


def _service(entry: _Entry) -> Service:
    objectives = tuple(_objective(each) for each in entry.entries("objectives", _OBJECTIVE))
    return Service(entry.named(), entry.text("owner"), entry.text("team"), entry.text("environment"), objectives)


def _objective(entry: _Entry) -> Objective:
    target = entry.number("target")
    if not 0 < target <= 1:
        raise RegistryError(f"{entry.where}: target = {target:g} is no share.", "Write 0.99 for 99 %.")
    if target == 1:
        raise RegistryError(f"{entry.where}: target = 1 leaves no budget.", "Write 0.999 for 99.9 %.")
    if not entry.text("metric"):
        raise RegistryError(f"{entry.where} names no metric.")
    comparison = entry.one_of("comparison", ("<=", ">="), "<=")
    window_s = entry.span("window", 2_592_000.0)
    if not window_s:
        raise RegistryError(f"{entry.where}: window lasts no time.", "Write it like 28d.")
    return Objective(entry.text("metric"), entry.number("threshold"), comparison, target, window_s)


def _model(entry: _Entry) -> Model:
    return Model(
        name=entry.named(),
        service=entry.text("service"),
        reads=entry.texts("reads"),
        kind=entry.one_of("kind", MODEL_KINDS, "binary"),
        metric=entry.one_of("metric", MODEL_METRICS, "accuracy"),
        label_delay_s=entry.span("label_delay", 0.0),
        stage=entry.text("stage"),
        features=_features(entry),
        version=entry.text("version"),
        trained_at=entry.time("trained_at"),
    )


def _features(entry: _Entry) -> tuple[FeatureSource, ...]:
    table = entry.table.get("features", {})
    if not isinstance(table, dict) or not all(isinstance(item, dict) for item in table.values()):
        raise entry.wrong("features", 'a table of NAME = { from = "request", default = 0 }')
    return tuple(_feature(entry, name, item) for name, item in table.items())


def _feature(model: _Entry, name: str, item: Mapping[str, Any]) -> FeatureSource:
    entry = _Entry(f"{model.where}: feature {name!r}", item, ("from", "default"))
    default = item.get("default")
    number = isinstance(default, int | float) and not isinstance(default, bool) and _is_finite(default)
    if not number and not isinstance(default, str | None):
        raise entry.wrong("default", "a number or a text")
    return FeatureSource(name, entry.text("from", "request"), float(default) if isinstance(default, int) else default)


def _meaning(entry: _Entry) -> MetricMeaning:
    check: Callable[[Any], tuple[str, ...]] = get_args
    return MetricMeaning(
        metric=entry.named(),
        role=entry.one_of("role", check(Role), "other"),
        unit=entry.text("unit"),
        bad_direction=entry.one_of("bad_direction", check(BadDirection), "both"),
        kind=entry.one_of("kind", check(MetricKind), "gauge"),
        limit=entry.number("limit") if "limit" in entry.table else None,
    )


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float holds
        return False


def _no_twins(name: str, found: Sequence[str], what: str) -> None:
    twins = sorted({each for each in found if found.count(each) > 1})
    if twins:
        raise RegistryError(f"{name} states the {what} {twins[0]!r} twice.", "Keep one of them.")
