"""Cells of the registry's tables: a record in the words of people."""

from __future__ import annotations

from typing import Any, Final

from dash import html

from app.components.tables import Column
from app.format import DASH
from app.usecases import registry_form

COLUMNS: Final = {
    "services": (
        Column("Service", 150), Column("Owner", 120), Column("Team", 110), Column("Environment", 100),
        Column("Objectives"),
    ),
    "models": (
        Column("Model", 150), Column("Served by", 120), Column("Reads from", 130), Column("Kind, metric", 150),
        Column("Labels after", 90), Column("Stage", 80), Column("Features"),
    ),
    "metrics": (
        Column("Metric"), Column("Role", 100), Column("Unit", 80), Column("Hurts when", 110), Column("Kind", 90),
        Column("Limit", 120),
    ),
}  # fmt: skip


def of(section: str, record: Any) -> list[Any]:
    """All cells but the last two."""
    return {"services": _service, "models": _model, "metrics": _meaning}[section](record)


def texts(section: str, record: Any) -> list[str]:
    """The same as plain texts, several objectives of a service parted by semicolons."""
    return {"services": _service_texts, "models": _model_texts, "metrics": _meaning_texts}[section](record)


def _service_texts(one: Any) -> list[str]:
    return [
        one.name,
        one.owner,
        one.team,
        one.environment,
        "; ".join(registry_form.objective_words(o) for o in one.objectives),
    ]


def _meaning_texts(one: Any) -> list[str]:
    hurts, limit = registry_form.HURTS[one.bad_direction], registry_form.limit_text(one)
    return [one.metric, one.role, one.unit, hurts, one.kind, limit]


def _service(one: Any) -> list[Any]:
    objectives = [html.Div(registry_form.objective_words(o), dir="auto") for o in one.objectives]
    return [_name(one.name), *(_text(t) for t in (one.owner, one.team, one.environment)), objectives or DASH]


def _model(one: Any) -> list[Any]:
    name, *texts = _model_texts(one)
    return [_name(name), *(_text(t) for t in texts)]


def _model_texts(one: Any) -> list[str]:
    features = "; ".join(registry_form.feature_words(feature) for feature in one.features)
    return [
        one.name,
        one.service,
        ", ".join(one.reads),
        f"{one.kind}, {one.metric}",
        registry_form.delay_text(one),
        one.stage,
        features,
    ]


def _meaning(one: Any) -> list[Any]:
    name, role, unit, hurts, kind, limit = _meaning_texts(one)
    return [_name(name), role, _text(unit), hurts, kind, _text(limit)]


def _name(name: str) -> html.Strong:
    return html.Strong(name, dir="auto", className="settings-name", title=name)


def _text(text: str) -> Any:
    return html.Span(text, dir="auto") if text else DASH
