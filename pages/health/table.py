"""The table of Health: a diptych too, services above the hinge, models below, one time axis between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from dash import html

from app.charts.spark import spark
from app.charts.ticks import time_ticks
from app.components import pills, status
from app.components.glyph import glyph
from app.components.how import how
from app.components.sheet import Plain, stamp
from app.components.tables import Column, Row, table
from app.format import DASH, clock, count, value
from app.urlstate import UrlState, again, href, path_of
from app.usecases import health
from app.usecases.health_view import HealthRow
from app.usecases.incident_view import Span
from app.usecases.words import first_upper

LOW_BUDGET: Final = 0.25
COLUMNS: Final = (
    Column("State", 100),
    Column("Service, measure", 180),
    Column("Now", 58, numeric=True),
    Column("Worst, when", 152),
    Column("Against expected", 172),
    Column("Budget left", 80, numeric=True),
    Column("Episodes", 62, numeric=True),
    Column("Incident", 84),
)
HEADS: Final = (
    "State", "Side", "Service or model", "Measure", "Unit", "Now", "Worst", "Worst at (UTC)", "Time outside (s)",
    "Budget left (share, 0 to 1)", "Episodes", "Incident",
)  # fmt: skip
SCALE: Final = "One scale for every line: distance from expected in widths of the expected band (grey), cut at ±6. "
COLOUR: Final = "Colour only in an episode."


@dataclass(frozen=True, slots=True)
class Frame:
    """What all rows share: the axis, and the addresses that the rows lead to."""

    span: Span
    zone: tzinfo
    state: UrlState

    def pick(self, key: str) -> str:
        """This page with another row chosen."""
        return again("/", self.state, row=key)

    def incident(self, incident_id: str) -> str:
        """The page of an incident."""
        return href(path_of("/incident/<id>", incident_id), self.state)


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its cells finished, as components or as their JSON, and its lines in the CSV."""

    key: str
    cells: Sequence[Any]
    lines: Sequence[Sequence[Plain]] = ()


def cells(row: HealthRow, frame: Frame) -> list[Any]:
    """The finished cells of a row, which do not depend on which one is chosen."""
    return [
        status.badge(row.state),
        _name(row, frame),
        row.now or DASH,
        _worst(row, frame.zone),
        _against(row, frame.span),
        _budget(row.budget_left),
        DASH if row.state == "nodata" else str(row.episodes),
        pills.incident(row.incident, frame.incident(row.incident)) if row.incident else "",
    ]


def line(row: HealthRow) -> list[Plain]:
    """The row in the CSV, under `HEADS`; its time as text, so that it can be cached as JSON."""
    one = row.figures
    found = (one.unit, one.now, one.worst) if one else ("", None, None)
    at = stamp(row.worst_at) if row.worst_at else None
    budget = None if row.budget_left is None else round(row.budget_left, 4)
    episodes = None if row.state == "nodata" else row.episodes
    outside_s = one.outside_s if one else None
    named = (status.WORDS[row.state], row.side, row.name, row.measure)
    return [*named, *found, at, outside_s, budget, episodes, row.incident]


def health_table(
    services: Sequence[Line],
    silent: Line,
    models: Sequence[Line],
    hinge: Sequence[Any],
    chosen: str,
    seasons: Sequence[str] = (),
) -> html.Div:
    """All lines with the hinge between the two sides; the chart of the chosen one stands beside.

    ``silent`` is the one row that stands for many services without metrics; it has no cells where there are none.
    ``seasons`` are sentences on those that sources state.
    """
    defined = [f"{first_upper(name)}. {text}" for name, text in health.DEFINITIONS.items()]
    foot = [SCALE, COLOUR, " ", how([*defined, *seasons])]
    rows = [
        *(_drawn(one, chosen) for one in services),
        *([_drawn(silent, chosen)] if silent.cells else []),
        Row(hinge, hinge=True),
        *(_drawn(one, chosen) for one in models),
    ]
    return table(COLUMNS, rows, caption="Services and models, the worst first", foot=foot, heads=HEADS)


def _drawn(one: Line, chosen: str) -> Row:
    return Row(one.cells, selected=one.key == chosen, lines=one.lines)


def silent(rows: Sequence[HealthRow], frame: Frame) -> list[Any]:
    """One cell for many services that have no metrics in the range: how many, and who when opened."""
    if not rows:
        return []
    names = [html.A(row.name, href=frame.pick(row.key), dir="auto", title=row.name) for row in rows]
    listed = html.Ul([html.Li(name) for name in names], className="silent-names")
    words = f"{count(len(rows), 'service')} without metrics in this range"
    return [html.Details([html.Summary([glyph("nodata"), " ", words]), listed], className="silent")]


def _name(row: HealthRow, frame: Frame) -> html.A:
    words: list[Any] = [html.Strong(row.name, dir="auto"), " ", html.Span(row.measure, className="muted", dir="auto")]
    title = f"{row.name}, {row.measure}" if row.measure else row.name
    return html.A(words, href=frame.pick(row.key), className="row-pick", title=title)


def _worst(row: HealthRow, zone: tzinfo) -> Any:
    if row.worst_at is None:
        return html.Span(row.worst, className="muted")
    return [html.Strong(row.worst), " ", html.Span(clock(row.worst_at, zone), className="muted time")]


def _against(row: HealthRow, span: Span) -> html.Span:
    if row.spark is None:
        return html.Span(row.nothing, className="spark spark-none muted")
    length = (span.end - span.start).total_seconds()
    drawn = spark(row.spark.seconds, row.spark.distance, row.spark.marked, length)
    layers = [html.Span(className="spark-band"), _layer("spark-line", drawn.line)]
    if drawn.episode:
        layers.append(_layer(f"spark-episode spark-{row.state}", drawn.episode))
    named: dict[str, Any] = {"aria-label": row.said}
    return html.Span(layers, className="spark", role="img", **named)


def _layer(name: str, mask: str) -> html.Span:
    return html.Span(className=name, style={"maskImage": mask, "WebkitMaskImage": mask})


def _budget(left: float | None) -> Any:
    if left is None:
        return DASH
    shown = min(max(left, 0.0), 1.0)
    low = " budget-low" if left < LOW_BUDGET else ""
    fill = html.Span(className=f"budget-fill{low}", style={"width": f"{100 * shown:.0f}%"})
    words = "spent" if left <= 0 else value(round(left, 2), "share")
    return html.Span([html.Span(fill, className="budget-bar"), words], className="budget")


def hinge(frame: Frame, has_models: bool) -> list[Any]:
    """The row between the sides, which carries the time axis."""
    words = "on these services; same columns, same clock" if has_models else "none has made a prediction in this range"
    title = [html.Strong("Models"), " ", html.Span(words, className="muted")]
    return [title, "", "", "", _axis(frame.span, frame.zone), "", "", ""]


def _axis(span: Span, zone: tzinfo) -> html.Span:
    """The only time axis of the sparks."""
    length = span.end - span.start
    ticks = time_ticks(span.start, span.end, zone, most=4)
    places = [(tick.text, (tick.at - span.start) / length) for tick in ticks]
    marks = [html.Span(text, className="axis-tick", style={"left": f"{100 * at:.1f}%"}) for text, at in places]
    return html.Span(marks, className="spark-axis")
