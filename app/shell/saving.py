"""Saving the page one is on as a view with a name, from the foot of the navigation."""

from __future__ import annotations

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from app import people
from app.context import current
from app.routing import LOCATION
from app.shell.toasts import message
from app.usecases import views


def register(app: Dash) -> None:
    """The dialog's button saves; a refusal is told by the handler of all errors."""
    app.callback(
        Output("toast", "data", allow_duplicate=True),
        Input("view-save", "n_clicks"),
        State("view-name", "value"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(save)


def save(clicks: int | None, name: str | None, here: str) -> dict[str, str]:
    """Keep the address under the name; says so."""
    if not clicks:
        raise PreventUpdate
    kept = views.save(current().store, people.who(), name or "", here)
    return message(f"View “{kept}” saved. Search finds it, Settings lists it.")
