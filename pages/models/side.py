"""Below the table: the chosen model's metric over its predictions on defaults, and lists beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from app.charts.lanes import MODELS
from app.components import cards
from app.components.empty import empty
from app.components.glyph import glyph
from app.format import clock, day
from app.usecases.incident_view import EventMark, Span
from app.usecases.model_view import ModelView
from pages.model.elsewhere import nothing
from pages.model.figure import Place, model_figure
from pages.models.asked import ModelsAsked

MOST = 60


def figure(view: ModelView, asked: ModelsAsked, reach: Span | None) -> Any:
    """The figure of the chosen model."""
    if view.nothing:
        return nothing(view.nothing, reach, "/models", asked.state, asked.zone)
    lane = view.fed or view.drift
    if view.performance is None and lane is None:
        return empty("too_little", view.performance_missing)
    return model_figure(view, lane, asked.incident, asked.zone, Place("models-figure", "lanes-models", MODELS))


def lists(delays: Sequence[Sequence[str]], rollouts: Sequence[EventMark], asked: ModelsAsked) -> html.Div:
    """How long labels take, and what was rolled out."""
    return html.Div([_delays(delays), _rollouts(rollouts, asked)], className="stack")


def _delays(delays: Sequence[Sequence[str]]) -> html.Section:
    lines = [
        html.Li([html.Span(name, dir="auto", className="clip model-line-words", title=name), html.Span(words)])
        for name, words in delays[:MOST]
    ]
    return cards.card("Four of five labels are in after", None, html.Ul(lines, className="model-lines"), flush=True)


def _rollouts(found: Sequence[EventMark], asked: ModelsAsked) -> html.Section:
    if not found:
        return cards.card("Rollouts", None, empty("no_match", "No deploy or change of what they run on in this range."))
    lines = [_rollout(one, asked) for one in found[:MOST]]
    return cards.card("Rollouts", None, html.Ul(lines, className="model-lines"), flush=True)


def _rollout(one: EventMark, asked: ModelsAsked) -> html.Li:
    long = (asked.shown.end - asked.shown.start).days > 2
    when = day(one.ts, asked.zone) if long else clock(one.ts, asked.zone)
    title = html.Span(one.title, dir="auto", className="model-line-words", title=one.title)
    return html.Li([html.Span([glyph(one.kind), when], className="time muted"), title])
