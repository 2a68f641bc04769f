"""Logs: lines over time, their templates, the lines themselves, and what changed between two windows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from app.components.controls import segmented_links
from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.context import current, page_range
from app.errors import DiptychError, words_of
from app.failures import inline
from app.figures import cached
from app.routing import LOCATION, read_address
from app.shell.timebar import copy_link, timebar
from app.urlstate import read
from app.usecases import log_measures, logs, logs_changes, logs_templates, logs_words
from app.usecases.logs_view import LEVELS, Bars
from app.usecases.navigation import data_span
from pages.logs import bar, changes, figure, lines, measures, templates
from pages.logs.asked import PATH as PATH
from pages.logs.asked import LogsAsked

TITLE: Final = "Logs"
NAV: Final = ("Logs", "l")
NO_LOGS: Final = "There are records, but no log line. `diptych ingest FILE` takes in log files, JSON lines and others."
FIRST_S: Final = 0.3  # that the first answer may spend on templates nobody asked for before
THEN_S: Final = 2.0


def layout(**query: str) -> html.Div:
    """The page for a query: filters, where one is among the lines, and which part is open."""
    with current().store.snapshot() as snap:
        asked = _asked(snap, query)
        if not logs.has_logs(snap):
            small, words = ("", NO_LOGS) if data_span(snap) else ("No records yet", NOTHING)
            return html.Div([_header(asked, small), html.Section(empty("nothing", words), className="card")])
        return _page(snap, asked)


def register(app: Dash) -> None:
    """Templates that are made out for the first time come in parts; measures are made and taken back."""
    measures.register(app)
    app.callback(
        Output(templates.HERE, "children"),
        Input(templates.MORE, "data"),
        State(LOCATION, "href"),
    )(more_templates)


def more_templates(done: int | None, here: str) -> Any:
    """The next part of the reading, or the table."""
    if done is None:
        raise PreventUpdate
    with current().store.snapshot() as snap:
        asked = _asked(snap, read_address(here or "", PATH)[1])
        return _templates(snap, asked.unplaced(), logs.asked_filter(snap, asked.state.extra), first=False)


def _asked(snap: Any, query: Any) -> LogsAsked:
    return LogsAsked.of(read(query), page_range(snap, query))


def _header(asked: LogsAsked, small: str, sentence: str = "") -> html.Div:
    link = [copy_link(PATH, asked.state, asked.shown, sentence)] if sentence else []
    return page_header(TITLE, small, [timebar(PATH, asked.state, asked.shown), *link])


def _page(snap: Any, asked: LogsAsked) -> html.Div:
    try:
        some = logs.asked_filter(snap, asked.state.extra)
        bars = _bars(snap, asked, some)
    except DiptychError as error:
        again = html.A("All lines", href=asked.all_lines())
        words = empty("no_match", words_of(error, "the filters of Logs"), again)
        return html.Div([_header(asked, ""), html.Section(words, className="card")])
    services = logs.services(snap, asked.span)
    total = sum(bars.total(level) for level in asked.levels or LEVELS)
    small = logs_words.summary(total, 1 if some.service else len(services))
    controls = bar.bar(asked, services, bars, some.template)
    body = [controls, figure.card(asked, bars), _tabs(asked), *_parts(snap, asked, some, bars)]
    return html.Div([_header(asked, small, f"Logs: {small}"), html.Div(body, className="stack logs")])


def _tabs(asked: LogsAsked) -> html.Nav:
    options = [
        ("lines", "Templates and lines", asked.at(tab=None)),
        ("changes", "What changed", asked.at(tab="changes", line=None)),
    ]
    return segmented_links("Parts of the page", options, "changes" if asked.compares else "lines")


def _bars(snap: Any, asked: LogsAsked, some: Any) -> Bars:
    """From the cache, whatever levels are chosen; but for what a search found: how far that came depends on the day."""
    if some.searches:
        return logs.bars(snap, some, asked.span)
    key = asked.pinned(snap, some.service, some.template)
    kept = cached("logs-bars", key, lambda: {"bars": asdict(logs.bars(snap, some, asked.span))["levels"]})
    return logs.bars_of(asked.span, kept["bars"])


def _parts(snap: Any, asked: LogsAsked, some: Any, bars: Bars) -> list[Any]:
    if asked.compares:
        return [_changes(snap, asked)]
    if asked.get("line"):
        return [_context(snap, asked)]
    kinds = templates.card(_templates(snap, asked.unplaced(), some, first=True))
    counted = measures.card(asked, log_measures.listed(snap))
    return [*measures.offer(asked), kinds, _lines(snap, asked, some, bars), *counted]


@inline
def _templates(snap: Any, asked: LogsAsked, some: Any, *, first: bool) -> Any:
    """The table; or how far its making is, where the ``first`` answer of the page would have to wait for it."""
    prepared = logs.prepare(snap, asked.span, FIRST_S if first else THEN_S, at_least_one=not first)
    if not prepared.whole or (first and some.searches):
        return templates.waiting(prepared.done, prepared.lines, searches=some.searches)

    def build() -> dict[str, Any]:
        most = logs_templates.MOST if asked.get("templates") == "all" else logs_templates.SHOWN
        view = logs_templates.templates(snap, some, asked.span, asked.zone, asked.order, most)
        return {"made": templates.listed(asked, view)}

    made = build() if some.searches else cached("logs-templates", asked.key(snap), build)
    return made["made"]


@inline
def _lines(snap: Any, asked: LogsAsked, some: Any, bars: Bars) -> Any:
    place = asked.get("before"), asked.get("after")
    if some.searches:
        return lines.card(asked, logs.hit_lines(snap, some, bars, asked.levels, *place))
    return lines.card(asked, logs.lines(snap, some, asked.span, *place))


@inline
def _context(snap: Any, asked: LogsAsked) -> Any:
    view = logs.around(snap, asked.get("line"), asked.rows, everywhere=bool(asked.get("all")))
    return lines.context_card(asked, view)


@inline
def _changes(snap: Any, asked: LogsAsked) -> Any:
    def build() -> dict[str, Any]:
        return {"made": changes.card(asked, logs_changes.changes(snap, asked.versus, asked.span, asked.get("service")))}

    return cached("logs-changes", asked.key(snap), build)["made"]
