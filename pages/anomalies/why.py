"""The why of the chosen episode: figure, sentence, what carries it, and what else happened near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

from dash import dcc, html

from app.charts import signals, tokens
from app.charts.lanes import EPISODE
from app.components import pills
from app.components.controls import link_button
from app.components.empty import empty
from app.components.glyph import glyph
from app.components.how import how
from app.failures import inline
from app.figures import cached
from app.format import clock
from app.timerange import Resolved
from app.urlstate import UrlState, again, href, path_of
from app.usecases import anomaly_list, anomaly_why
from app.usecases.anomaly_view import Bar, Moved, Near, Why
from app.usecases.incident_view import EventMark
from pages.anomalies import verdict

PATH: Final = "/anomalies"


def panel(snap: Any, strongest: str, state: UrlState, shown: Resolved) -> Any:
    """What stands beside the list: the chosen episode, else the ``strongest`` one."""
    asked = state.extra.get("episode", "") or strongest
    if not asked:
        return html.Section(empty("no_match", "There is no episode in this range to tell of."), className="card")
    found = anomaly_list.find(snap, asked)
    if found is None:
        close = link_button("Close", again(PATH, state, episode=None))
        words = "There is no such episode any more: a later scan has not found it again."
        return html.Section(empty("no_match", words, close), className="card")
    return _kept(snap, found, state, shown)


@inline
def _kept(snap: Any, found: Any, state: UrlState, shown: Resolved) -> Any:
    query = (state.frm, state.to, state.zone, sorted(state.extra.items()))
    key = (snap.generation, snap.revision, found.anomaly_id, shown.zone.key, shown.start, shown.end, *query)
    return cached("episode", key, lambda: {"made": _panel(anomaly_why.load(snap, found, shown.zone), state, shown)})[
        "made"
    ]


def _panel(one: Why, state: UrlState, shown: Resolved) -> html.Section:
    zone = shown.zone
    parts = [
        _head(one, state),
        html.P(one.sentence, className="why-sentence", dir="auto"),
        verdict.form(one.verdict, one.anomaly.anomaly_id, zone),
        *_figure(one, zone),
        _facts(one, state, zone),
    ]
    return html.Section(parts, className="card why", id="why")


def _head(one: Why, state: UrlState) -> html.Div:
    side = "model" if one.anomaly.model else "service"
    whose = html.A(
        one.owner, href=href(path_of(f"/{side}/<name>", one.owner), state), dir="auto", className=f"name-{side}"
    )
    title = html.H2([whose, " ", html.Span(one.measure, dir="auto")])
    explicit = bool(state.extra.get("episode"))
    aside: Any = html.A("Close", href=again(PATH, state, episode=None)) if explicit else "the strongest in this range"
    return html.Div([title, html.Div(aside, className="card-small")], className="card-head")


def _figure(one: Why, zone: tzinfo) -> list[Any]:
    if one.lane is None:
        return []
    figure = signals.figure([one.lane], one.events, one.span, zone, wide=EPISODE, narrow=EPISODE)
    named: dict[str, Any] = {"aria-label": one.sentence}
    config: Any = tokens.CONFIG
    graph = dcc.Graph(figure=figure, config=config, className="why-graph", id="why-figure")
    made = html.P(["The grey band is what was expected. ", how(one.band_how)], className="meta why-band")
    return [html.Div(graph, role="img", **named), made]


def _facts(one: Why, state: UrlState, zone: tzinfo) -> html.Div:
    parts = [
        _fact("Which label carries it", _bars(one.carries_words, one.carries)),
        _fact("What the detector saw", _bars(one.weighs_words, one.weighs)),
        _fact("What else moved", _moved(one, state), wide=True),
        _fact("Deployed or changed", _deployed(one.deployed, zone)),
        _fact("Incidents near", _near(one.near, state)),
    ]
    return html.Div([part for part in parts if part is not None], className="why-facts")


def _fact(title: str, body: list[Any], wide: bool = False) -> html.Div | None:
    return html.Div([html.H3(title), *body], className=f"why-fact{' why-wide' * wide}") if body else None


def _bars(words: str, bars: Sequence[Bar]) -> list[Any]:
    listed = [html.Ul([_bar(one) for one in bars], className="why-bars")] if bars else []
    return [*([html.P(words, dir="auto")] if words else []), *listed]


def _bar(one: Bar) -> html.Li:
    filled = html.Span(html.Span(style={"width": f"{100 * one.share:.0f}%"}), className="why-bar")
    name = html.Span(one.words, className="why-bar-name", title=one.words, dir="auto")
    return html.Li([name, filled, html.Span(f"{one.share:.0%}".replace("%", "\u00a0%"), className="numeric")])


def _moved(one: Why, state: UrlState) -> list[Any]:
    if not one.moved:
        return [html.P("Nothing else began within ten minutes of it.")]
    listed = html.Ul([_mover(each, state) for each in one.moved], className="why-list")
    more = [html.P(f"and {one.moved_more} more", className="meta")] if one.moved_more else []
    return [listed, *more]


def _mover(one: Moved, state: UrlState) -> html.Li:
    link = html.A(one.words, href=again(PATH, state, episode=one.anomaly_id), dir="auto")
    return html.Li(
        [
            html.Span(one.when, className="meta why-when"),
            html.Span([link, html.Span(f" {one.detail}", className="meta")]),
        ]
    )


def _deployed(found: Sequence[EventMark], zone: tzinfo) -> list[Any]:
    if not found:
        return [html.P("Nothing in the hour before it.")]
    return [html.Ul([_event(each, zone) for each in found], className="why-list")]


def _event(one: EventMark, zone: tzinfo) -> html.Li:
    at = html.Time(clock(one.ts, zone), dateTime=one.ts.isoformat(), className="meta why-when")
    return html.Li([at, html.Span([glyph(one.kind), html.Span(one.title, dir="auto")])])


def _near(found: Sequence[Near], state: UrlState) -> list[Any]:
    if not found:
        return [html.P("None within ten minutes of it.")]
    return [html.Ul([_incident(each, state) for each in found], className="why-list")]


def _incident(one: Near, state: UrlState) -> html.Li:
    pill = pills.incident(one.incident_id, href(path_of("/incident/<id>", one.incident_id), state))
    words = html.Span([pill, " ", html.Span(one.title, dir="auto")])
    return html.Li([html.Span(one.when, className="meta why-when"), words])
