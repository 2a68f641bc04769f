"""Incidents: open ones first, how fast they were met, on which days; and what people make of them by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from dash import Dash, html

from app.components.controls import link_button
from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.context import current, page_range
from app.format import count
from app.people import signed
from app.shell.timebar import timebar
from app.timerange import Resolved
from app.urlstate import UrlState, again, read
from app.usecases import incident_list
from app.usecases.incident_list import ListView
from pages.incidents import acts, form, history, listing

PATH: Final = "/incidents"
TITLE: Final = "Incidents"
NAV: Final = ("Incidents", "i")
NONE_FOUND: Final = "No incident was found in what is stored. Health shows how services and models are."


def layout(**query: str) -> html.Div:
    """``new`` opens an empty form, ``edit`` that of an incident; ``state``, ``severity``, ``of`` and ``q`` filter."""
    state = read(query)
    store = current().store
    with store.snapshot() as snap:
        shown = _range(snap, query)
        view = incident_list.load(snap, shown.start, shown.end, shown.zone)
        opened = form.opened(snap, state, shown)
        empty_store = not snap.state.segments and not snap.state.incidents
    lines = history.card(store, shown.zone)
    body = [opened, *_body(view, state, shown, empty_store), lines]
    return html.Div([_header(view, state, shown), html.Div([part for part in body if part], className="stack")])


def register(app: Dash) -> None:
    """The form's buttons, the verdicts of the rows in sight, and the list that the browser filters."""
    acts.register(app)
    listing.register(app)


def put_back(page: Any, typed: Mapping[str, Any]) -> None:
    """Put what was typed into the open form back into a page that was built anew."""
    form.put_back(page, *form.split(typed))


def _range(snap: Any, query: dict[str, str]) -> Resolved:
    """The range asked for; where none is, the one that holds all incidents."""
    shown = page_range(snap, query)
    reach = None if shown.asked else incident_list.reach(snap)
    return replace(shown, start=reach[0], end=max(reach[1], shown.end)) if reach else shown


def _header(view: ListView, state: UrlState, shown: Resolved) -> html.Div:
    new = link_button("New incident", again(PATH, state, new="1", edit=None), primary=True, **signed())
    running = sum(row.open for row in view.rows)
    small = f"{count(len(view.rows), 'incident')} in this range, {running} open"
    return page_header(TITLE, small, [timebar(PATH, state, shown), new])


def _body(view: ListView, state: UrlState, shown: Resolved, empty_store: bool) -> list[Any]:
    if empty_store:
        return [html.Section(empty("nothing", NOTHING), className="card")]
    if not view.rows and not view.outside:
        return [html.Section(empty("nothing", NONE_FOUND), className="card")]
    tiles = listing.tiles(view.figures)
    strip = listing.strip(view.strip, state, shown.zone)
    return [tiles, strip, listing.table_card(view, state)]
