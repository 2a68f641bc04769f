"""A page with one of each part, so that the frame can be tested in a browser whatever the real pages hold."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app import people
from app.charts import tokens
from app.components import cards, controls, header, how, status, tables, verdict
from app.context import current, page_range
from app.failures import inline
from app.shell.timebar import copy_link, timebar
from app.urlstate import again, read
from data.errors import QueryLimit

PATH = "/"
TITLE = "Gallery"
NAV = ("Health", "h")
HOSTILE = "<img src=x onerror=\"document.title='burst'\">"


def layout(**query: str) -> Component:
    state = read(query)
    with current().store.snapshot() as snap:
        shown = page_range(snap, query)
        generation = snap.generation
    actions = [timebar(PATH, state, shown), copy_link(PATH, state, shown, "Shop missed its objective.")]
    options = [("a", "One", again(PATH, state, pick="a")), ("b", "Two", again(PATH, state, pick="b"))]
    return html.Div(
        [
            header.page_header("Gallery", HOSTILE, actions),
            html.Div(
                [
                    verdict.line("infra", "Outage, not drift.", "Redis stopped.", "Do not retrain."),
                    controls.segmented_links("Pick", options, state.extra.get("pick", "a")),
                    html.P(f"generation {generation}", id="generation"),
                    cards.card("Table", how.how("Made by hand."), _table(), flush=True),
                    *([_chart()] if "chart" in query else []),
                    controls.button("Break", id="break"),
                    controls.button("Refuse", id="refuse"),
                    html.Div(id="panel"),
                    controls.button("Sign", id="sign", **people.signed()),
                    html.P(id="signature"),
                    html.Div(style={"height": "1200px"}),
                    html.P("the end"),
                ],
                className="stack",
            ),
        ]
    )


def register(app: Dash) -> None:
    app.callback(Output("generation", "title"), Input("break", "n_clicks"), prevent_initial_call=True)(_break)
    app.callback(Output("signature", "children"), Input("sign", "n_clicks"), prevent_initial_call=True)(_sign)
    app.callback(Output("panel", "children"), Input("refuse", "n_clicks"), prevent_initial_call=True)(_refuse)


def _break(_: Any) -> str:
    raise ZeroDivisionError("inner detail")


def _sign(_: Any) -> str:
    return people.who()


@inline
def _refuse(_: Any) -> str:
    raise QueryLimit("This asks for too much.", "Ask for less.")


def _table() -> Component:
    rows = [tables.Row([status.badge("critical"), "shop", "4.6 %"], selected=True)]
    rows += [tables.Row([status.badge("ok"), HOSTILE, "24 ms"]), tables.Row(["Models"], hinge=True)]
    columns = [tables.Column("State", 98), tables.Column("Service"), tables.Column("Now", 60, numeric=True)]
    return tables.table(columns, rows, caption="Services")


def _chart() -> Component:
    return cards.card("Chart", "", dcc.Graph(id="chart", figure=_figure(), config=tokens.CONFIG), flush=True)


def _figure() -> dict[str, Any]:
    line = {"type": "scatter", "y": [1, 3, 2], "mode": "lines", "line": {"color": tokens.SERVICE}}
    bars = {"type": "bar", "y": [1, 1, 1], "marker": {"color": tokens.rgba(tokens.MODEL, 0.3)}}
    return {"data": [line, bars], "layout": {"template": tokens.template(), "height": 200, "xaxis": {"type": "linear"}}}
