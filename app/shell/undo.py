"""Taking a change back from wherever it is offered: a toast, a list. assets/shell.js writes its number into a store."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash, Input, Output, State, dcc
from dash.exceptions import PreventUpdate

from app.context import current
from app.people import who
from app.routing import CONTENT, LOCATION, put_back
from app.shell.live import rebuilt
from app.shell.toasts import say
from app.usecases.undoing import undo

STORE: Final = "undo-change"


def store() -> dcc.Store:
    """Holds ``{"change": change_id, "nonce": ..., "typed": {id: value}}``, the last of them of a form that is open."""
    return dcc.Store(id=STORE)


def register(app: Dash) -> None:
    """The page is built anew with what is then so."""
    app.callback(
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
        Input(STORE, "data"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(undo_now)


def undo_now(asked: dict[str, Any] | None, here: str) -> tuple[Any, list[int]]:
    """Take back the change that is asked for."""
    number = (asked or {}).get("change")
    if not isinstance(number, int) or isinstance(number, bool):
        raise PreventUpdate
    done = undo(current().store, who(), number)
    say(f"Undone: what was before {done.who}’s change holds again.")
    (page, now), typed = rebuilt(here), (asked or {}).get("typed")
    if isinstance(typed, dict) and typed:
        put_back(current().pages, here, page, typed)
    return page, now
