"""Models: each model and version with its worst window against what is usual, and whose fault it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from dash import Dash, html

from app.asked import known
from app.components import cards, verdict
from app.components.controls import segmented_links
from app.components.empty import NOTHING, empty
from app.components.header import page_header
from app.components.how import how
from app.context import current, page_range
from app.failures import inline
from app.figures import cached
from app.judging import judge_once
from app.shell.timebar import copy_link, timebar
from app.urlstate import read
from app.usecases import model_page, model_words, models
from app.usecases.model_history import load
from app.usecases.model_view import ModelRow
from app.usecases.navigation import data_span
from app.usecases.thresholds import limits
from pages.models import side, table
from pages.models.asked import CHOICES, ModelsAsked
from pages.verdicts import verdicts

PATH: Final = "/models"
TITLE: Final = "Models"
NAV: Final = ("Models", "m")
NO_MODEL: Final = (
    "No model yet",
    "There are records, but no predictions and no model. `diptych ingest FILE` takes in predictions (time, model, "
    "prediction id, prediction); the registry states models.",
)
MARKS: Final = ("infra", "model", "both", "neither", "unknown")
RULE: Final = (
    "Rule: baseline. Dot and bar: the worst window with its 95 % interval. Points lost: 100 × the loss that the shift "
    "of all features accounts for. "
)


def layout(**query: str) -> html.Div:
    """The page for a query: ``sort`` is cost or name, ``row`` the model whose figure stands below."""
    state = known(read(query), CHOICES)
    with current().store.snapshot() as snap:
        asked = ModelsAsked(PATH, state, page_range(snap, query))
        if not models.models_of(snap):
            small, words = NO_MODEL if data_span(snap) else ("No records yet", NOTHING)
            return html.Div([_header(small, asked), html.Section(empty("nothing", words), className="card")])
        rows = models.in_order(_rows(snap, asked), asked.order)
        body = _body(snap, asked, rows)
        small = models.summary(snap, rows, asked.zone)
    return html.Div([_header(small, asked, rows[0]), html.Div(body, className="stack")])


def register(app: Dash) -> None:
    """Nothing to wire: every choice on this page is an address."""


def _header(small: str, asked: ModelsAsked, first: ModelRow | None = None) -> html.Div:
    said = f"{first.name} {first.version}: {first.sentence.headline}" if first else ""
    link = [copy_link(PATH, asked.state, asked.shown, said)] if said else []
    return page_header(TITLE, small, [timebar(PATH, asked.state, asked.shown), *link])


def _rows(snap: Any, asked: ModelsAsked) -> list[ModelRow]:
    """Rows of all models, each model's from the cache where they have been made before."""
    verdict_of = verdicts(snap, asked.shown)
    found: list[ModelRow] = []
    for model in models.models_of(snap):

        def build(model: Any = model) -> dict[str, Any]:
            made = models.rows_of(snap, model, asked.span, verdict_of, judge_once)
            return {"rows": [asdict(row) for row in made]}

        kept = cached("model-rows", asked.pinned(snap, model.name), build)
        found += [table.row_of(one) for one in kept["rows"]]
    return found


def _body(snap: Any, asked: ModelsAsked, rows: Sequence[ModelRow]) -> list[Any]:
    chosen = _chosen(rows, asked)
    foot = [RULE, how([*model_words.definitions(limits(snap)), *model_words.LOST])]
    drawn = html.Div(table.models_table(rows, asked, chosen, foot), className="models-table card")
    below = html.Div([_figure(snap, asked, chosen), side.lists(*_beside(snap, asked), asked)], className="model-body")
    return [_controls(asked), drawn, below]


def _chosen(rows: Sequence[ModelRow], asked: ModelsAsked) -> ModelRow:
    """The row that the address names, else the first."""
    wanted = asked.state.extra.get("row", "")
    return next((row for row in rows if table.key(row) == wanted), rows[0])


def _controls(asked: ModelsAsked) -> html.Div:
    options = [("cost", "By cost", asked.at(sort=None)), ("name", "By name", asked.at(sort="name"))]
    legend = [html.Span([verdict.shape(kind, 14), verdict.WORDS[kind]]) for kind in MARKS]
    parts = [segmented_links("Order", options, asked.order), html.Div(legend, className="models-legend")]
    return html.Div(parts, className="models-controls")


@inline
def _figure(snap: Any, asked: ModelsAsked, row: ModelRow) -> Any:
    def build() -> dict[str, Any]:
        view = model_page.page(
            snap,
            row.name,
            asked.span,
            asked.zone,
            verdicts(snap, asked.shown),
            row.version,
            judge_once,
            intervals=False,
        )
        return {"figure": side.figure(view, asked, model_page.reach(snap, row.name))}

    made = cached("models-figure", asked.pinned(snap, row.name, row.version), build)
    title = html.Span(
        [f"{row.name} {row.version}".strip(), html.Span(f", {row.metric} by prediction time")], dir="auto"
    )
    link = html.A(f"Open {row.name} {row.version}".strip(), href=asked.model(row.name, row.version), className="clip")
    return cards.card(title, link, made["figure"], flush=True)


def _beside(snap: Any, asked: ModelsAsked) -> tuple[list[list[str]], Any]:
    """How long labels take per model, and the rollouts of the range."""

    def build() -> dict[str, Any]:
        found = [
            (m.name, models.delay(load(snap, m, asked.span.start, asked.span.end))) for m in models.models_of(snap)
        ]
        return {"delays": found}

    kept = cached("model-delays", asked.pinned(snap), build)
    return kept["delays"], models.rollouts(snap, models.models_of(snap), asked.span)
