"""The tables beside and below the features: data quality, versions, incidents of the services behind the model."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from dash import html

from app.components import cards, pills
from app.components.empty import empty
from app.components.how import how
from app.components.tables import Column, Row, table
from app.format import DASH, clock, day, value
from app.usecases.model_view import FeatureLine, IncidentCost, ModelView, VersionLine
from app.usecases.model_words import change_words
from pages.model.asked import ModelAsked

MOST: Final = 60
NOTABLE: Final = 0.01  # a share above this is set bold
QUALITY: Final = (
    Column("Feature"),
    Column("Null", 58, numeric=True),
    Column("Default", 64, numeric=True),
    Column("Unseen", 74, numeric=True),
)
HEADS: Final = ("Feature", *(f"{name} (share, 0 to 1)" for name in ("Null", "Default", "Unseen")))
QUALITY_WORDS: Final = (
    "Shares of the predictions of the window: values that were missing; values at the fall-back that the registry "
    "states; numbers outside the range of the reference, or levels that it does not hold."
)


def quality(view: ModelView) -> Any:
    """Shares of the window that were null, at the fall-back value, or out of range."""
    if not view.features:
        return html.Div()
    shown = sorted(view.features, key=_worst)[:MOST]
    rows = [Row(_quality(one), lines=[(one.name, one.nulls, one.defaults, one.strange)]) for one in shown]
    drawn = table(QUALITY, rows, caption="Data quality per feature", heads=HEADS)
    return cards.card("Data quality", how(QUALITY_WORDS), drawn, flush=True)


def _worst(one: FeatureLine) -> float:
    return -max(x for x in (one.nulls, one.defaults, one.strange, 0.0) if np.isfinite(x))


def _quality(one: FeatureLine) -> list[Any]:
    name = html.Span(one.name, dir="auto", title=one.name, className="clip")
    return [name, *(_share(x) for x in (one.nulls, one.defaults, one.strange))]


def _share(x: float) -> Any:
    if not np.isfinite(x):
        return html.Span(DASH, className="muted", title="no fall-back value is stated")
    words = value(round(x, 4), "share")
    return html.Strong(words) if x >= NOTABLE else html.Span(words, className="muted")


def versions(view: ModelView, asked: ModelAsked) -> html.Section:
    """A line per version, the newest first; each shows itself alone, or all again."""
    named = [one for one in view.versions if one.version]
    if not named:
        lines: Any = html.Ul([_version(one, asked) for one in view.versions], className="model-lines")
        return cards.card("Versions", "no version is written", lines, flush=True)
    small = html.A("Show all together", href=asked.at(version=None)) if any(one.shown for one in named) else None
    lines = html.Ul([_version(one, asked) for one in named], className="model-lines")
    return cards.card("Versions", small, lines, flush=True)


def _version(one: VersionLine, asked: ModelAsked) -> html.Li:
    words = html.Span([html.Strong(one.version or "All predictions", dir="auto", className="clip"),
                       html.Span(one.words, className="meta muted")], className="model-line-words")  # fmt: skip
    figure = html.Span(value(one.measured.value) if one.measured.known else "no labels", className="model-line-figure")
    if not one.version:
        return html.Li([words, figure])
    current: dict[str, Any] = {"aria-current": "true"} if one.shown else {}
    return html.Li(html.A([words, figure], href=asked.at(version=one.version), className="model-line", **current))


def incidents(view: ModelView, asked: ModelAsked) -> html.Section:
    """Incidents of the model and of the services behind it, with the change of the metric during each."""
    title = "Incidents of its services" if view.on_services else "Incidents"
    if not view.incidents:
        return cards.card(title, None, empty("no_match", "None touched it or its services in this range."))
    lines = html.Ul([_incident(one, asked) for one in view.incidents], className="model-lines")
    return cards.card(title, "change of the metric during each", lines, flush=True)


def _incident(one: IncidentCost, asked: ModelAsked) -> html.Li:
    long = (asked.shown.end - asked.shown.start).days > 2
    when = day(one.span.start, asked.zone) if long else clock(one.span.start, asked.zone)
    pill = pills.incident(one.incident_id, asked.incident(one.incident_id))
    words = html.Span([html.Span(one.title, dir="auto", className="clip", title=one.title),
                       html.Span(when, className="meta muted")], className="model-line-words")  # fmt: skip
    return html.Li([pill, words, html.Span(change_words(one.change), className="model-line-figure")])
