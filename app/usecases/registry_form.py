"""A record of the registry as the fields of a form, and back. Every text reads back as exactly what it came from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.format import exact
from app.usecases.meanwhile import Fields, Witness, mine, refuse, taken
from data import registry as rules
from data.errors import RegistryError
from data.records import FeatureSource, MetricMeaning, Model, Objective, Service
from data.statements import Stated
from data.timespan import span_text

SERVICE: Final = ("owner", "team", "environment")
MODEL: Final = ("service", "kind", "metric", "stage")
MEANING: Final = ("role", "unit", "bad_direction", "kind")
OBJECTIVE: Final = ("metric", "comparison", "threshold", "target", "window")
HURTS: Final[Mapping[str, str]] = {"up": "it rises", "down": "it falls", "both": "it moves"}
FEATURE: Final = ("name", "from", "default")
GROUPS: Final = {"objectives": OBJECTIVE, "features": FEATURE}
#: Field of a form -> that of the record, where it has another name.
FIELD: Final = {"label_delay": "label_delay_s"}
#: A service that is not there yet, in its form.
NEW: Final = Service("")
NO_ROWS: Final[dict[str, Any]] = {group: [] for group in GROUPS}


def fields_of(record: Stated) -> dict[str, str | list[str]]:
    """The fields of the form of this record, those of its rows as ``objectives.0.metric``."""
    if isinstance(record, Service):
        return _plain(record, SERVICE) | _numbered("objectives", [objective_fields(o) for o in record.objectives])
    if isinstance(record, Model):
        more: dict[str, str | list[str]] = {"reads": list(record.reads), "label_delay": delay_text(record)}
        return _plain(record, MODEL) | more | _numbered("features", [feature_fields(f) for f in record.features])
    return _plain(record, MEANING) | {"limit": limit_text(record)}


def texts_of(name: str, record: Stated) -> list[str]:
    """All that its form shows of a record, its name first: what a filter looks in."""
    shown = fields_of(record).values()
    return [name, *(text for given in shown for text in ([given] if isinstance(given, str) else given))]


def objective_fields(objective: Objective) -> dict[str, str]:
    """One objective: the target in percent, the window as ``28d``."""
    return {
        "metric": objective.metric,
        "comparison": objective.comparison,
        "threshold": exact(objective.threshold),
        "target": f"{(Decimal(repr(objective.target)) * 100).normalize():f}",
        "window": span_text(objective.window_s),
    }


def feature_fields(feature: FeatureSource) -> dict[str, str]:
    """One feature; a default that is a text but could be taken for something else stands in quotes."""
    return {"name": feature.name, "from": feature.source, "default": _default_text(feature.default)}


def objective_words(objective: Objective) -> str:
    """``latency_p95_ms ≤ 500 for 99.5 % of 28d``."""
    told = objective_fields(objective)
    sign = {"<=": "≤", ">=": "≥"}[told["comparison"]]
    return f"{told['metric']} {sign} {told['threshold']} for {told['target']} % of {told['window']}"


def feature_words(feature: FeatureSource) -> str:
    """``views from shop, else 0``."""
    return f"{feature.name} from {feature.source}{'' if feature.default is None else f', else {feature.default}'}"


def delay_text(model: Model) -> str:
    """``1d``, empty where none is stated."""
    return span_text(model.label_delay_s) if model.label_delay_s else ""


def limit_text(meaning: MetricMeaning) -> str:
    """The limit of a metric, empty where none is stated."""
    return "" if meaning.limit is None else exact(meaning.limit)


def record_of(before: Stated, fields: Fields) -> Stated:
    """The record that a filled form means. Raises `RegistryError` in the words that a file would get."""
    if isinstance(before, Service):
        return rules.read_service({"name": before.name, **_service(fields)}, before.name)
    if isinstance(before, Model):
        return rules.read_model({"name": before.name, **_model(before, fields)}, before.name)
    return rules.read_meaning({"name": before.metric, **_texts(fields, MEANING), **_limit(fields)}, before.metric)


def new_service(fields: Fields) -> Service:
    """What a form filled for a new service means, its name among the fields. Raises `RegistryError`."""
    given = {name: _stripped(text) for name, text in fields.items()}
    return rules.read_service({"name": _text(given, "name"), **_service(given)}, _text(given, "name") or "The service")


def merged(now: Stated, fields: Fields, opened: Fields, witness: Witness) -> Fields:
    """The fields of ``now`` with what a person changed in a form that was ``opened`` with other ones.

    Raises `Meanwhile` where what that person changed has been changed by another since; rows count as one field.
    """
    shown = fields_of(now)
    given = {name: text if text == opened.get(name) else _stripped(text) for name, text in fields.items()}
    asked, held = _parts(given), {**NO_ROWS, **_parts(shown)}
    was = {**(NO_ROWS if opened else held), **_parts(opened)}
    changed = [name for name in mine(asked, held | was) if name in held]
    lost = taken((name for name in changed if asked[name] != held[name]), was, held)
    refuse([witness.told(FIELD.get(name, name), _held(now, name), held[name]) for name in lost])
    kept = {name: text for name, text in shown.items() if name.split(".")[0] not in changed}
    return kept | {name: text for name, text in given.items() if name.split(".")[0] in changed}


def _held(record: Stated, name: str) -> Any:
    return getattr(record, FIELD.get(name, name))


def _parts(fields: Fields) -> dict[str, Any]:
    """The fields by name, all rows of a group under the group's."""
    plain = {name: given or "" for name, given in fields.items() if "." not in name}
    groups = {name.split(".")[0] for name in fields if "." in name} & GROUPS.keys()
    return plain | {group: _rows(fields, group) for group in groups}


