"""Settings: the registry, thresholds that are used, saved views, what people changed. Each section is an address."""

from __future__ import annotations

from typing import Any, Final

from dash import ALL, Dash, Input, Output, State, html

from app.components.controls import segmented_links
from app.components.header import page_header
from app.context import current, page_range
from app.routing import CONTENT, LOCATION
from app.shell.timebar import timebar
from app.urlstate import href, read
from pages.settings import acts, sections

PATH: Final = "/settings"
TITLE: Final = "Settings"
NAV: Final = ("Settings", ",")
SMALL: Final = "What holds, where it came from, and who changed it"


def layout(**query: str) -> html.Div:
    """The page for a query: ``section``, ``new``, ``edit`` (the name that is changed), ``q`` and ``kind``."""
    state = read(query)
    asked = state.extra.get("section", "")
    section = asked if asked in sections.WORDS else next(iter(sections.WORDS))
    with current().store.snapshot() as snap:
        shown = page_range(snap, query)
        body = sections.body(snap, section, state, shown)
    tabs = [(name, words, href(PATH, state, section=name)) for name, words in sections.WORDS.items()]
    chosen = html.Div(segmented_links("Sections", tabs, section), className="settings-sections")
    header = page_header(TITLE, SMALL, timebar(PATH, state, shown))
    return html.Div([header, html.Div([chosen, body], className="stack")])


def register(app: Dash) -> None:
    """Saving and previewing; after a change the page and the navigation are built anew."""
    rebuilt = (
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
    )
    fields = (State(acts.FIELD, "value"), State(acts.FIELD, "id"), State(LOCATION, "href"))
    once: dict[str, Any] = {"prevent_initial_call": True}
    said, address = Output(acts.SAID, "children"), Output(LOCATION, "search", allow_duplicate=True)
    app.callback(*rebuilt, said, address, Input(acts.SAVE, "n_clicks"), *fields, **once)(acts.save)
    busy = [(Output(acts.PREVIEW, "disabled"), True, False)]
    app.callback(
        Output(acts.SAID, "children", allow_duplicate=True),
        Input(acts.PREVIEW, "n_clicks"),
        *fields,
        running=busy,
        **once,
    )(acts.preview)
    here = State(LOCATION, "href")
    app.callback(*rebuilt, Input(acts.RESET, "n_clicks"), here, **once)(acts.reset)
    app.callback(*rebuilt, Input({"type": acts.DELETE, "name": ALL}, "n_clicks"), here, **once)(acts.delete_view)
