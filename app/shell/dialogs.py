"""The dialogs of every page: help with all keys, search that leads anywhere, and the name that signs changes."""

from __future__ import annotations

from typing import Any, Final

from dash import dcc, html

from app.people import MOST_CHARS, signed
from app.shell.acts import act

KEYS: Final = (
    (
        "Everywhere",
        (
            ("/ ctrl+k", "search"),
            ("?", "this help"),
            ("g h", "Health"),
            ("g s", "Services"),
            ("g l", "Logs"),
            ("g m", "Models"),
            ("g i", "Incidents"),
            ("g d", "Sources"),
            ("g ,", "Settings"),
            ("t", "theme"),
            ("m", "add a mark, on a service, model or incident"),
            ("Esc", "close what is open"),
        ),
    ),
    ("Time", (("[", "earlier"), ("]", "later"), ("-", "zoom out"), ("=", "zoom in"))),
    (
        "Incident",
        (
            ("1–9", "evidence of a badge"),
            ("space", "play, pause"),
            ("← →", "previous, next event"),
            ("shift ← →", "one step"),
            ("k", "other clock"),
            ("o", "zoom on the onset"),
        ),
    ),
)


def help_dialog() -> html.Dialog:
    """All keys."""
    groups = [_group(title, rows) for title, rows in KEYS]
    return _dialog("help", "Keys", html.Div(groups, className="keys"))


def search_dialog() -> html.Dialog:
    """Assets/shell.js sets the field in, asks `/find` while one types, and lists what it gives.

    A field of Dash is written back from its state, which moves the cursor under fast fingers.
    """
    field = html.Div(id="search-box")
    listed: dict[str, Any] = {"aria-label": "Found", "aria-live": "polite"}
    label = html.Label("Search", htmlFor="search-field", className="sr-only")
    return _dialog("search", "Search", [label, field, html.Ul(id="search-hits", **listed)])


def name_dialog() -> html.Dialog:
    """Assets/people.js opens it before the first change that a browser makes, and keeps what it is told."""
    named: dict[str, Any] = {"data-form": "name"}
    label = html.Label("Your name", htmlFor="own-name")
    field = dcc.Input(id="own-name", type="text", maxLength=MOST_CHARS, autoComplete="name", className="field")
    why = "It stands beside what you change, for the others. There is no sign-in yet: this browser remembers it."
    save = html.Button("Save", type="submit", className="button button-primary")
    return _dialog("name", "Who are you?", html.Form([html.P(why), html.Div([label, field]), save], **named))


def view_dialog() -> html.Dialog:
    """A name for the address of the page one is on."""
    named: dict[str, Any] = {"data-form": "dash"}
    label = html.Label("Name of this view", htmlFor="view-name")
    field = dcc.Input(id="view-name", type="text", maxLength=MOST_CHARS, autoComplete="off", className="field")
    why = "It keeps the address with its range and choices; all find it by searching, and Settings lists it."
    save = html.Button(
        "Save", id="view-save", type="button", n_clicks=0, className="button button-primary", **signed(), **act("close")
    )
    return _dialog("view", "Save this view", html.Form([html.P(why), html.Div([label, field]), save], **named))


def _group(title: str, rows: tuple[tuple[str, str], ...]) -> html.Section:
    lines = [part for keys, words in rows for part in (html.Dt([_keys(keys)]), html.Dd(words))]
    return html.Section([html.H3(title), html.Dl(lines)])


def _keys(text: str) -> html.Span:
    return html.Span([html.Kbd(key) for key in text.split(" ")])


def _dialog(name: str, title: str, children: Any) -> html.Dialog:
    close = html.Button("Close", type="button", className="button", **act("close"))
    head = html.Div([html.H2(title, id=f"{name}-title"), close], className="dialog-head")
    labelled: dict[str, Any] = {"aria-labelledby": f"{name}-title"}
    return html.Dialog([head, html.Div(children, className="dialog-body")], id=f"{name}-dialog", **labelled)