def _stripped(given: Any) -> Any:
    return given.strip() if isinstance(given, str) else given


def _plain(record: Stated, names: tuple[str, ...]) -> dict[str, str | list[str]]:
    return {name: getattr(record, name) for name in names}


def _numbered(group: str, rows: list[dict[str, str]]) -> dict[str, str | list[str]]:
    return {f"{group}.{i}.{part}": text for i, row in enumerate(rows) for part, text in row.items()}


def _default_text(default: float | str | None) -> str:
    if default is None:
        return ""
    if not isinstance(default, str):
        return exact(default)
    plain = default.strip() == default and default and not _is_quoted(default) and _number_in(default) is None
    return default if plain else f'"{default}"'


def _service(fields: Fields) -> dict[str, Any]:
    rows = enumerate(_rows(fields, "objectives"), start=1)
    return {**_texts(fields, SERVICE), "objectives": [_objective(i, row) for i, row in rows]}


def _limit(fields: Fields) -> dict[str, float]:
    """In the unit of the metric; of a share people write percent too."""
    text = _text(fields, "limit")
    if not text:
        return {}
    number = _number(text.removesuffix("%"), "The limit", "100")
    return {"limit": float(number / 100 if text.endswith("%") and _text(fields, "unit") == "share" else number)}


def _objective(number: int, row: Mapping[str, str]) -> dict[str, Any]:
    where = f"Objective {number}"
    window = {"window": row["window"]} if row["window"] else {}
    return {
        "metric": row["metric"],
        "comparison": row["comparison"] or "<=",
        "threshold": float(_number(row["threshold"], f"{where}: threshold", "500")),
        "target": float(_number(row["target"].removesuffix("%"), f"{where}: target", "99.5") / 100),
        **window,
    }


def _model(before: Model, fields: Fields) -> dict[str, Any]:
    delay = _text(fields, "label_delay")
    features = {row["name"]: _feature(row) for row in _rows(fields, "features")}
    kept = {"version": before.version, **({"trained_at": before.trained_at} if before.trained_at else {})}
    given = {"reads": list(fields.get("reads") or []), **({"label_delay": delay} if delay else {})}
    return {**_texts(fields, MODEL), **given, "features": features, **kept}


def _feature(row: Mapping[str, str]) -> dict[str, Any]:
    text = row["default"]
    if not text:
        return {"from": row["from"] or "request"}
    found = None if _is_quoted(text) else _number_in(text)
    default: Any = text[1:-1] if _is_quoted(text) else text
    if found is not None:
        default = float(_number(text, f"Feature {row['name'][:40]}: default", "0.5, or a text in quotes"))
    return {"from": row["from"] or "request", "default": default}


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == '"'


def _number_in(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _rows(fields: Fields, group: str) -> list[dict[str, str]]:
    """One whose first field is empty is not meant."""
    parts = GROUPS[group]
    numbers = sorted({int(name.split(".")[1]) for name in fields if name.startswith(f"{group}.")})
    rows = [{part: _text(fields, f"{group}.{i}.{part}") for part in parts} for i in numbers]
    return [row for row in rows if row[parts[0]]]


def _texts(fields: Fields, names: tuple[str, ...]) -> dict[str, str]:
    return {name: _text(fields, name) for name in names}


def _text(fields: Fields, name: str) -> str:
    return str(fields.get(name) or "")


def _number(text: str, what: str, example: str) -> Decimal:
    """A number that a float holds. Raises `RegistryError` for any other text, and for those that are not finite."""
    plain = text.strip().replace(",", ".")
    found = _number_in(plain)
    if found is None or not math.isfinite(found):
        raise RegistryError(f"{what} is “{text[:40]}”.", f"Write a number like {example}.")
    return Decimal(plain)  # a float would lose the last digit of a share in percent
