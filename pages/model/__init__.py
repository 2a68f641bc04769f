"""One model: how good it was, what it was fed, what each feature's shift cost, and whose fault it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from dash import Dash, html

from app.asked import known
from app.components import cards, pills, verdict
from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.components.how import how
from app.components.marks import mark_link
from app.context import current, page_range
from app.figures import cached
from app.judging import judge_once
from app.shell.timebar import copy_link, timebar
from app.urlstate import href, path_of, read
from app.usecases import comparing, model_page, model_words
from app.usecases.incident_view import Span
from app.usecases.model_view import ModelView
from app.usecases.thresholds import Limits, limits
from pages.model import parts, tables
from pages.model.asked import CHOICES, ModelAsked
from pages.model.elsewhere import nothing
from pages.model.figure import figure_card
from pages.verdicts import verdicts

PATH: Final = "/model/<name>"
TITLE: Final = "Model"
UNDER: Final = "/models"


def layout(name: str = "", **query: str) -> html.Div:
    """The page of a model; ``version`` shows one version alone, ``view`` a table, ``compare`` the period before."""
    state = known(read(query), CHOICES)
    with current().store.snapshot() as snap:
        asked = ModelAsked.of(name, state, page_range(snap, query))
        if name not in model_page.names(snap):
            return _unknown(asked, model_page.names(snap))
        made = cached("model", asked.key(snap), lambda: _finished(snap, asked))
    link = copy_link(asked.path, state, asked.shown, made["said"])
    actions = [timebar(asked.path, state, asked.shown), mark_link("model", name), link]
    return html.Div([page_header(html.Span(made["title"], dir="auto"), made["small"], actions), made["body"]])


def register(app: Dash) -> None:
    """Nothing to wire: every choice on this page is an address."""


def _unknown(asked: ModelAsked, names: tuple[str, ...]) -> html.Div:
    if not names:
        body = empty("nothing", NOTHING)
    else:
        links = [html.A(one, href=href(path_of(PATH, one), asked.state), dir="auto") for one in names[:200]]
        words = f"There is no model “{asked.name[:80]}”. Choose one of those below."
        body = empty("no_match", words, html.Div(links, className="chips"))
    head = page_header(TITLE, "", [timebar(asked.path, asked.state, asked.shown)])
    return html.Div([head, html.Section(body, className="card")])


def _finished(snap: Any, asked: ModelAsked) -> dict[str, Any]:
    view = model_page.page(
        snap, asked.name, asked.span, asked.zone, verdicts(snap, asked.shown), asked.version, judge_once
    )
    compared = ""
    if asked.comparing and view.performance is not None:
        ghost = comparing.of_model(snap, asked.name, asked.version, asked.span)
        compared = comparing.words(asked.span, asked.zone, ghost)
        view = replace(view, performance=replace(view.performance, ghost=ghost))
    said = f"{view.title}: {view.sentence.headline} {view.sentence.text}"
    body = _body(view, asked, model_page.reach(snap, view.name), limits(snap), compared)
    return {
        "title": view.title,
        "small": view.small,
        "said": said,
        "body": html.Div(body, className="stack"),
    }


def _body(view: ModelView, asked: ModelAsked, reach: Span | None, held: Limits, compared: str) -> list[Any]:
    if view.nothing:
        return [html.Section(nothing(view.nothing, reach, asked.path, asked.state, asked.zone), className="card")]
    side = [tables.versions(view, asked), tables.incidents(view, asked), tables.quality(view)]
    return [
        sentence(view, asked),
        figure_card(view, asked, held, compared),
        html.Div([_features(view, asked), html.Div(side, className="stack")], className="model-body"),
    ]


def sentence(view: ModelView, asked: ModelAsked) -> html.Section:
    """What can be said, with the bar where a loss is split, and the incident that it speaks of."""
    said, label = view.sentence, "The loss and the part that the outage explains"
    aside = verdict.bar(said.share, said.bar, label) if said.bar and said.share is not None else None
    return verdict.line(said.kind, said.headline, said.text, [*_incident(view, asked), said.advice], aside)


def _incident(view: ModelView, asked: ModelAsked) -> list[Any]:
    name = view.sentence.incident_id
    if not name or view.window is None:
        return []
    when = model_words.span_words(view.window.span, asked.zone)
    return [pills.incident(name, asked.incident(name)), f" {when}. "]


def _features(view: ModelView, asked: ModelAsked) -> html.Section:
    title = f"Features by {view.lost_unit} lost"
    foot: list[Any] = [view.lost_words, " ", how(model_words.LOST)]
    body = html.Div([parts.features(view, asked), html.P(foot, className="table-foot")], className="model-features")
    return cards.card(title, view.window_words, body, flush=True)
