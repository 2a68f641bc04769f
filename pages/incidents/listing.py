"""The figures, the strip of days, and the list itself, which assets/incidents.js draws and filters in the browser."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import tzinfo
from typing import Any, Final

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from app.components import cards, status
from app.components.controls import link_button
from app.components.empty import empty
from app.components.glyph import HIDDEN
from app.components.how import how
from app.components.tables import csv_button
from app.context import current
from app.errors import words_of
from app.figures import as_json, cached
from app.format import count, day
from app.routing import LOCATION, read_address
from app.timerange import zone_of
from app.urlstate import UrlState, again, href, read
from app.usecases import health, incident_days, incident_list
from app.usecases.incident_days import Bar, Strip
from app.usecases.incident_list import Figure, ListView

PATH: Final = "/incidents"
BUDGET_S: Final = 0.4  # of one answer; what is left is asked for again
MOST_ASKED: Final = 40
VERDICTS: Final = (
    "The verdict of hindsight: what the loss of the models came from. It is made when a row comes into sight and kept; "
    "dashed means that it cannot be told, for example because no labels are in or no model was hit.",
)


def register(app: Dash) -> None:
    """Drawing is the browser's; verdicts are made for rows in sight alone."""
    app.clientside_callback(
        ClientsideFunction("incidents", "mount"), Output("incidents-mounted", "data"), Input("incidents-rows", "data")
    )
    app.clientside_callback(
        ClientsideFunction("incidents", "judged"),
        Output("incidents-mounted", "data", allow_duplicate=True),
        Input("incidents-verdicts", "data"),
        prevent_initial_call=True,
    )
    app.callback(
        Output("incidents-verdicts", "data"),
        Input("incidents-asked", "data"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(verdicts)


def verdicts(asked: list[str] | None, here: str) -> dict[str, dict[str, str]]:
    """Kind and words of the verdicts of these incidents, as many as fit a moment; one at least."""
    began, found = time.monotonic(), {}
    names = [name for name in asked or [] if isinstance(name, str)][:MOST_ASKED]
    zone = zone_of(read(read_address(here or "", PATH)[1]).zone or current().settings.zone)
    with current().store.snapshot() as snap:
        for name in names:
            found[name] = _verdict(snap, name, zone)
            if time.monotonic() - began > BUDGET_S:
                break
    return found


def _verdict(snap: Any, incident_id: str, zone: Any) -> dict[str, str]:
    """The same figure that Health keeps; an incident that cannot be judged is one that cannot be told."""
    key = (snap.generation, snap.revision, incident_id, zone.key)
    try:
        made = cached("verdict", key, lambda: asdict(health.verdict_words(snap, incident_id, zone)))
    except Exception as error:
        return {"kind": "unknown", "words": words_of(error, "the verdict of a row")}
    return {"kind": made["kind"], "words": made["headline"]}


def tiles(figures: Sequence[Figure]) -> html.Div:
    """MTTD, MTTA, MTTR, and how they are defined."""
    made = [cards.tile(_label(one, first=i == 0), one.number, "", one.below) for i, one in enumerate(figures)]
    return cards.tiles(made)


def _label(one: Figure, first: bool) -> Any:
    name = {"MTTD": "Time to detect (MTTD)", "MTTA": "Time to acknowledge (MTTA)", "MTTR": "Time to resolve (MTTR)"}
    return [name[one.label], " ", how(incident_list.HOW)] if first else name[one.label]


def strip(shown: Strip, state: UrlState, zone: tzinfo) -> html.Section:
    """One bar a day, or a longer step where the range is long; each leads to its days."""
    most = max((one.n for one in shown.bars), default=0) or 1
    total, steps = sum(one.n for one in shown.bars), count(len(shown.bars), shown.step)
    begun = f"{count(total, 'incident')} began in {'this' if len(shown.bars) == 1 else 'these'} {steps}"
    bars = html.Ol([_bar(shown, i, most, state, zone) for i in range(len(shown.bars))], className="days")
    return cards.card(f"Incidents per {shown.step}", begun, bars)


def _bar(shown: Strip, i: int, most: int, state: UrlState, zone: tzinfo) -> html.Li:
    one = shown.bars[i]
    words = f"{_when(one, shown.step, zone)}: {count(one.n, 'incident')}"
    words += f", {one.critical} critical" if one.critical else ""
    height = {"--n": f"{100 * one.n / most:.0f}%", "--critical-share": f"{100 * one.critical / max(one.n, 1):.0f}%"}
    bar = html.Span(html.Span(style=height, className="day-n"), className="day-bar", **HIDDEN)
    number = html.Span(str(one.n) if one.n else "", className="day-count", **HIDDEN)
    name = html.Span(_name(shown, i, zone), className="day-name", **HIDDEN)
    named: dict[str, Any] = {"aria-label": words}
    outside = "" if one.inside else "day-outside"
    if not one.n:
        return html.Li([number, bar, name, html.Span(words, className="sr-only")], className=outside, title=words)
    start, end = incident_days.bounds_of(one.day, zone, one.until)
    address = href(PATH, state, frm=_ms(start), to=_ms(end))
    return html.Li(html.A([number, bar, name], href=address, **named), className=outside, title=words)


def _when(one: Bar, step: str, zone: tzinfo) -> str:
    if step == "year":
        return str(one.day.year)
    if step == "month":
        return f"{one.day:%B} {one.day.year}"
    return ("Week from " if step == "week" else "") + day(one.day, zone, year=True)


def _ms(at: Any) -> str:
    return f"{at.timestamp() * 1000:.0f}"


def _name(shown: Strip, i: int, zone: tzinfo) -> str:
    """The number of the day, with the month where one begins; of a month its name, with the year where one begins."""
    one, before = shown.bars[i].day, shown.bars[i - 1].day if i else None
    if shown.step == "year":
        return str(one.year)
    if shown.step == "month":
        return f"{one:%b}" if before and before.year == one.year else f"{one:%b} {one.year}"
    new_month = before.month != one.month if before else shown.step == "week"
    return day(one, zone)[4:] if new_month else str(one.day)


def table_card(view: ListView, state: UrlState) -> html.Section:
    """The list; what it shows is in the browser's memory."""
    data = {
        "rows": [incident_list.as_json(row) for row in view.rows],
        "outside": view.outside,
        "services": list(view.services),
        "models": list(view.models),
        "severities": {name: status.WORDS[name] for name in ("critical", "degraded")},
        "wider": again(PATH, state, frm=None, to=None),
        "query": href("", state).lstrip("?"),
    }
    stores = [
        dcc.Store(id="incidents-rows", data=as_json(data)),
        dcc.Store(id="incidents-asked"),
        dcc.Store(id="incidents-verdicts"),
        dcc.Store(id="incidents-mounted"),
    ]
    body: Any = html.Div(id="incidents-list") if view.rows else _outside(view, state)
    export = [csv_button("Incidents", "incidents")] if view.rows else []
    small = [html.Span(["Verdict: ", how(VERDICTS)]), *export]
    return cards.card("All incidents", small, [body, *stores], flush=True)


def _outside(view: ListView, state: UrlState) -> html.Div:
    lie = "1 incident lies" if view.outside == 1 else f"{count(view.outside, 'incident')} lie"
    wider = link_button("Show all", again(PATH, state, frm=None, to=None))
    return empty("no_match", f"Nothing matches. {lie} outside this range.", wider)
