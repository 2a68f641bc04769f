"""One service: what is unusual and why, its signals on one axis, and each of them taken apart."""

from __future__ import annotations

from typing import Any, Final

from dash import Dash, html

from app.asked import known
from app.components import cards
from app.components.controls import link_button, table_link
from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.components.how import how
from app.components.marks import mark_link
from app.context import current, page_range
from app.failures import inline
from app.figures import cached
from app.judging import judge_once
from app.shell.timebar import copy_link, timebar
from app.urlstate import read
from app.usecases import ahead_words, health, registry_edit, season_words, service, service_ahead, service_around
from app.usecases.navigation import data_span
from pages.service import ahead, figures, parts
from pages.service.asked import CHOICES, ServiceAsked

PATH: Final = "/service/<name>"
TITLE: Final = "Service"
NAV: Final = ("Services", "s")
NO_SERVICE: Final = (
    "No service yet",
    "There are records, but none of a service. `diptych ingest FILE` takes in metrics, logs and events.",
)


def layout(name: str = "", **query: str) -> html.Div:
    """The page of a service, or of the worst one; `asked.CHOICES` are in the query."""
    state = known(read(query), CHOICES)
    with current().store.snapshot() as snap:
        shown = page_range(snap, query)
        if not service.names(snap):
            small, words = NO_SERVICE if data_span(snap) else ("No records yet", NOTHING)
            head = _header("Services", small, ServiceAsked.of("", state, shown))
            return html.Div([head, _card(empty("nothing", words))])
        key = (snap.generation, snap.revision, shown.start, shown.end)
        states = cached("states", key, lambda: service.states(snap, shown.start, shown.end, judge_once))
        asked = ServiceAsked.of(name or _worst(states), state, shown)
        if asked.name not in service.names(snap):
            return _unknown(asked, states)
        return _page(snap, asked, states)


def _worst(states: dict[str, str]) -> str:
    """States come with the worst first."""
    return next(key.partition(":")[2] for key in states if key.startswith("service:"))


def register(app: Dash) -> None:
    """Nothing to wire: every choice on this page is an address."""


def _header(
    title: Any, small: Any, asked: ServiceAsked, sentence: str = "", states: dict[str, str] | None = None
) -> html.Div:
    link = [copy_link(asked.path, asked.state, asked.shown, sentence)] if sentence else []
    time = timebar(asked.path, asked.state, asked.shown)
    mark = [mark_link("service", asked.name)] if sentence else []
    return page_header(title, small, [time, *parts.switch(states or {}, asked.state), *mark, *link])


def _card(children: Any) -> html.Section:
    return html.Section(children, className="card")


def _unknown(asked: ServiceAsked, states: dict[str, str]) -> html.Div:
    words = f"There is no service “{asked.name[:80]}”. Choose one of those below."
    links = html.Div(parts.service_links(states, asked.state), className="chips")
    return html.Div([_header("Services", "", asked), _card(empty("no_match", words, links))])


def _page(snap: Any, asked: ServiceAsked, states: dict[str, str]) -> html.Div:
    page = cached("service", asked.key(snap), lambda: _finished(snap, asked, states))
    bar = html.Div([page["chips"], asked.tabs(page["patterns"], page["incidents"])], className="service-bar")
    body = {"ahead": _ahead, "logs": _logs, "incidents": _incidents}.get(asked.tab, _signals)(snap, asked, page)
    head = _header(html.Span(asked.name, dir="auto"), page["small"], asked, page["headline"], states)
    return html.Div([head, html.Div([page["said"], bar, *body], className="stack")])


def _finished(snap: Any, asked: ServiceAsked, states: dict[str, Any]) -> dict[str, Any]:
    """All that depends on the service, the range and the chosen measure."""
    view = service.load(snap, asked.name, asked.span, asked.zone, metric=asked.metric, states=states, judge=judge_once)
    lines, _ = service_around.patterns(snap, asked.name, asked.span, asked.zone)
    return {
        "small": parts.small(view),
        "headline": f"{view.name}: {view.headline}",
        "said": parts.sentence(view, asked.state),
        "chips": parts.chips(view.chips, asked.state),
        "figure": figures.signal_lanes(view, asked.zone, asked.pick),
        "choices": [{"value": c.key, "label": c.words} for c in view.choices],
        "chosen": view.chosen,
        "measure": next((lane.measure for lane in view.lanes if lane.key == view.chosen), ""),
        "patterns": sum(line.new for line in lines),
        "incidents": len(view.incidents),
        "lines": parts.incidents(view.incidents, asked.state, asked.zone),
    }


def _signals(snap: Any, asked: ServiceAsked, page: dict[str, Any]) -> list[Any]:
    figure = _table(snap, asked) if asked.as_table else page["figure"]
    foot = html.Div([_picker(asked, page), table_link(asked.as_table, asked.table)], className="figure-foot")
    return [html.Section([figure, foot], className="card"), *([_apart(snap, asked, page)] if page["chosen"] else [])]


