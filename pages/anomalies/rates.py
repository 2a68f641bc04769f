"""How often the detector alarms: what the setting has led to, and what another value would have done."""

from __future__ import annotations

from typing import Any, Final

from dash import dcc, html

from app.components import cards
from app.components.controls import link_button
from app.components.how import how
from app.components.what_if import what_if
from app.context import current
from app.urlstate import UrlState, href
from app.usecases import alarm_rate, thresholds

NOT_YET: Final = "“Score everything” replays the setting over the series' own history; it has not run yet."


def card(snap: Any, state: UrlState) -> html.Section:
    """The achieved rate beside the setting, and a field to try another."""
    now = thresholds.limits(snap).alarms_per_week
    change = link_button("Change it", href("/settings", state, section="thresholds", edit=alarm_rate.THRESHOLD))
    found = alarm_rate.latest(current().store)
    small = how([thresholds.find(alarm_rate.THRESHOLD).does, alarm_rate.MEANS])
    if found is None:
        set_to = html.P(f"Set to {now:g} false alarms per series and week.")
        parts: list[Any] = [set_to, html.P(NOT_YET, className="meta"), html.Div(change)]
    else:
        told = what_if(alarm_rate.words(found, now), alarm_rate.curve(found))
        parts = [told, html.Div([_tried(now), change], className="form-buttons")]
    return cards.card("Alarm rate", small, html.Div(parts, className="stack"))


def _tried(now: float) -> html.Label:
    field = dcc.Input(id="rates-try", type="text", className="field", placeholder=f"{now:g}", autoComplete="off")
    return html.Label([html.Span("Try another: "), field], className="rates-try")
