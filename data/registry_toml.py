"""The registry as the text of a file that `diptych registry` reads: the way back from `data.registry`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.catalog.state import CatalogState
from data.records import FeatureSource, MetricMeaning, Model, Objective, Service, StatedThreshold
from data.registry import Registry
from data.timespan import span_text


def stated(state: CatalogState) -> Registry:
    """What somebody stated, and which service calls which; what is only seen or guessed needs no file."""
    edges = tuple(edge for edge in state.topology if edge.kind == "calls")
    calling = {edge.service for edge in edges}
    services = tuple(s for s in state.services if s != Service(s.name) or s.name in calling)
    models = tuple(m for m in state.models if m != Model(m.name))
    thresholds = tuple(StatedThreshold(one.name, one.value) for one in state.thresholds)
    return Registry(services, models, state.stated_meanings, edges, thresholds)


def write(registry: Registry) -> str:
    """The text of the file; empty values are left out."""
    lines: list[str] = []
    for service in registry.services:
        calls = [edge.depends_on for edge in registry.edges if edge.service == service.name]
        lines += _table("[[services]]", _service(service, calls))
        for objective in service.objectives:
            lines += _table("[[services.objectives]]", _objective(objective))
    for model in registry.models:
        lines += _table("[[models]]", _model(model))
        if model.features:
            lines += _table("[models.features]", {f.name: _feature(f) for f in model.features})
    for meaning in registry.meanings:
        lines += _table("[[metrics]]", _meaning(meaning))
    if registry.thresholds:
        lines += _table("[thresholds]", {one.name: one.value for one in registry.thresholds})
    return "\n".join(lines).lstrip("\n") + "\n"


def _service(service: Service, calls: Sequence[str]) -> dict[str, Any]:
    fields = {name: getattr(service, name) for name in ("name", "owner", "team", "environment")}
    return fields | {"depends_on": list(calls)}


def _objective(objective: Objective) -> dict[str, Any]:
    fields = {name: getattr(objective, name) for name in ("metric", "comparison", "threshold", "target")}
    return fields | {"window": span_text(objective.window_s)}


def _model(model: Model) -> dict[str, Any]:
    fields = {name: getattr(model, name) for name in ("name", "service", "kind", "metric", "stage", "version")}
    delay = span_text(model.label_delay_s) if model.label_delay_s else ""
    trained = model.trained_at.isoformat() if model.trained_at else ""
    return fields | {"reads": list(model.reads), "label_delay": delay, "trained_at": trained}


def _feature(feature: FeatureSource) -> dict[str, Any]:
    given = {} if feature.default is None else {"default": feature.default}
    return {"from": feature.source, **given}


def _meaning(meaning: MetricMeaning) -> dict[str, Any]:
    fields = {"name": meaning.metric, **{n: getattr(meaning, n) for n in ("role", "unit", "bad_direction", "kind")}}
    return fields | ({} if meaning.limit is None else {"limit": meaning.limit})


def _table(head: str, fields: Mapping[str, Any]) -> list[str]:
    return ["", head, *_pairs(fields)]


def _pairs(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if value not in ("", []):
            yield f"{_text(name) if not name.isidentifier() or not name.isascii() else name} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_inner(name, part) for name, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return _text(value) if isinstance(value, str) else repr(float(value))


def _inner(name: str, value: Any) -> str:
    return f"{name} = {_value(value)}"


def _text(text: str) -> str:
    """JSON's escapes are those of TOML, but for one: TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
