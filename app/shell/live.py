"""Live refresh by choice: the page is built anew from its address when the store has grown, in place.

The choice (off, 10 s, 1 min) lives in the browser, and so does the clock: assets/shell.js ticks only while nobody is in
the middle of something, and puts back what was open, focused and scrolled to. Selection is in the address.
"""

from __future__ import annotations

from typing import Any, Final

from dash import Dash, Input, Output, State, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.context import current
from app.routing import CONTENT, LOCATION, page_at

TICK: Final = "live-tick"


def stores() -> tuple[Component, ...]:
    """``store-state`` holds what the page was built from; assets/shell.js writes a tick into the other."""
    return dcc.Store(id="store-state", data=state_now()), dcc.Store(id=TICK)


def register(app: Dash) -> None:
    """A tick asks whether the store has changed; when it has, page and navigation are built anew."""
    app.callback(
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data"),
        Input(TICK, "data"),
        State(LOCATION, "href"),
        State("store-state", "data"),
        prevent_initial_call=True,
    )(refresh)


def refresh(_: int | None, here: str, before: list[int] | None) -> tuple[Any, Any]:
    """The page at ``here`` and the new state, or nothing where the store is as before."""
    now = state_now()
    if now == before:
        raise PreventUpdate
    return rebuilt(here)[0], now


def rebuilt(here: str) -> tuple[Component, list[int]]:
    """The page at an address as it is now, and what it was built from: what a change in place answers with."""
    return page_at(current().pages, here), state_now()


def state_now() -> list[int]:
    """Generation and revision: what a page that is built now is built from."""
    counters = current().store.catalog.counters()
    return [counters.generation, counters.revision]
