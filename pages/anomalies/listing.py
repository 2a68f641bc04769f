"""The list of episodes, which assets/anomalies.js draws, filters and sorts in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from app.components import cards
from app.components.controls import link_button
from app.components.empty import empty
from app.components.how import how
from app.components.tables import csv_button
from app.figures import as_json
from app.format import count
from app.urlstate import UrlState, again

PATH: Final = "/anomalies"
HOW: Final = (
    "An episode is a stretch in which a measure was outside what was expected of it, long or far enough to raise an "
    "alarm. “Times” is how far out its peak lay, in half widths of the expected range: at 1 it touched the edge.",
    "A scan finds them in what comes in; measures that nobody understands the direction of are scored by a sweep.",
)


def register(app: Dash) -> None:
    """Drawing is the browser's."""
    app.clientside_callback(
        ClientsideFunction("anomalies", "mount"), Output("anomalies-mounted", "data"), Input("anomalies-rows", "data")
    )


def card(view: Mapping[str, Any], state: UrlState) -> html.Section:
    """The list; what it shows is in the browser's memory."""
    data = {
        "rows": view["rows"],
        "outside": view["outside"],
        "wider": again(PATH, state, frm="all", to=None, episode=None),
        "chosen": state.extra.get("episode", "") or view["strongest"],
    }
    stores = [dcc.Store(id="anomalies-rows", data=as_json(data)), dcc.Store(id="anomalies-mounted")]
    body: Any = html.Div(id="anomalies-list") if view["rows"] else _outside(view["outside"], state)
    export = [csv_button("Anomalies", "anomalies")] if view["rows"] else []
    return cards.card("Episodes", [how(HOW), *export], [body, *stores], flush=True)


def _outside(outside: int, state: UrlState) -> html.Div:
    if not outside:
        return empty("no_match", "Nothing was unusual: every measure stayed inside what is expected.")
    lie = "1 episode lies" if outside == 1 else f"{count(outside, 'episode')} lie"
    wider = link_button("Show all", again(PATH, state, frm="all", to=None))
    return empty("no_match", f"Nothing matches. {lie} outside this range.", wider)
