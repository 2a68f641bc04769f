"""The forms of Settings: one record at a time, each field with the name under which it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html

from app.components import cards
from app.components.controls import button, link_button, opened_with
from app.components.how import how
from app.components.what_if import what_if
from app.context import current
from app.format import exact
from app.people import signed
from app.usecases import alarm_rate, registry_edit, registry_form, retention
from app.usecases.registry_edit import Entry
from app.usecases.retention import Kept
from app.usecases.thresholds import Effective
from pages.settings import acts

ROLES: Final = ("latency", "errors", "traffic", "saturation", "availability", "business", "other")
CHOICES: Final[dict[str, Sequence[tuple[str, str]]]] = {
    "comparison": (("<=", "at most"), (">=", "at least")),
    "kind": tuple((kind, kind) for kind in ("binary", "multiclass", "regression")),
    "metric": tuple((metric, metric) for metric in registry_edit.METRICS),
    "role": tuple((role, role) for role in ROLES),
    "bad_direction": tuple(registry_form.HURTS.items()),
    "meaning_kind": tuple((kind, kind) for kind in ("gauge", "counter", "histogram")),
}
PREVIEW: Final = (
    "What it would have done",
    "Counted over the range at the top of the page, by the same analysis as the pages.",
)
LOOK: Final = ("What would go", "Counted in the store as it is now, to the record; nothing is changed by it.")
RETAINED: Final = (
    "The worker looks every few hours and lets go of whole days (UTC) that are older. Incidents and episodes that they "
    "told of stay, and the same files do not bring the records back. The room is free a day later."
)


def registry(snap: Any, section: str, entry: Entry, close: str) -> html.Section:
    """The form of a service, a model or a metric."""
    fields = {"services": _service, "models": _model, "metrics": _meaning}[section](snap, entry.record)
    preview = PREVIEW if section == "services" else None
    opened = opened_with(_id(acts.OPENED), registry_form.fields_of(entry.record))
    return _form(entry.name, f"now: {entry.origin}", [*fields, opened], close, preview=preview)


def new_service(snap: Any, close: str) -> html.Section:
    """The form of a service that is not there yet: its name, and what one can say of any other."""
    name = html.Div(_field("name", "Name, as the data will have it"), className="fields")
    small = "Signed by you, and listed in History"
    return _form("New service", small, [name, *_service(snap, registry_form.NEW)], close, preview=None)


def threshold(one: Effective, close: str) -> html.Section:
    """The form of a threshold, with the way back to its default."""
    t = one.threshold
    bounds = f"{t.unit}, from {exact(t.least)} to {exact(t.most)}; default {exact(t.default)}"
    field = _field("value", f"{t.words}, {bounds}", exact(one.value))
    opened = opened_with(_id(acts.OPENED), {"value": exact(one.value)})
    rates = alarm_rate.latest(current().store) if t.name == alarm_rate.THRESHOLD else None
    achieved = [what_if(alarm_rate.words(rates, one.value), alarm_rate.curve(rates))] if rates else []
    fields = [html.P(t.does), html.Div(field, className="fields"), *achieved, opened]
    reset = [button("Back to default", id=acts.RESET, **signed())] if one.set_at else []
    return _form(t.words, "", fields, close, preview=PREVIEW, more=reset)


def kept_for(one: Kept, close: str) -> html.Section:
    """The form of how long a kind of record is kept, with the way back to for ever."""
    shown = "" if one.keep_s is None else one.words
    field = _field("value", "Kept for, such as 90d or 12w; empty: for ever", shown)
    opened = opened_with(_id(acts.OPENED), {"value": shown})
    fields = [html.P(RETAINED), html.Div(field, className="fields"), opened]
    reset = [button("Keep for ever", id=acts.RESET, **signed())] if one.set_at else []
    return _form(one.kind.capitalize(), retention.KINDS[one.kind], fields, close, preview=LOOK, more=reset)


def _form(
    title: str,
    small: str,
    fields: Sequence[Any],
    close: str,
    *,
    preview: tuple[str, str] | None,
    more: Sequence[Any] = (),
) -> html.Section:
    named: dict[str, Any] = {"data-form": "dash"}
    shown = [button(preview[0], id=acts.PREVIEW)] if preview else []
    buttons = [button("Save", id=acts.SAVE, primary=True, **signed()), *shown, *more, link_button("Close", close)]
    live: dict[str, Any] = {"aria-live": "polite"}
    said = html.Div(id=acts.SAID, className="settings-said", **live)
    explained = [how(preview[1])] if preview else []
    body = html.Form([*fields, html.Div([*buttons, *explained], className="form-buttons"), said], **named)
    return cards.card(html.Span(title, dir="auto"), html.Span(small, dir="auto"), body, id="settings-form")


def _service(snap: Any, one: Any) -> list[Any]:
    plain = [_field(name, name.capitalize(), getattr(one, name)) for name in ("owner", "team", "environment")]
    rows = [registry_form.objective_fields(o) for o in one.objectives]
    metrics = [(name, name) for name in registry_edit.metrics_of(snap, one)]
    labels = {"metric": "Metric", "comparison": "Keeps", "threshold": "Threshold", "target": "Target, %",
              "window": "Window"}  # fmt: skip
    choices = {"metric": [("", "no objective"), *metrics], "comparison": CHOICES["comparison"]}
    words = "An objective: the metric keeps its threshold for the target share of the window, such as 99.5 % of 28d."
    return [html.Div(plain, className="fields"), html.P(words, className="meta"),
            *_group("objectives", labels, rows, choices)]  # fmt: skip


def _model(snap: Any, one: Any) -> list[Any]:
    services = [(name, name) for name in registry_edit.service_names(snap)]
    plain = [
        _choice("service", "Served by", one.service, [("", "nothing stated"), *services]),
        _several("reads", "Reads from", one.reads, services),
        _choice("kind", "Kind", one.kind, CHOICES["kind"]),
        _choice("metric", "Metric that counts", one.metric, CHOICES["metric"]),
        _field("label_delay", "Labels come within, such as 1d", registry_form.delay_text(one)),
        _field("stage", "Stage", one.stage),
    ]
    labels = {"name": "Feature", "from": "Comes from", "default": "Falls back to"}
    origins = [("request", "the request"), *services]
    rows = [registry_form.feature_fields(f) for f in one.features]
    return [html.Div(plain, className="fields"), *_group("features", labels, rows, {"from": origins})]


def _meaning(_: Any, one: Any) -> list[Any]:
    plain = [
        _choice("role", "Role", one.role, CHOICES["role"]),
        _field("unit", "Unit, such as ms, s, share, bytes, 1/s", one.unit),
        _choice("bad_direction", "Hurts when", one.bad_direction, CHOICES["bad_direction"]),
        _choice("kind", "Kind", one.kind, CHOICES["meaning_kind"]),
        _field("limit", "Limit in its unit, if any", registry_form.limit_text(one)),
    ]
    return [html.Div(plain, className="fields")]


def _group(
    group: str,
    labels: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    choices: Mapping[str, Sequence[tuple[str, str]]],
) -> list[Any]:
    """The rows there are and an empty one for another; a row whose first field is emptied goes."""
    return [
        html.Fieldset(
            [html.Legend(f"{group[:-1].capitalize()} {i + 1}", className="sr-only"),
             *(_one(f"{group}.{i}.{name}", label, row.get(name, ""), choices.get(name))
               for name, label in labels.items())],
            className="fields",
        )
        for i, row in enumerate([*rows, {}])
    ]  # fmt: skip


def _one(name: str, label: str, value: str, choices: Sequence[tuple[str, str]] | None) -> html.Div:
    return _field(name, label, value) if choices is None else _choice(name, label, value, choices)


def _field(name: str, label: str, value: str = "") -> html.Div:
    given: dict[str, Any] = {"type": "text", "value": value, "className": "field", "autoComplete": "off"}
    return _labelled(label, dcc.Input(id=_id(name), **given))


def _choice(name: str, label: str, value: str, options: Sequence[tuple[str, str]]) -> html.Div:
    known = [*options, *([(value, value)] if value and value not in dict(options) else [])]
    items: Any = [{"value": v, "label": words} for v, words in known]
    chosen = value if value or "" in dict(options) else known[0][0]
    return _labelled(label, dcc.Dropdown(id=_id(name), options=items, value=chosen, clearable=False))


def _several(name: str, label: str, values: Sequence[str], options: Sequence[tuple[str, str]]) -> html.Div:
    names = [*dict(options), *(value for value in values if value not in dict(options))]
    return _labelled(label, dcc.Dropdown(id=_id(name), options=names, value=list(values), multi=True))


def _labelled(label: str, control: Any) -> html.Div:
    return html.Div(html.Label([html.Span(label), control]), className="labelled")


def _id(name: str) -> dict[str, str]:
    return {"type": "settings-field", "name": name}
