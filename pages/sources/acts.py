"""What changes the store from this page: taking back, taking in. Both are signed and say what came of it."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from app.components.controls import button, link_button
from app.context import current
from app.errors import AppError
from app.format import count
from app.people import signed, who
from app.routing import LOCATION
from app.shell.live import state_now
from app.shell.toasts import say
from app.urlstate import UrlState
from app.usecases import forgetting, sources, uploads
from app.usecases.sources import FileRow, SourcesView
from pages.sources import parts, taking

PATH: Final = parts.PATH
AGAIN: Final = "There is no undo but to take it in again: the file itself is not touched."


def register(app: Dash) -> None:
    """Two buttons, each for what the address says."""
    for name, act in (("forget-now", forget_now), ("take-in", take_in_now)):
        app.callback(
            Output(LOCATION, "search", allow_duplicate=True),
            Output("store-state", "data", allow_duplicate=True),
            Input(name, "n_clicks"),
            State(LOCATION, "href"),
            prevent_initial_call=True,
            running=[(Output(name, "disabled"), True, False)],
        )(act)


def question(view: SourcesView, frame: parts.Frame) -> Any:
    """Asks before anything goes, where the address names something that is there."""
    found = _meant(view, frame.state)
    if not found:
        return None
    name, files = found
    records = sum(sum(each.account.records.values()) for each in files)
    words = f"Take back {count(records, 'record')} that came from {count(len(files), 'file')}? {AGAIN}"
    title = html.P([html.Strong(["Forget ", html.Span(name, dir="auto"), "?"]), html.Br(), words])
    keep = link_button("Keep", frame.address())
    go = button("Take it back", id="forget-now", primary=True, **signed())
    return html.Section([title, html.Div([go, keep], className="choices-row")], className="card question")


def forget_now(clicks: int | None, here: str) -> tuple[str, list[int]]:
    """Take back what the address asks about."""
    if not clicks:
        raise PreventUpdate
    person, store, state = who(), current().store, parts.state_of(here)
    with store.snapshot() as snap:
        found = _meant(sources.load(store, snap), state)
    if found is None:
        raise AppError("It is not there any more: somebody has taken it back already.")
    name, files = found
    gone = forgetting.forget(store, [each.file_id for each in files], person)
    say(f"Taken back: {name}, {count(gone, 'file')}.")
    return parts.search_of(state, forget=None), state_now()


def take_in_now(clicks: int | None, here: str) -> tuple[str, list[int]]:
    """Have the upload that waits taken in, read as the address says; the address then follows the job."""
    if not clicks:
        raise PreventUpdate
    person, context, state = who(), current(), parts.state_of(here)
    upload = uploads.find(context.settings.home, state.extra.get("upload", ""))
    job_id = uploads.queue(context.store, upload, taking.reading(state), person)
    say(f"{upload.name} is being taken in; “Jobs” shows how far it is.")
    return parts.search_of(state, **taking.NONE, taking=job_id), state_now()


def _meant(view: SourcesView, state: UrlState) -> tuple[str, tuple[FileRow, ...]] | None:
    """The name and files of what the address asks to forget: a source or one file."""
    asked = state.extra.get("forget", "")
    source, file = view.find(asked), view.file(asked)
    if source:
        return source.name, source.files
    return (file.name, (file,)) if file else None
