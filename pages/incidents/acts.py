"""What the form's buttons do. Each is signed, says what came of it, and offers to take it back."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from app.context import current
from app.errors import DiptychError, words_of
from app.people import who
from app.routing import CONTENT, LOCATION, read_address
from app.shell.live import rebuilt, state_now
from app.shell.toasts import say
from app.timerange import zone_of
from app.urlstate import UrlState, again, read
from app.usecases import incident_form, incident_list
from app.usecases.incident_form import Act, Done
from app.usecases.meanwhile import read_opened
from pages.incidents import form

PATH: Final = "/incidents"
QUICK: Final[tuple[Act, ...]] = ("acknowledge", "mitigate", "resolve")
BUTTONS: Final = ("save", *QUICK, "delete")


def register(app: Dash) -> None:
    """One callback for all buttons of the form; Enter in the title saves too."""
    app.callback(
        Output("form-said", "children"),
        Output(LOCATION, "search", allow_duplicate=True),
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
        *(Input(f"form-{name}", "n_clicks") for name in BUTTONS),
        Input("form-title", "n_submit"),
        *(State(f"form-{name}", "value") for name in (*form.FIELDS, form.OPENED)),
        State(LOCATION, "href"),
        prevent_initial_call=True,
        running=[(Output("form-save", "disabled"), True, False)],
    )(press)


def press(*given: Any) -> tuple[Any, Any, Any, Any]:
    """Do what the pressed button says; what stands against it is told beside the buttons."""
    clicks, fields, here = given[: len(BUTTONS) + 1], given[len(BUTTONS) + 1 : -1], given[-1]
    pressed = str(ctx.triggered_id or "").removeprefix("form-")
    if not any(clicks):
        raise PreventUpdate
    state, asked = read(read_address(here or "", PATH)[1]), dict(zip((*form.FIELDS, form.OPENED), fields, strict=True))
    try:
        done = _do(pressed, state, asked)
    except DiptychError as error:
        return words_of(error, "the form of an incident"), no_update, no_update, no_update
    say(done.words, undo=done.change_id)
    if pressed in QUICK:
        page, now = rebuilt(here)
        form.put_back(page, asked, read_opened(asked.pop(form.OPENED)), incident_form.SETS[pressed])
        return "", no_update, page, now
    return "", again("", state, edit=None, new=None) or "?", no_update, state_now()


def _zone(state: UrlState) -> tzinfo:
    return zone_of(state.zone or current().settings.zone)


def _do(pressed: str, state: UrlState, fields: dict[str, Any]) -> Done:
    store, person, incident_id = current().store, who(), state.extra.get("edit", "")
    quick = next((act for act in QUICK if act == pressed), None)
    if quick is not None:
        return incident_form.act(store, person, incident_id, quick)
    if pressed == "delete":
        return incident_form.delete(store, person, incident_id)
    opened = read_opened(fields.pop(form.OPENED))
    with store.snapshot() as snap:
        known = incident_list.known_names(snap)
    return incident_form.save(store, person, incident_id, fields, known, opened, _zone(state))
