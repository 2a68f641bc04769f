"""Anomalies: the episodes of all services and models in a range, and beside them why the chosen one is unusual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import Dash, html

from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.context import current, page_range
from app.figures import cached
from app.format import count
from app.shell.timebar import timebar
from app.timerange import Resolved
from app.urlstate import UrlState, read
from app.usecases import anomaly_list
from app.usecases.navigation import data_span
from pages.anomalies import listing, rates, scorecard, sweeping, verdict, why

PATH: Final = "/anomalies"
TITLE: Final = "Anomalies"
NAV: Final = ("Anomalies", "a")


def layout(**query: str) -> html.Div:
    """``episode`` is the chosen one; ``of``, ``metric``, ``dir``, ``times``, ``said``, ``sort`` and ``q`` filter."""
    state = read(query)
    store = current().store
    with store.snapshot() as snap:
        shown = page_range(snap, query)
        if data_span(snap) is None:
            return html.Div([_header("No records yet", state, shown), _card(empty("nothing", NOTHING))])
        if not anomaly_list.was_scored(store, snap):
            return html.Div([_header("Nothing was scored yet", state, shown), sweeping.card(shown.zone)])
        key = (snap.generation, snap.revision, shown.start, shown.end, shown.zone.key)
        load = lambda: anomaly_list.load(snap, shown.start, shown.end, shown.zone).as_json()  # noqa: E731
        view = cached("episodes", key, load)
        body = _body(snap, view, state, shown)
    return html.Div([_header(_small(view), state, shown), html.Div(body, className="stack")])


def register(app: Dash) -> None:
    """The list that the browser draws and filters, and the buttons."""
    listing.register(app)
    sweeping.register(app)
    verdict.register(app)


def _header(small: str, state: UrlState, shown: Resolved) -> html.Div:
    return page_header(TITLE, small, [timebar(PATH, state, shown)])


def _small(view: Mapping[str, Any]) -> str:
    return f"{count(len(view['rows']), 'episode')} in this range, {view['judged']} judged by a person"


def _body(snap: Any, view: Mapping[str, Any], state: UrlState, shown: Resolved) -> list[Any]:
    chosen = why.panel(snap, view["strongest"], state, shown)
    side = html.Div([listing.card(view, state), chosen], className=f"anomalies{' has-chosen' * _is_chosen(state)}")
    cards = [scorecard.card(snap, shown), rates.card(snap, state), sweeping.card(shown.zone)]
    below = html.Div(cards, className="anomalies-below")
    return [side, below]


def _is_chosen(state: UrlState) -> bool:
    return bool(state.extra.get("episode"))


def _card(children: Any) -> html.Section:
    return html.Section(children, className="card")
