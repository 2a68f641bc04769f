"""Sources: what came in, when, how much, what could not be read; taking back, and taking in through the browser."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash, html

from app.components.cards import card
from app.components.empty import empty
from app.components.header import page_header
from app.context import current
from app.format import count
from app.timerange import zone_of
from app.urlstate import read
from app.usecases import sources
from app.usecases.sources import SourcesView
from pages.sources import acts, parts, running, tables, taking

PATH: Final = "/sources"
TITLE: Final = "Sources"
NAV: Final = ("Sources", "d")
NOTHING: Final = "Nothing here yet. `diptych ingest DIR` takes a folder, `diptych watch DIR` whatever arrives in it."


def layout(**query: str) -> html.Div:
    """``source`` is the chosen source, ``forget`` what a person is asked about, ``upload`` a file that waits."""
    state = read(query)
    store = current().store
    with store.snapshot() as snap:
        view = sources.load(store, snap)
    frame = parts.Frame(zone_of(state.zone or current().settings.zone), state)
    waiting = taking.waiting(frame)
    if not view.sources:
        start = card("What came in", None, empty("nothing", NOTHING), flush=True)
        work = running.card(frame) if sources.jobs(store) else None
        return html.Div([page_header(TITLE, "No records yet"), _stack(waiting, start, taking.drop_area(), work)])
    chosen = view.find(state.extra.get("source", ""))
    lower = html.Div([taking.drop_area(), running.card(frame)], className="sources-lower")
    asked = acts.question(view, frame)
    table = tables.sources(view, frame, chosen)
    body = _stack(asked, waiting, parts.tiles(view, frame), parts.unnamed(view), table, _files(chosen, frame))
    return html.Div([page_header(TITLE, _small(view, frame)), body, lower], className="sources")


def register(app: Dash) -> None:
    """Taking back, taking in, and the progress of jobs."""
    acts.register(app)
    running.register(app)


def _small(view: SourcesView, frame: parts.Frame) -> str:
    files = f"{count(view.files, 'file')} from {count(len(view.sources), 'source')}"
    return f"{files}; times are {frame.zone.key}"


def _files(chosen: Any, frame: parts.Frame) -> Any:
    return tables.files(chosen, frame) if chosen else None


def _stack(*children: Any) -> html.Div:
    return html.Div([child for child in children if child is not None], className="stack")
