"""The features of a model: points lost with their interval, the window on the reference, and the way to the cause."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from dash import html

from app.charts import multiples
from app.components import pills
from app.components.empty import empty
from app.components.glyph import glyph
from app.components.sheet import Plain
from app.components.tables import Column, Row, table
from app.format import DASH
from app.usecases.model_view import FeatureLine, ModelView
from app.usecases.model_words import lost_in
from pages.model.asked import ModelAsked

MOST: Final = 60
HEADS: Final = ("Feature", "From", "Incident", "{lost}", "95 % from", "95 % to", "Effect size", "Drifted")


def features(view: ModelView, asked: ModelAsked) -> Any:
    """The dearest first; past sixty the rest is counted."""
    if not view.features:
        return empty("too_little", view.drift_missing or "Too few predictions in this window to compare features.")
    columns = [
        Column("", 28),
        Column("Feature", 214),
        Column("Points" if view.lost_unit != "error" else "Error", 60, numeric=True),
        Column("with 95 % interval", 150),
        Column("Window on reference"),
        Column("Effect size", 92, numeric=True),
    ]
    most = _scale(view)
    points = view.lost_unit != "error"
    shown = enumerate(view.features[:MOST], 1)
    rows = [Row(_cells(i, one, most, view, asked), lines=[_line(one, 100 if points else 1)]) for i, one in shown]
    heads = [head.format(lost="Points lost" if points else "Error") for head in HEADS]
    drawn = table(columns, rows, caption="Features, by what their shift cost", heads=heads)
    rest = len(view.features) - MOST
    return html.Div([drawn, *([html.P(f"{rest} more cost less.", className="table-foot")] if rest > 0 else [])])


def _scale(view: ModelView) -> tuple[float, float]:
    """The ends of the bars' common axis, 0 inside."""
    ends = [x for one in view.features if one.lost for x in one.lost if np.isfinite(x)]
    return min([0.0, *ends]), max([0.01, *ends])


def _cells(i: int, one: FeatureLine, most: tuple[float, float], view: ModelView, asked: ModelAsked) -> list[Any]:
    points = lost_in(one.lost[0], view.lost_unit) if one.lost else DASH
    effect: list[Any] = [glyph("degraded")] if one.drifted else []
    return [
        html.Span(str(i), className="muted"),
        _name(one, asked),
        points,
        _bar(one, most, view),
        _multiple(one),
        html.Span([*effect, f"{one.effect:.2f}"], className="model-effect"),
    ]


def _line(one: FeatureLine, times: float) -> list[Plain]:
    lost = [times * x for x in one.lost] if one.lost else [None] * 3
    explained = one.incident_id if one.drifted else ""
    return [one.name, one.source, explained, *lost, one.effect, "yes" if one.drifted else "no"]


def _name(one: FeatureLine, asked: ModelAsked) -> html.Div:
    """The name, and what explains it: the service that it comes from, and that service's incident."""
    below: list[Any] = []
    if one.source:
        link = html.A(one.source, href=asked.service(one.source), dir="auto")
        below.append(html.Span(["from ", link], className="meta muted clip"))
    if one.incident_id and one.drifted:
        below.append(pills.incident(one.incident_id, asked.incident(one.incident_id)))
    name = html.Strong(one.name, dir="auto", title=one.name, className="clip")
    return html.Div([name, *([html.Div(below, className="model-from")] if below else [])], className="model-feature")


def _bar(one: FeatureLine, most: tuple[float, float], view: ModelView) -> Any:
    if one.lost is None:
        return html.Span("cannot be told", className="meta muted")
    low, high = most
    length = high - low

    def at(x: float) -> float:
        return 100 * (x - low) / length

    found, least, greatest = one.lost
    fill = {"left": f"{at(min(found, 0)):.1f}%", "width": f"{100 * abs(found) / length:.1f}%"}
    reach = {"left": f"{at(least):.1f}%", "width": f"{at(greatest) - at(least):.1f}%"}
    words = f"{lost_in(found, view.lost_unit)}, {lost_in(least, view.lost_unit)} to {lost_in(greatest, view.lost_unit)}"
    named: dict[str, Any] = {"aria-label": words}
    layers = [html.Span(className="points-fill", style=fill), html.Span(className="points-reach", style=reach)]
    return html.Span(layers, className="points", role="img", title=words, **named)


def _multiple(one: FeatureLine) -> html.Span:
    found = one.histogram
    reference, current = np.asarray(found.reference, float), np.asarray(found.current, float)
    most = multiples.top(reference, current)
    named: dict[str, Any] = {"aria-label": found.words}
    layers = [
        _layer("multiple-now", multiples.filled(current, most)),
        _layer("multiple-usual", multiples.outline(reference, most)),
    ]
    return html.Span(layers, className="multiple", role="img", title=found.words, **named)


def _layer(name: str, mask: str) -> html.Span:
    return html.Span(className=name, style={"maskImage": mask, "WebkitMaskImage": mask})
