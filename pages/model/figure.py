"""The figure of a model, and over it as text of the page: links of incidents, the hatch, the values at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import numpy as np
from dash import dcc, html

from app.charts import model_lanes
from app.charts.lanes import MODEL, Geometry
from app.charts.model_scale import metric_range
from app.charts.tokens import CONFIG
from app.components import cards
from app.components.controls import compare_link, table_link
from app.components.empty import empty
from app.components.glyph import HIDDEN
from app.components.how import how
from app.components.sheet import Plain
from app.components.tables import Column, Row, table
from app.format import DASH, NBSP, clock, count, day, offset, value
from app.usecases.incident_view import Span
from app.usecases.model_view import InputLane, ModelView, PerformanceSeries
from app.usecases.model_words import definitions
from app.usecases.thresholds import Limits
from app.usecases.words import first_upper
from pages.model.asked import ModelAsked

MOST_ROWS: Final = 130
LATE: Final = 75  # percent of the plot from which on the id stands at the right end of its span
ROOM: Final = 8.0  # percent of the plot that the label of an incident takes
ROOM_NARROW: Final = 26.0  # on a phone
HATCH_WORDS: Final = 0.08  # of the plot: a narrower hatch has no room for words
FIGURE: Final = (
    "Grey is what is expected of as many labels as are judged together. The bars count the labels that are in. The "
    "dotted line counts predictions on default features as the usual ones, as the verdict does. Where fewer "
    "labels are in than are needed, the figure is hatched and an estimate from calibrated scores is dashed: it holds "
    "while inputs move, not when what they mean has changed."
)


def figure_card(view: ModelView, asked: ModelAsked, held: Limits, compared: str = "") -> html.Section:
    """The metric over drift, or the same as a table.

    ``held`` are the limits that its words name, ``compared`` says from when the period behind it is.
    """
    shown = view.performance is not None and not asked.as_table
    compare = [compare_link(asked.comparing, asked.compared)] if shown else []
    said = " ".join(filter(None, [compared if shown else "", _missing(view)]))
    links = html.Span([*compare, " ", table_link(asked.as_table, asked.table)], className="figure-links")
    foot = html.Div([html.Span(said), links], className="figure-foot")
    body = _table(view, asked.zone) if asked.as_table else _figure(view, asked)
    return cards.card("Performance", how([*definitions(held)[:4], FIGURE]), [body, foot], flush=True)


def _missing(view: ModelView) -> str:
    return " ".join(filter(None, [view.performance_missing, view.drift_missing]))


def _figure(view: ModelView, asked: ModelAsked) -> Any:
    if view.performance is None and view.drift is None:
        return empty("too_little", _missing(view))
    return model_figure(view, view.drift, asked.incident, asked.zone, Place("model-figure", "lanes-model", MODEL))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands: its id, its class in the stylesheet, and the same geometry on a wide screen."""

    id: str
    kind: str
    wide: Geometry


def model_figure(
    view: ModelView, fed: InputLane | None, incident: Callable[[str], str], zone: tzinfo, where: Place
) -> html.Div:
    """The metric over ``fed``; ``incident`` gives the address of an incident's page."""
    state = "critical" if view.sentence.lost else "degraded"
    shaded = [(one.span, state) for one in view.incidents]
    drawn = model_lanes.figure(view.performance, fed, view.events, shaded, view.span, zone, where.wide)
    named: dict[str, Any] = {"aria-label": said(view, zone)}
    config: Any = CONFIG
    graph = dcc.Graph(id=where.id, figure=drawn, config=config)
    box = html.Div(graph, className="lanes-graph", role="img", **named)
    parts = [box, over(view, incident), *_values(view), _axis(view, zone), cursor()]
    keys: dict[str, Any] = {"aria-label": "Figure; the arrow keys move its cursor"}
    return html.Div(parts, className=f"lanes {where.kind}", tabIndex=0, role="group", **keys)


def cursor() -> html.Div:
    """The line at the pointer, moved by the page's script."""
    return html.Div(html.Span(className="lanes-chip"), className="lanes-cursor", hidden=True, **HIDDEN)


def _axis(view: ModelView, zone: tzinfo) -> html.Div:
    words = [offset(view.span.start, zone), day(view.span.start, zone, year=True)]
    return html.Div(
        [html.Span(", ".join(words), className="lanes-zone"), html.Span("", className="lanes-at")],
        className="lanes-axis",
    )


def _values(view: ModelView) -> list[html.Div]:
    """The metric at the cursor, or where nobody points, at the last bucket that holds a figure of its usual labels."""
    one = view.performance
    if one is None:
        return []
    last = last_full(one.value, one.labelled)
    words = [value(float(one.value[last])), model_lanes.interval_words(one, last)] if last >= 0 else [DASH, ""]
    low, high = metric_range(one)
    below = (one.lower + one.upper) / 2 > (low + high) / 2
    now = [html.Span(words[0], className="lane-now"), html.Span(words[1], className="lane-expected")]
    return [html.Div(now, className=f"lane-values model-now {'model-now-low' if below else ''}")]


def last_full(value: np.ndarray, labelled: np.ndarray) -> int:
    """Position of the last figure that rests on at least half as many labels as they usually do; -1 without any.

    Where a version ends in the middle of a bucket, a handful of labels says nothing.
    """
    known = np.flatnonzero(np.isfinite(value))
    full = known[labelled[known] >= np.median(labelled[known]) / 2] if len(known) else known
    return int(full[-1]) if len(full) else -1