@inline
def _table(snap: Any, asked: ServiceAsked) -> Any:
    def build() -> dict[str, Any]:
        view = service.load(snap, asked.name, asked.span, asked.zone, metric=asked.metric, judge=judge_once)
        return {"table": figures.as_table(view, asked.zone)}

    return cached("service-table", asked.key(snap), build)["table"]


def _picker(asked: ServiceAsked, page: dict[str, Any]) -> Any:
    """Any measure of the service: a chosen one becomes a lane and is what is taken apart."""
    pick = asked.look if asked.tab == "ahead" else asked.pick
    choices = [(choice["label"], pick(choice["value"]), choice["value"]) for choice in page["choices"]]
    return parts.measures(choices, page["chosen"])


def _apart(snap: Any, asked: ServiceAsked, page: dict[str, Any]) -> html.Section:
    defined = [health.DEFINITIONS["against expected"], health.DEFINITIONS["episodes"], figures.APART]
    words = how([*defined, *season_words.stated(snap)])
    if not asked.apart:
        button = link_button(f"Take {page['measure']} apart", asked.pick(page["chosen"]))
        further = link_button("Look ahead", asked.look(page["chosen"]), title=ahead.OFFER)
        offered = html.Div([button, further], className="apart-buttons")
        return _card(html.Div([html.Span(figures.APART, className="meta"), offered], className="apart-offer"))
    title = f"Why this is unusual: {page['measure']} taken apart"
    return cards.card(title, [figures.SUM, " ", words], _taken_apart(snap, asked, page["chosen"]), flush=True)


@inline
def _taken_apart(snap: Any, asked: ServiceAsked, metric: str) -> Any:
    def build() -> dict[str, Any]:
        found = service.apart(snap, asked.name, asked.span, metric, judge_once)
        notes = [html.P(note, className="meta apart-note") for note in found.notes]
        return {"made": html.Div([figures.apart_lanes(found, asked.span, asked.zone), *notes])}

    return cached("service-apart", (*asked.key(snap), metric), build)["made"]


def _ahead(snap: Any, asked: ServiceAsked, page: dict[str, Any]) -> list[Any]:
    """The chosen measure after its last sample."""
    if not page["chosen"]:
        return [_card(empty("no_match", "Nothing was measured in this range: there is nothing to look ahead of."))]
    foot = html.Div([_picker(asked, page), table_link(asked.as_table, asked.table)], className="figure-foot")
    words = how([*ahead_words.TESTED, ahead.LIMITS, *season_words.stated(snap)])
    return [cards.card("Ahead", words, [*_looked_ahead(snap, asked, page["chosen"]), foot], flush=True)]


def _looked_ahead(snap: Any, asked: ServiceAsked, metric: str) -> list[Any]:
    made = _ahead_parts(snap, asked, metric)
    return made if isinstance(made, list) else [made]


@inline
def _ahead_parts(snap: Any, asked: ServiceAsked, metric: str) -> list[Any]:
    def build() -> dict[str, Any]:
        one, reach = service.find(snap, asked.name), data_span(snap)
        found = service_ahead.ahead(snap, one, asked.span, metric, asked.ahead_s, asked.zone)
        drawn = ahead.as_table(asked, found) if asked.as_table else ahead.figure(asked, found)
        name = html.Strong(found.lane.measure, dir="auto")
        bar = html.Div([name, ahead.horizons(asked, found)], className="ahead-bar")
        stated = _origin(snap, asked, found.metric) if found.limit and not found.limit.guessed else ""
        said = ahead.said(asked, found, reach[0] if reach else None, stated)
        return {"made": [bar, said, drawn, *ahead.notes(found)]}

    key = (*asked.key(snap), metric, asked.ahead_s, asked.as_table)
    made: list[Any] = cached("service-ahead", key, build)["made"]
    return made


def _origin(snap: Any, asked: ServiceAsked, metric: str) -> str:
    """Who or which file stated what a metric means, and when."""
    return registry_edit.entry(snap, current().store, "metrics", metric, asked.zone).origin


def _logs(snap: Any, asked: ServiceAsked, _: dict[str, Any]) -> list[Any]:
    return [_log_card(snap, asked)]


@inline
def _log_card(snap: Any, asked: ServiceAsked) -> Any:
    lines, words = service_around.patterns(snap, asked.name, asked.span, asked.zone)
    return cards.card(
        "Log patterns", words if lines else None, parts.logs(asked.name, lines, asked.state, asked.zone), flush=True
    )


def _incidents(_: Any, __: ServiceAsked, page: dict[str, Any]) -> list[Any]:
    return [cards.card("Incidents", "that touched this service in this range", page["lines"], flush=True)]
