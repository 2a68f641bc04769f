"""The navigation: what exists, where one is, what is open, and which records are shown."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash, Input, Output, html

from app.components.verdict import shape
from app.context import current
from app.format import clock, day, offset
from app.routing import LOCATION, entries, entry_of
from app.shell.acts import act
from app.timerange import zone_of
from app.urlstate import UrlState, href, read, read_search
from app.usecases.navigation import Entry, Summary, summary

TAGLINE: Final = "Both sides of the incident."


def brand() -> html.A:
    """The mark and the name, which lead home."""
    return html.A([shape("infra", 20), html.Span("Diptych")], href="/", className="brand")


def frame() -> html.Nav:
    """The empty frame; :func:`items` and :func:`foot` fill it for every address."""
    tools = [
        html.Button([html.Kbd("?"), " help"], type="button", className="tool", **act("help")),
        html.Button([html.Kbd("/"), " search"], type="button", className="tool", **act("search")),
    ]
    choices = [
        html.Button(["Theme: ", html.Span("auto", id="theme-name")], type="button", className="tool", **act("theme")),
        html.Button(["Refresh: ", html.Span("off", id="live-name")], type="button", className="tool", **act("live")),
    ]
    person: list[Any] = ["You: ", html.Span("not given", id="own-name-shown", dir="auto")]
    choices.append(html.Button(person, type="button", className="tool", **act("name")))
    figures: dict[str, Any] = {"data-export": "png"}
    keeping = [
        html.Button("Save view", type="button", className="tool", **act("save-view")),
        html.Button("Figures as PNG", type="button", className="tool", **figures),
    ]
    foot = [
        html.P(TAGLINE, className="tagline"),
        html.P(id="nav-foot"),
        html.Div(keeping, className="tools"),
        html.Div(choices, className="tools"),
        html.Div(tools, className="tools"),
    ]
    named: dict[str, Any] = {"aria-label": "Pages"}
    inner = [brand(), html.Ul(id="nav-items"), html.Div(foot, className="nav-foot")]
    return html.Nav(html.Div(inner, className="nav-inner"), id="navigation", **named)


def register(app: Dash) -> None:
    """Fill the navigation for every address, and again when the store has grown."""
    app.callback(
        Output("nav-items", "children"),
        Output("nav-foot", "children"),
        Input(LOCATION, "pathname"),
        Input(LOCATION, "search"),
        Input("store-state", "data"),
    )(fill)


def fill(pathname: str | None, search: str | None, _: Any) -> tuple[list[html.Li], list[Any]]:
    """Links that carry the range along, and the lines at the foot."""
    context = current()
    known = summary(context.store)
    state = read(read_search(search or ""))
    here = entry_of(context.pages, pathname or "/")
    return items(entries(context.pages), here, state, known), foot(known, state.zone or context.settings.zone)


def items(pages: tuple[Entry, ...], here: str, state: UrlState, known: Summary) -> list[html.Li]:
    """One link a page; the one that is ``here`` is marked, open incidents are counted."""
    return [_item(page, page.path == here, href(page.path, state), known.open_incidents) for page in pages]


def foot(known: Summary, zone_name: str) -> list[Any]:
    """Which recording is shown: the day of its first record and the time of its last."""
    if known.first is None or known.last is None:
        return ["No records yet"]
    zone = zone_of(zone_name)
    first = f"Records from {day(known.first, zone, year=True)[4:]}"
    same_day = known.first.astimezone(zone).date() == known.last.astimezone(zone).date()
    last_said = clock(known.last, zone) if same_day else day(known.last, zone, year=True)[4:]
    last = f"until {last_said} {offset(known.last, zone)}"
    return [first, html.Br(), last]


def _item(page: Entry, here: bool, address: str, open_incidents: int) -> html.Li:
    marked: dict[str, Any] = {"aria-current": "page"} if here else {}
    goes: dict[str, Any] = {"data-go": page.key}
    count = [_badge(open_incidents)] if page.label == "Incidents" and open_incidents else []
    return html.Li(html.A([html.Span(page.label), *count], href=address, **marked, **goes))


def _badge(count: int) -> html.Span:
    named: dict[str, Any] = {"aria-label": f"{count} open"}
    return html.Span(str(count), className="count", **named)
