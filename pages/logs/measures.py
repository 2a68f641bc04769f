"""Measures counted from lines: one click makes one of what is chosen, another takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.exceptions import PreventUpdate

from app.asked import Asked
from app.components import cards
from app.components.controls import button
from app.components.tables import Column, Row, table
from app.context import current, page_range
from app.format import moment
from app.people import signed, who
from app.routing import CONTENT, LOCATION, read_address
from app.shell.live import rebuilt
from app.shell.toasts import say
from app.urlstate import href, path_of, read
from app.usecases import log_measures, logs
from app.usecases.logs_words import counted_words
from pages.logs.asked import PATH, LogsAsked

COUNT, STOP = "logs-count", "logs-stop"
HEADS: Final = ("Measure", "What is counted", "Service", "By", "Since (UTC)")
COLUMNS: Final = (Column("What is counted"), Column("Service", 150), Column("By", 130), Column("Since", 150),
                  Column("", 130))  # fmt: skip


def offer(asked: LogsAsked) -> list[html.Div]:
    """Beside a template or a value that is chosen."""
    if not (asked.get("template") or (asked.get("field") and asked.get("value"))):
        return []
    what = "this template" if asked.get("template") else "lines with this value"
    whose = html.Span(asked.get("service") or "every service that logs it", dir="auto")
    words: list[Any] = [
        "Counted per minute it is a measure of ",
        whose,
        ", shown on the Service page and judged there.",
    ]
    made = button(f"Count {what} as a measure", id=COUNT, **signed())
    return [html.Div([html.Span(words, className="meta"), made], className="card logs-offer")]


def card(asked: Asked, found: Sequence[Any]) -> list[html.Section]:
    """What is counted already."""
    if not found:
        return []
    drawn = table(COLUMNS, [_row(asked, one) for one in found], caption="Measures counted from logs", heads=HEADS)
    small = "counted anew at every look: what a file brought goes with it"
    return [cards.card("Measures counted from logs", small, drawn, flush=True, id="logs-measures")]


def _row(asked: Asked, one: Any) -> Row:
    words, service = counted_words(one.counts), str(one.counts.get("service", ""))
    address = href(path_of("/service/<name>", service), asked.state, metric=log_measures.key(one)) if service else ""
    of: Any = html.A(service, href=address, dir="auto") if service else "every one that logs it"
    named: dict[str, Any] = {"aria-label": f"Stop counting {words[:120]}", **signed()}
    stop = button("Stop counting", id={"type": STOP, "key": log_measures.key(one)}, **named)
    at = html.Span(moment(one.kept_at, asked.zone, seconds=False), className="time")
    said = html.Span(words, dir="auto", className="pattern")
    return Row((said, of, html.Span(one.who, dir="auto"), at, stop),
               lines=[(one.name, words, service, one.who, one.kept_at)])  # fmt: skip


def register(app: Dash) -> None:
    """Both are signed, told in a toast that offers to undo, and the page is built anew."""
    outputs = (
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
    )
    here = State(LOCATION, "href")
    app.callback(*outputs, Input(COUNT, "n_clicks"), here, prevent_initial_call=True)(count)
    stops = Input({"type": STOP, "key": ALL}, "n_clicks")
    app.callback(*outputs, stops, here, prevent_initial_call=True)(stop)


def count(clicks: int | None, here: str) -> tuple[Any, Any]:
    """Make a measure of what the address names."""
    if not clicks:
        raise PreventUpdate
    query, store = read_address(here or "", PATH)[1], current().store
    with store.snapshot() as snap:
        shown = page_range(snap, query)
        some = logs.asked_filter(snap, read(query).extra)
        loud = log_measures.is_loud(snap, some, shown.start, shown.end)
    name, change = log_measures.count(store, who(), some, loud)
    say(f"Counted from now on and back to the first line: {name}. The Service page shows it.", undo=change)
    return rebuilt(here)


def stop(clicks: list[int | None], here: str) -> tuple[Any, Any]:
    """Count one no more."""
    pressed = ctx.triggered_id
    if not any(clicks) or not pressed:
        raise PreventUpdate
    name, change = log_measures.stop(current().store, who(), str(pressed["key"]))
    say(f"Not counted any more: {name}.", undo=change)
    return rebuilt(here)
