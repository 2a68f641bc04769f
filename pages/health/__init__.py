"""Health, the home page: what the data say in one sentence, a few numbers, and one table that is a diptych."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from dash import Dash, html

from app.components import cards
from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.context import current, page_range
from app.failures import inline
from app.figures import cached
from app.judging import judge_once
from app.shell import stories
from app.shell.timebar import copy_link, timebar
from app.timerange import Resolved
from app.urlstate import UrlState, read
from app.usecases import comparing, health, season_words
from app.usecases.health_view import HealthRow, HealthView, VerdictWords
from app.usecases.incident_view import Span
from pages.health import panels, table

PATH: Final = "/"
TITLE: Final = "Health"
NAV: Final = ("Health", "h")
FEW_SILENT: Final = 3  # services without metrics that have a row each
SHORT_TABLE: Final = 7  # rows up to which the log patterns stand below the table and not below both columns
ROW_PX, CHART_PX, PATTERNS_PX = 43, 270, 192
ORDER: Final = "Worst state in range first, then least budget left"


def layout(**query: str) -> html.Div:
    """The page for a query: its range, ``row``, the key of the row whose chart stands beside, and ``compare``."""
    state = read(query)
    with current().store.snapshot() as snap:
        shown = page_range(snap, query)
        if not health.known(snap):
            return html.Div([_header("No records yet", state, shown), _nothing()])
        bare = replace(state, extra=_kept(state))
        asked = (bare.frm, bare.to, bare.zone, *bare.extra)
        key = (snap.generation, snap.revision, shown.start, shown.end, shown.zone.key, *asked)
        page = cached("health", key, lambda: _finished(_load(snap, shown), bare, season_words.stated(snap)))
        chosen = _chosen(page, state)
        side = _side(snap, key, chosen, shown, bare, _room(len(page["rows"])))
    return html.Div([_header(page["small"], state, shown, page["headline"]), _body(page, chosen, side)])


def _kept(state: UrlState) -> dict[str, str]:
    """What the addresses of the rows keep: whether the period before is drawn."""
    asked = state.extra.get("compare") == comparing.PREVIOUS
    return {"compare": comparing.PREVIOUS} if asked else {}


def register(app: Dash) -> None:
    """Nothing to wire: every choice on this page is an address."""


def _header(small: Any, state: UrlState, shown: Resolved, sentence: str = "") -> html.Div:
    link = [copy_link(PATH, state, shown, sentence)] if sentence else []
    return page_header(TITLE, small, [timebar(PATH, state, shown), *link])


def _nothing() -> html.Div:
    return html.Div([html.Section(empty("nothing", NOTHING), className="card"), stories.card(False)], className="stack")


def _load(snap: Any, shown: Resolved) -> HealthView:
    def verdict_of(incident_id: str) -> VerdictWords:
        key = (snap.generation, snap.revision, incident_id, shown.zone.key)
        found = cached("verdict", key, lambda: asdict(health.verdict_words(snap, incident_id, shown.zone)))
        return VerdictWords(**found)

    return health.load(snap, shown.start, shown.end, shown.zone, judge_once, verdict_of)


def _finished(view: HealthView, state: UrlState, seasons: Sequence[str]) -> dict[str, Any]:
    """All that does not depend on the chosen row, ready to be cached."""
    frame = table.Frame(view.span, view.zone, state)
    shown, silent = _shown(view.rows)
    return {
        "small": view.small,
        "headline": view.headline,
        "said": panels.sentence(view, state),
        "tiles": panels.tiles(view.tiles),
        "rows": [
            {"key": row.key, "side": row.side, "cells": table.cells(row, frame), "line": table.line(row)}
            for row in shown
        ],
        "silent": table.silent(silent, frame),
        "silent_lines": [table.line(row) for row in silent],
        "silent_keys": [row.key for row in silent],
        "hinge": table.hinge(frame, any(row.side == "model" for row in view.rows)),
        "patterns": panels.patterns(view, state),
        "seasons": list(seasons),
    }


def _shown(rows: Sequence[HealthRow]) -> tuple[list[HealthRow], list[HealthRow]]:
    """The rows of the table, and the services without metrics where they are too many to have one each."""
    silent = [row for row in rows if row.side == "service" and row.state == "nodata"]
    if len(silent) <= FEW_SILENT or len(silent) == len(rows):
        return list(rows), []
    return [row for row in rows if row not in silent], silent


def _chosen(page: dict[str, Any], state: UrlState) -> str:
    """The row that the address names, else the first."""
    keys = [row["key"] for row in page["rows"]]
    asked = state.extra.get("row", "")
    return asked if asked in (*keys, *page["silent_keys"]) else next(iter(keys), "")


def _body(page: dict[str, Any], chosen: str, side: Any) -> html.Div:
    sides = {name: [_line(row) for row in page["rows"] if row["side"] == name] for name in ("service", "model")}
    silent = table.Line("", page["silent"], page["silent_lines"])
    drawn = table.health_table(sides["service"], silent, sides["model"], page["hinge"], chosen, page["seasons"])
    card = html.Div(cards.card("Services", ORDER, drawn, flush=True), className="health-table")
    short = len(page["rows"]) <= SHORT_TABLE
    left = html.Div([card, page["patterns"]] if short else [card], className="stack health-left")
    below = [] if short else [page["patterns"]]
    middle = html.Div([left, side], className="health-body")
    return html.Div([page["said"], page["tiles"], middle, *below], className="stack")


def _line(row: dict[str, Any]) -> table.Line:
    return table.Line(row["key"], row["cells"], [row["line"]])


@inline
def _side(snap: Any, key: tuple[Any, ...], chosen: str, shown: Resolved, state: UrlState, room_px: int) -> Any:
    def build() -> dict[str, Any]:
        span = Span(shown.start, shown.end)
        detail = health.detail(snap, chosen, span, shown.zone, judge_once)
        if state.extra and detail.lane is not None:
            ghost = health.ghost(snap, chosen, span, judge_once)
            words = comparing.words(span, shown.zone, ghost)
            detail = replace(detail, lane=replace(detail.lane, ghost=ghost), compared=words)
        return {"side": panels.side(detail, state, shown.zone, room_px)}

    return cached("health-side", (*key, chosen, room_px), build)["side"]


def _room(rows: int) -> int:
    """Pixels for events beside what stands at the left, so that both columns end together."""
    left = ROW_PX * (rows + 1) + (PATTERNS_PX if rows <= SHORT_TABLE else 0)
    return left - CHART_PX
