"""Lines over time, as a figure whose range can be dragged, or as a table with a link into each bar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from dash import dcc, html

from app.charts import log_bars
from app.charts.tokens import CONFIG
from app.components import cards
from app.components.controls import link_button, table_link
from app.components.empty import empty
from app.components.tables import Column, Row, table
from app.format import clock, count, duration, grouped, moment
from app.usecases.logs_view import LEVEL_WORDS, LEVELS, Bars
from pages.logs.asked import LogsAsked

HEADS: Final = ("From (UTC)", *(LEVEL_WORDS[level] for level in LEVELS))


def card(asked: LogsAsked, bars: Bars) -> html.Section:
    """The card of the histogram."""
    total = sum(bars.total(level) for level in asked.levels or LEVELS)
    bar = duration(bars.width_s)
    zoom = html.Span(" Drag to zoom, double-click to zoom out.", className="logs-zoom")
    small = html.Span([f"{count(total, 'line')}, a bar is {bar}.", zoom])
    body = _as_table(asked, bars) if asked.as_table else _drawn(asked, bars, total)
    foot = html.Div([_read(asked, bars), table_link(asked.as_table, asked.table)], className="figure-foot")
    return cards.card("Lines over time", small, [body, foot], flush=True)


def _drawn(asked: LogsAsked, bars: Bars, total: int) -> Any:
    if not total:
        return empty("no_match", nothing(asked, bars))
    figure = log_bars.figure(bars, asked.zone, asked.levels)
    named: dict[str, Any] = {"aria-label": said(asked, bars)}
    config: Any = CONFIG
    graph = dcc.Graph(id="logs-bars", figure=figure, config=config, className="side-graph logs-graph")
    return html.Div(graph, role="img", **named)


def nothing(asked: LogsAsked, bars: Bars) -> str:
    """Why there is no bar."""
    if bars.read_from is not None:
        return "Nothing was found in what was read so far."
    return "No line of this range fits these filters." if asked.narrowed else "No line in this range."


def said(asked: LogsAsked, bars: Bars) -> str:
    """The figure in words: how many, and when most."""
    levels = [level for level in asked.levels or LEVELS if bars.total(level)]
    counts = ", ".join(f"{grouped(bars.total(level))} {LEVEL_WORDS[level].lower()}" for level in levels)
    sums = [sum(bars.levels[level][i] for level in levels) for i in range(len(bars.starts))]
    most = max(range(len(sums)), key=sums.__getitem__)
    return f"Lines over time: {counts}; most from {clock(bars.starts[most], asked.zone)}, {grouped(sums[most])}."


def _read(asked: LogsAsked, bars: Bars) -> Any:
    """How far back was read, and the way on, where time was up before all was."""
    if bars.read_from is None:
        return html.Span("")
    at = clock(bars.read_from, asked.zone)
    on = link_button("Look further back", asked.ranged(asked.span.start, bars.read_from))
    return html.Span([f"Time was up: lines were read back to {at}; those before are not counted. ", on], role="status")


def _as_table(asked: LogsAsked, bars: Bars) -> Any:
    shown = [i for i in range(len(bars.starts)) if any(bars.levels[level][i] for level in asked.levels or LEVELS)]
    if not shown:
        return empty("no_match", nothing(asked, bars))
    columns = [Column("From"), *(Column(LEVEL_WORDS[level], 110, numeric=True) for level in LEVELS)]
    rows = [_row(asked, bars, i) for i in shown]
    return table(columns, rows, caption="Lines over time; each time leads into its bar", heads=HEADS)


def _row(asked: LogsAsked, bars: Bars, i: int) -> Row:
    start, counts = bars.starts[i], [bars.levels[level][i] for level in LEVELS]
    into = asked.ranged(start, start + timedelta(seconds=bars.width_s), view=None)
    link = html.A(moment(start, asked.zone), href=into, className="time")
    return Row([link, *map(grouped, counts)], lines=[(start, *counts)])
