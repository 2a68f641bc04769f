"""A mark of a person: added to a service, model or incident, changed, deleted. The form is a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app.components import cards
from app.components.controls import button, link_button, opened_with, segmented
from app.components.empty import empty
from app.components.header import page_header
from app.components.pills import tag
from app.context import current
from app.errors import DiptychError, words_of
from app.format import moment
from app.people import signed, who
from app.routing import LOCATION, read_address
from app.shell.live import state_now
from app.shell.toasts import say
from app.timerange import zone_of
from app.urlstate import UrlState, again, own_address, path_of, read
from app.usecases import mark_form
from app.usecases.mark_events import TAGS
from app.usecases.meanwhile import read_opened
from app.usecases.times import from_ms

PATH: Final = "/mark"
TITLE: Final = "Mark"
UNDER: Final = "/incidents"
FIELDS: Final = ("tag", "ts", "ends_at", "zone", "words", "repeats", "holidays", "where")
BUTTONS: Final = ("save", "delete")


def layout(**query: str) -> html.Div:
    """``id`` is a mark to change; else ``kind`` and ``subject`` of a new one, ``at`` its time; ``back`` leads back."""
    state = read(query)
    zone = zone_of(state.zone or current().settings.zone)
    with current().store.snapshot() as snap:
        found = mark_form.find(snap, state.extra.get("id", ""))
        kind, subject = subject_of(found, state)
        if not mark_form.knows(snap, kind, subject):
            return _nothing()
        others = mark_form.marks_of(snap, kind, subject)
    form = cards.card("Change the mark" if found else "New mark", "Signed by you", _form(found, state, zone))
    small = html.Span([f"On the {kind} " if subject else "On everything", html.Span(subject, dir="auto")])
    return html.Div([page_header(TITLE, small), html.Div([form, *_others(others, state, zone)], className="stack")])


def subject_of(found: Any, state: UrlState) -> tuple[str, str]:
    """Kind and name of what is marked."""
    return (found.kind, found.subject) if found else (state.extra.get("kind", ""), state.extra.get("subject", ""))


def back(state: UrlState, found: Any = None) -> str:
    """The address that the form was opened from, where it is one of ours; else the page of what is marked."""
    asked = state.extra.get("back", "")
    if own_address(asked) and not asked.startswith(PATH):
        return asked
    kind, subject = subject_of(found, state)
    return path_of(f"/{kind}/<name>", subject) if kind in ("service", "model", "incident") and subject else "/"


def _nothing() -> html.Div:
    words = "There is nothing to mark at this address. A service or an incident has a button for it."
    state = empty("no_match", words, link_button("Open Incidents", "/incidents"))
    return html.Div([page_header(TITLE), html.Section(state, className="card")])


def _form(found: Any, state: UrlState, zone: Any) -> html.Div:
    values = mark_form.shown(found, zone, from_ms(state.extra.get("at", "")))
    fields = [
        _field("words", "What it was", values["words"], wide=True, autoFocus=True),
        _choice("tag", "Kind", {one: one.capitalize() for one in TAGS}, values["tag"]),
        _field("ts", "When", values["ts"], placeholder="2026-11-21 14:06:35"),
        _field("ends_at", "Until, where it lasted", values["ends_at"]),
        _field("zone", "Time zone of these times", values["zone"]),
        _choice("repeats", "Repeats, from then on", mark_form.REPEATS, values["repeats"]),
        _field("holidays", "Or on the public holidays of", values["holidays"], placeholder="DE, US-CA"),
        _where(found),
    ]
    gone = button("Delete", id="mark-delete", hidden=not found, **signed())
    save = button("Save", id="mark-save", primary=True, **signed())
    cancel = link_button("Cancel", back(state, found))
    buttons = html.Div([save, cancel, html.Span(className="form-gap"), gone], className="form-buttons")
    said = html.Div(id="mark-said", role="alert", className="form-said")
    opened = opened_with("mark-opened", values)
    return html.Div([html.Div(fields, className="form-grid"), opened, said, buttons], className="incident-form")


def _choice(name: str, label: str, options: Mapping[str, str], value: str) -> html.Div:
    choice = segmented(f"mark-{name}", list(options.items()), value, label)
    return html.Div([html.Span(label, className="form-label"), choice], className="labelled wide")


def _where(found: Any) -> html.Div:
    """What it holds for; a mark that is there stays where it is."""
    choice = _choice("where", "Holds for", mark_form.WHERE, "here")
    return html.Div(choice, hidden=found is not None, className="wide")


def _field(name: str, label: str, value: str, wide: bool = False, **more: Any) -> html.Div:
    field = dcc.Input(id=f"mark-{name}", type="text", value=value, className="field", autoComplete="off", **more)
    return html.Div([html.Label(label, htmlFor=f"mark-{name}"), field], className=f"labelled{' wide' * wide}")


def _others(found: Any, state: UrlState, zone: Any) -> list[Any]:
    if not found:
        return []
    lines = [_line(mark, state, zone) for mark in found]
    return [cards.card("Marks here", None, html.Ul(lines, className="changes"), flush=True)]


def _line(mark: Any, state: UrlState, zone: Any) -> html.Li:
    at = html.Time(moment(mark.ts, zone), dateTime=mark.ts.isoformat(), className="meta")
    words = html.Span([tag(mark.tag), " ", html.Span(mark.words, dir="auto")], className="change-words")
    address = again(PATH, state, id=mark.mark_id, kind=None, subject=None, at=None)
    named: dict[str, Any] = {"aria-label": f"Edit: {mark.words[:60]}"}
    edit = html.A("Edit", href=address, className="row-edit", **named)
    return html.Li([at, html.Span(mark.who, className="change-who", dir="auto"), words, edit])


def register(app: Dash) -> None:
    """Save, also by Enter in the words, and delete."""
    app.callback(
        Output("mark-said", "children"),
        Output(LOCATION, "href", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
        *(Input(f"mark-{name}", "n_clicks") for name in BUTTONS),
        Input("mark-words", "n_submit"),
        *(State(f"mark-{name}", "value") for name in (*FIELDS, "opened")),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(press)


def press(*given: Any) -> tuple[Any, Any, Any]:
    """Do what the pressed button says, and go back to where the form was opened."""
    clicks, fields, here = given[: len(BUTTONS) + 1], given[len(BUTTONS) + 1 : -1], given[-1]
    if not any(clicks):
        raise PreventUpdate
    state = read(read_address(here or "", PATH)[1])
    store, mark_id = current().store, state.extra.get("id", "")
    with store.snapshot() as snap:
        leads = back(state, mark_form.find(snap, mark_id))
    try:
        if ctx.triggered_id == "mark-delete":
            kept = mark_form.delete(store, who(), mark_id)
        else:
            kept = _saved(store, mark_id, state, dict(zip((*FIELDS, "opened"), fields, strict=True)))
    except DiptychError as error:
        return words_of(error, "the form of a mark"), no_update, no_update
    say(kept.words, undo=kept.change_id)
    return "", leads, state_now()


def _saved(store: Any, mark_id: str, state: UrlState, asked: dict[str, Any]) -> Any:
    opened = read_opened(asked.pop("opened"))
    if not mark_id:
        return mark_form.add(store, who(), *subject_of(None, state), asked)
    return mark_form.change(store, who(), mark_id, asked, opened, zone_of(state.zone or current().settings.zone))