def over(view: ModelView, incident: Callable[[str], str]) -> html.Div:
    """What lies over the plot: a link on each incident's span, the hatch where labels are not in."""
    lefts = [float(place(one.span, view.span)["left"][:-1]) for one in view.incidents]
    quiet = [crowded(lefts, ROOM), crowded(lefts, ROOM_NARROW)]
    links = [
        _link(one.incident_id, one.title, one.span, view.span, incident, hidden)
        for one, *hidden in zip(view.incidents, *quiet, strict=True)
    ]
    hatched = [_hatch(view.performance, a, b, view.span) for a, b in waiting(view.performance)]
    return html.Div([*hatched, *links], className="model-over")


def crowded(lefts: Sequence[float], room: float) -> list[bool]:
    """Which labels would lie over one before them, as each takes so much ``room`` (percent, as ``lefts``)."""
    hidden = [False] * len(lefts)
    free = -np.inf
    for at in sorted(range(len(lefts)), key=lefts.__getitem__):
        hidden[at] = lefts[at] < free
        free = free if hidden[at] else lefts[at] + room
    return hidden


def _link(
    incident_id: str, title: str, found: Span, span: Span, incident: Callable[[str], str], hidden: Sequence[bool]
) -> html.A:
    label = html.Span(incident_id, className="model-span-id")
    named: dict[str, Any] = {"aria-label": f"{incident_id}: {title}"}
    style = place(found, span)
    names = ("model-late", "model-crowded", "model-crowded-narrow")
    states = (float(style["left"][:-1]) > LATE, *hidden)
    kind = " ".join(["model-span", *(name for name, holds in zip(names, states, strict=True) if holds)])
    return html.A(label, href=incident(incident_id), className=kind, style=style, title=title, **named)


def place(found: Span, span: Span) -> dict[str, str]:
    """Left and width in percent of the plot."""
    length = (span.end - span.start).total_seconds()
    left = max((found.start - span.start).total_seconds() / length, 0.0)
    right = min((found.end - span.start).total_seconds() / length, 1.0)
    return {"left": f"{100 * left:.2f}%", "width": f"{100 * max(right - left, 0.001):.2f}%"}


def waiting(one: PerformanceSeries | None) -> list[tuple[int, int]]:
    """Runs ``[a, b)`` of buckets in which under four of five labels are in."""
    if one is None:
        return []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], one.waiting.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _hatch(one: PerformanceSeries | None, a: int, b: int, span: Span) -> html.Div:
    if one is None:
        return html.Div()
    found = Span(_at(one, a), _at(one, b - 1, one.bucket_s))
    share = float(one.labelled[a:b].sum() / max(one.predicted[a:b].sum(), 1))
    words = f"labels not in, {round(100 * share)}{NBSP}% arrived"
    wide = (found.end - found.start) / (span.end - span.start) >= HATCH_WORDS
    return html.Div(html.Span(words) if wide else None, className="model-hatch", style=place(found, span), title=words)


def _at(one: PerformanceSeries, i: int, plus_s: float = 0.0) -> datetime:
    return datetime.fromtimestamp(one.start[i].astype("datetime64[us]").astype(np.int64) / 1e6 + plus_s, UTC)


def said(view: ModelView, zone: tzinfo) -> str:
    """The figure in words."""
    parts = [f"{view.title}: {view.sentence.headline}"]
    one = view.performance
    if one is not None and one.worst_at is not None:
        parts.append(f"{first_upper(one.metric)} {value(one.worst)} at worst, {clock(one.worst_at, zone)}.")
    if view.drift is not None:
        drifted = sum(line.marked for line in view.drift.lines)
        parts.append(f"{count(drifted, 'feature')} of {len(view.drift.lines)} drifted.")
    return " ".join(parts)


def _table(view: ModelView, zone: tzinfo) -> Any:
    one = view.performance
    if one is None:
        return empty("too_little", _missing(view))
    heads = [("Time", False), (first_upper(one.metric), True), ("95 % interval", True), ("Estimate", True)]
    columns = [Column(head, numeric=n) for head, n in [*heads, ("Labels in", True), ("Predictions", True)]]
    shown = np.unique(np.linspace(0, len(one.start) - 1, min(MOST_ROWS, len(one.start))).astype(int))
    held = [int(i) for i in shown if one.predicted[i] > 0]
    rows = [Row(_cells(one, i, view.span, zone), lines=[_line(one, i)]) for i in held]
    csv_heads = ["Time (UTC)", first_upper(one.metric), "95 % from", "95 % to", "Estimate", "Labels in", "Predictions"]
    return table(columns, rows, caption=f"{view.title}, {one.metric} by prediction time", heads=csv_heads)


def _line(one: PerformanceSeries, i: int) -> list[Plain]:
    figures = [float(x[i]) for x in (one.value, one.low, one.high, one.estimate)]
    return [_at(one, i), *figures, int(one.labelled[i]), int(one.predicted[i])]


def _cells(one: PerformanceSeries, i: int, span: Span, zone: tzinfo) -> Sequence[str]:
    at = _at(one, i)
    when = day(at, zone, year=True) if (span.end - span.start).days > 2 else clock(at, zone)
    interval = f"{value(float(one.low[i]))} {DASH} {value(float(one.high[i]))}" if np.isfinite(one.low[i]) else DASH
    counts = (count(int(n), "").strip() for n in (one.labelled[i], one.predicted[i]))
    return when, value(float(one.value[i])), interval, value(float(one.estimate[i])), *counts
