"""Scoring everything: the button, how far it is, and the way to stop it."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, Final

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app.components import cards
from app.components.controls import button
from app.context import current
from app.format import moment
from app.people import signed, who
from app.routing import CONTENT, LOCATION, read_address
from app.shell.live import rebuilt
from app.shell.toasts import say
from app.timerange import zone_of
from app.urlstate import read
from app.usecases import score_all

PATH: Final = "/anomalies"
EVERY_MS: Final = 1500
AT_WORK: Final = ("queued", "running")
DOES: Final = (
    "Every stored series is scored, also those that no scan judges because nobody knows which direction hurts. "
    f"A worker does so by itself every {score_all.EVERY_H} hours in which something came in."
)


def card(zone: tzinfo) -> html.Section:
    """What it does, the last time it ran, and the buttons."""
    job = score_all.newest(current().store)
    at_work = job is not None and job.state in AT_WORK
    start = button("Score everything", id="score-now", hidden=at_work, **signed())
    stop = button("Cancel", id="score-cancel", hidden=not at_work, **signed())
    tick = dcc.Interval(id="score-tick", interval=EVERY_MS, disabled=not at_work)
    live: dict[str, Any] = {"aria-live": "polite"}
    said = html.Div(_said(job, zone), id="score-said", **live)
    body = [html.P(DOES), said, html.Div([start, stop], className="form-buttons"), tick]
    return cards.card("Score everything", None, html.Div(body, className="stack"))


def register(app: Dash) -> None:
    """Start, stop, and ask again while it runs."""
    for name, act in (("score-now", start_now), ("score-cancel", stop_now)):
        app.callback(
            Output(CONTENT, "children", allow_duplicate=True),
            Output("store-state", "data", allow_duplicate=True),
            Input(name, "n_clicks"),
            State(LOCATION, "href"),
            prevent_initial_call=True,
        )(act)
    app.callback(
        Output("score-said", "children"),
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
        Input("score-tick", "n_intervals"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(refresh)


def start_now(clicks: int | None, here: str) -> tuple[Any, Any]:
    """Queue a sweep."""
    if not clicks:
        raise PreventUpdate
    score_all.ask(current().store, who())
    say("Everything is being scored; the page shows how far it is.")
    return rebuilt(here)


def stop_now(clicks: int | None, here: str) -> tuple[Any, Any]:
    """Cancel the sweep that waits or runs; what was found before stays."""
    if not clicks:
        raise PreventUpdate
    who()
    stopped = score_all.stop(current().store)
    say("Cancelled: the episodes are as before." if stopped else "It had ended already.")
    return rebuilt(here)


def refresh(ticks: int | None, here: str) -> tuple[Any, Any, Any]:
    """How far it is; when it has ended the page is built anew with what was found."""
    job = score_all.newest(current().store)
    if not ticks or job is None:
        raise PreventUpdate
    if job.state in AT_WORK:
        zone = zone_of(read(read_address(here, PATH)[1]).zone or current().settings.zone)
        return _said(job, zone), no_update, no_update
    words = str((job.result or {}).get("said") or job.message or "It has ended.")
    say(words, "said" if job.state in ("done", "cancelled") else "error")
    return no_update, *rebuilt(here)


def _said(job: Any, zone: tzinfo) -> list[Any]:
    if job is None:
        return [html.P("It has not run yet.", className="meta")]
    if job.state == "queued":
        return [html.P(["Waits for a worker. ", html.Code("diptych worker"), " starts one."])]
    if job.state == "running":
        named: dict[str, Any] = {"aria-label": f"Score everything: {job.progress:.0%}"}
        bar = html.Progress(value=f"{job.progress:.2f}", max="1", **named)
        return [html.P([bar, " ", job.message or "begins"], className="score-progress")]
    told = (job.result or {}).get("said") or job.message
    at = moment(job.finished_at or job.created_at, zone, seconds=False)
    return [html.P([html.Strong(told), html.Span(f" {at}", className="meta")], dir="auto")]
