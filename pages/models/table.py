"""The table of models: one row per model and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from dash import html

from app.components import verdict
from app.components.sheet import Plain
from app.components.tables import Column, Row, table
from app.format import DASH, number, value
from app.usecases.model_view import Measured, ModelRow, Sentence
from app.usecases.model_words import change_words
from pages.models.asked import ModelsAsked

HEADS: Final = (
    ("", 54, False),
    ("Model, version", 146, False),
    ("Performance against baseline", 272, False),
    ("Change", 76, True),
    ("Labels in", 84, True),
    ("Drift, points lost", 142, False),
    ("Data quality", 116, False),
    ("Verdict", None, False),
)
CSV_HEADS: Final = (
    "Model", "Version", "Metric", "Worst window", "95 % from", "95 % to", "Labels", "Baseline", "Change", "Window",
    "Labels in (share, 0 to 1)", "Loss by the shift of features", "Drifted", "Missing (share, 0 to 1)",
    "Defaults (share, 0 to 1)", "Verdict", "Why",
)  # fmt: skip
SCALE_PX: Final = 142


def row_of(told: Mapping[str, Any]) -> ModelRow:
    """A row back from the cache, where what is not known is null."""
    given = dict(told)
    for name in ("measured", "baseline"):
        low, value_, high = (np.nan if told[name][k] is None else told[name][k] for k in ("low", "value", "high"))
        given[name] = Measured(value_, low, high, told[name]["n"])
    for name in ("change", "cost", "labels_in", "lost", "nulls", "defaults"):
        given[name] = np.nan if told[name] is None else told[name]
    return ModelRow(**{**given, "sentence": Sentence(**told["sentence"]), "scale": tuple(told["scale"])})


def key(row: ModelRow) -> str:
    """How an address names a row."""
    return f"{row.name}:{row.version}"


def models_table(rows: Sequence[ModelRow], asked: ModelsAsked, chosen: ModelRow, foot: Any) -> html.Div:
    """All rows, the chosen one marked."""
    columns = [Column(label, width, numeric) for label, width, numeric in HEADS]
    lines = [Row(_cells(row, asked, row is chosen), selected=row is chosen, lines=[_line(row)]) for row in rows]
    return table(columns, lines, caption="Models and versions, the dearest first", foot=foot, heads=CSV_HEADS)


def _line(row: ModelRow) -> list[Plain]:
    now, said = row.measured, row.sentence
    labels = now.n if now.known else None
    measured: list[Plain] = [
        row.name,
        row.version,
        row.metric,
        now.value,
        now.low,
        now.high,
        labels,
        row.baseline.value,
        row.change,
    ]
    inputs: list[Plain] = [row.when, row.labels_in, row.lost, row.drift_small, row.nulls, row.defaults]
    return [*measured, *inputs, said.headline, said.text]


def _cells(row: ModelRow, asked: ModelsAsked, chosen: bool) -> list[Any]:
    return [
        verdict.mark(row.sentence.kind, 22),
        _name(row, asked, chosen),
        _performance(row),
        change_words(row.change),
        _two(value(row.labels_in, "share"), row.labels_words),
        _two(row.drift, row.drift_small),
        _two(row.quality, row.quality_small),
        _verdict(row),
    ]


def _two(first: Any, second: Any) -> html.Div:
    """A figure and what is said of it."""
    small = [html.Span(second, className="meta muted models-small", title=second, dir="auto")] if second else []
    return html.Div([html.Span(first), *small], className="models-two")


def _name(row: ModelRow, asked: ModelsAsked, chosen: bool) -> html.Div:
    words = f"{row.name} {row.version}".strip()
    link = html.A(words, href=asked.model(row.name, row.version), title=words, className="clip models-name", dir="auto")
    small = html.Span(row.small, className="meta muted clip", title=row.small)
    pick = [] if chosen else [html.A("Show below", href=asked.at(row=key(row)), className="row-pick-small")]
    return html.Div([link, small, *pick], className="models-two")


def _performance(row: ModelRow) -> html.Div:
    if not row.measured.known:
        return _two(row.nothing, row.metric)
    figure = html.Strong(number(row.measured.value), className=f"models-now state-{row.state}")
    first = html.Span([figure, html.Span(f" base {number(row.baseline.value)}", className="meta muted")])
    words = html.Div([first, html.Span(f"{row.metric}, {row.when}", className="meta muted")], className="models-two")
    return html.Div([words, _interval(row)], className="models-performance")


def _interval(row: ModelRow) -> html.Span:
    """Dot with its interval, and the baseline as a rule, on one little axis."""
    low, high = row.scale

    def at(x: float) -> float:
        return 100 * (x - low) / (high - low)

    now, usual = row.measured, row.baseline
    layers = [html.Span(className="axis-line")]
    if np.isfinite(now.low):
        reach = {"left": f"{at(now.low):.1f}%", "width": f"{at(now.high) - at(now.low):.1f}%"}
        layers.append(html.Span(className=f"axis-reach state-{row.state}", style=reach))
    if usual.known:
        layers.append(html.Span(className="axis-rule", style={"left": f"{at(usual.value):.1f}%"}))
    layers.append(html.Span(className=f"axis-dot state-{row.state}", style={"left": f"{at(now.value):.1f}%"}))
    interval = f"{number(now.low)} {DASH} {number(now.high)}"
    words = f"{row.metric} {number(now.value)}, 95 % interval {interval}, baseline {number(usual.value)}"
    named: dict[str, Any] = {"aria-label": words}
    return html.Span(layers, className="models-axis", role="img", title=words, **named)


def _verdict(row: ModelRow) -> html.P:
    said = row.sentence
    return html.P([html.Strong(said.headline), " ", said.text], className="models-verdict", title=said.text)
