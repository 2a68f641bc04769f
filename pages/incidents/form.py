"""The form of an incident: made new, or changed. It is a part of the page and has an address of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from dash import dcc, html

from app.components import cards
from app.components.controls import button, link_button, opened_with, segmented
from app.components.empty import empty
from app.people import signed
from app.timerange import Resolved
from app.urlstate import UrlState, again, href, path_of
from app.usecases import incident_form, incident_list
from app.usecases.fields import in_zone
from app.usecases.meanwhile import Fields, differs, mine, read_opened

PATH: Final = "/incidents"
FIELDS: Final = (
    "title", "severity", "zone", *(name for name, _ in incident_form.TIMES), "services", "models", "cause",
)  # fmt: skip
OPENED: Final = "opened"
TIMES_HOW: Final = "2026-11-21 14:06:35, or now"
LABELS: Final = {"acknowledge": "Acknowledge now", "mitigate": "Mitigated now", "resolve": "Resolve now"}


def opened(snap: Any, state: UrlState, shown: Resolved) -> Any:
    """The form that the address asks for, or nothing."""
    asked = state.extra.get("edit", "")
    if asked:
        found = next((one for one in snap.state.incidents if one.incident_id == asked), None)
        return _form(snap, found, state, shown) if found else _unknown(asked, state)
    return _form(snap, None, state, shown) if state.extra.get("new") else None


def closed(state: UrlState) -> str:
    """The address of the list without the form."""
    return again(PATH, state, edit=None, new=None)


def split(typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a form by their ids as those by their names, and what it was opened with."""
    fields = {name: typed[f"form-{name}"] for name in FIELDS if f"form-{name}" in typed}
    return fields, read_opened(typed.get(f"form-{OPENED}"))


def put_back(page: Any, asked: Fields, opened: Fields, written: str = "") -> None:
    """Put what was typed into the form of a page that is built anew, all but the field that has been ``written``.

    What was typed is still compared with what the form was first opened with.
    """
    try:
        now = read_opened(page[f"form-{OPENED}"].value)
    except KeyError:  # the page has no form
        return
    first = opened or now
    typed = [name for name in mine(asked, first) if name != written]
    for name in typed:
        page[f"form-{name}"].value = asked[name]
    if "zone" in typed:
        moved = [name for name, _ in incident_form.TIMES if name not in typed and differs(name, first, now)]
        for name in moved:
            page[f"form-{name}"].value = in_zone(now[name], now["zone"], asked["zone"])
    page[f"form-{OPENED}"].value = json.dumps(now | {name: opened[name] for name in typed if name in opened})


def _unknown(asked: str, state: UrlState) -> html.Section:
    close = link_button("Close", closed(state))
    return html.Section(empty("no_match", f"There is no incident {asked[:60]} to edit.", close), className="card")


def _form(snap: Any, found: Any, state: UrlState, shown: Resolved) -> html.Section:
    names = incident_list.known_names(snap)
    title = f"Edit {found.incident_id}" if found else "New incident"
    values = incident_form.shown(found, shown.zone)
    fields = [_title(values), _severity(values), *_times(values), _zone(values), *_members(values, names)]
    said = html.Div(id="form-said", role="alert", className="form-said")
    body = [
        html.Div([*fields, _cause(values)], className="form-grid"),
        opened_with(f"form-{OPENED}", values),
        said,
        html.Div(_buttons(found, state), className="form-buttons"),
    ]
    ids: dict[str, Any] = {"data-fields": " ".join(f"form-{name}" for name in (*FIELDS, OPENED))}
    return cards.card(title, _link(found, state), html.Div(body, className="incident-form", **ids))


def _link(found: Any, state: UrlState) -> Any:
    if not found:
        return "Signed by you, and listed under what people changed"
    return html.A("Open its page", href=href(path_of("/incident/<id>", found.incident_id), state))


def _field(name: str, label: str, control: Any, wide: bool = False) -> html.Div:
    return html.Div([html.Label(label, htmlFor=f"form-{name}"), control], className=f"labelled{' wide' * wide}")


def _text(name: str, value: str, **more: Any) -> dcc.Input:
    return dcc.Input(
        id=f"form-{name}", type="text", value=value, className="field", autoComplete="off", debounce=False, **more
    )


def _title(values: Fields) -> html.Div:
    return _field("title", "What happened", _text("title", values["title"], autoFocus=True), wide=True)


def _severity(values: Fields) -> html.Div:
    options = [(name, name.capitalize()) for name in incident_form.SEVERITIES]
    value = values["severity"]
    if value not in incident_form.SEVERITIES:
        options.append((value, value[:20]))
    named = html.Span("Severity", className="form-label")
    return html.Div([named, segmented("form-severity", options, value, "Severity")], className="labelled")


def _times(values: Fields) -> list[html.Div]:
    return [_time(name, label, values[name]) for name, label in incident_form.TIMES]


def _time(name: str, label: str, value: str) -> html.Div:
    return _field(name, label, _text(name, value, placeholder=TIMES_HOW if name == "started_at" else "not yet"))


def _zone(values: Fields) -> html.Div:
    return _field("zone", "Time zone of these times", _text("zone", values["zone"]))


def _members(values: Fields, names: tuple[tuple[str, ...], tuple[str, ...]]) -> list[html.Div]:
    labels = (("services", "Services"), ("models", "Models hit"))
    return [_several(name, label, names[i], values[name]) for i, (name, label) in enumerate(labels)]


def _several(name: str, label: str, known: tuple[str, ...], kept: list[str]) -> html.Div:
    options: Any = list(dict.fromkeys([*known, *kept]))
    chosen: Any = dcc.Dropdown(
        id=f"form-{name}", options=options, value=kept, multi=True, placeholder="none", className="several"
    )
    return _field(name, label, chosen)


def _cause(values: Fields) -> html.Div:
    area = dcc.Textarea(id="form-cause", value=values["cause"], className="field area", rows=3)
    return _field("cause", "Cause, as far as known", area, wide=True)


def _buttons(found: Any, state: UrlState) -> list[Any]:
    """Those that do not apply are there but hidden, for one callback listens to all of them."""
    able = incident_form.acts(found) if found else ()
    hand = bool(found) and found.found_by != incident_list.SCAN
    quick = [button(LABELS[name], id=f"form-{name}", hidden=name not in able, **signed()) for name in LABELS]
    return [
        button("Save", id="form-save", primary=True, **signed()),
        link_button("Cancel", closed(state)),
        html.Span(className="form-gap"),
        *quick,
        button("Delete", id="form-delete", hidden=not hand, **signed()),
    ]
