"""Kinds of lines as a table, and what is said while they are made out for the first time."""

from __future__ import annotations

from typing import Any, Final

from dash import dcc, html

from app.charts import multiples
from app.components import cards, pills
from app.components.empty import empty
from app.components.how import how
from app.components.tables import Column, Row, table
from app.format import DASH, clock, grouped, moment
from app.usecases.logs_templates import SHOWN
from app.usecases.logs_view import TemplatesView, TemplateView
from app.usecases.logs_words import ratio, reading
from pages.logs.asked import LogsAsked

MORE, HERE = "logs-more", "logs-templates"
HEADS: Final = ("Template", "Service", "Mark", "Level", "Lines", "Before", "First seen (UTC)")
MARKS: Final = {"new": "new", "gone": "gone", "more": "more often", "less": "less often"}
HOW: Final = (
    "A template is a line with what differs between lines of its kind masked: numbers, ids, hosts, names.",
    "New: first seen ever in this range; where nothing was logged before it, after the first fifth of it. Gone, more "
    "and less often: against the same time before, where its share of all lines changed for sure (q at most 0.05, "
    "Benjamini-Hochberg over all templates) and its number by a quarter at least.",
)


def card(body: Any) -> html.Section:
    """The card around either."""
    return cards.card("Templates", how(HOW), html.Div(body, id=HERE), flush=True)


def waiting(done: int, lines: int, *, searches: bool) -> html.Div:
    """How far the reading is; as soon as this is drawn the browser asks for the next part."""
    more = dcc.Store(id=MORE, data=done)
    if done >= lines and searches:
        return html.Div([html.P("Sorting what was found into templates.", role="status"), more], className="empty")
    named: dict[str, Any] = {"aria-label": f"{done / max(lines, 1):.0%} of all lines"}
    bar = html.Progress(value=str(done), max=str(max(lines, 1)), **named)
    return html.Div([html.P(reading(done, lines), role="status"), bar, more], className="empty logs-reading")


def listed(asked: LogsAsked, view: TemplatesView) -> list[Any]:
    """The table and, where one of them is chosen, what can be made of it."""
    if not view.templates:
        return [empty("no_match", "No template here.")]
    rows = [_row(asked, one) for one in view.templates]
    drawn = table(_columns(asked), rows, caption="Templates", foot=_foot(asked, view), heads=HEADS)
    return [html.P(f"{view.words}.", className="meta logs-said"), html.Div(drawn, className="logs-templates")]


def _columns(asked: LogsAsked) -> list[Column]:
    def sorted_by(label: str, order: str, width: int, numeric: bool = False) -> Column:
        on = asked.order == order
        return Column(label, width, numeric, asked.at(sort=None if order == "change" else order),
                      "descending" if on else "")  # fmt: skip

    return [
        Column("Template"),
        sorted_by("Lines", "lines", 80, numeric=True),
        sorted_by("Change", "change", 140),
        Column("Service", 120),
        Column("Level", 90),
        sorted_by("First seen", "first", 130),
        Column("Over time", 150),
    ]


def _row(asked: LogsAsked, one: TemplateView) -> Row:
    chosen = one.id == asked.get("template")
    address = asked.with_filter(template=one.id, service=one.service or None)
    text = html.A(html.Code(one.template or "(empty)", dir="auto"), href=address, className="pattern logs-template")
    service = html.Span(one.service or "no service", dir="auto", className="clip", title=one.service)
    first = html.Span(moment(one.first, asked.zone, seconds=False), className="time") if one.first else DASH
    cells = (text, grouped(one.lines), _change(one), service, one.level or "not stated", first, _spark(one))
    line = (one.template, one.service, MARKS.get(one.mark, ""), one.level, one.lines, one.before, one.first)
    return Row(cells, selected=chosen, lines=[line])


def _change(one: TemplateView) -> html.Span:
    words = ratio(one.lines, one.before) if one.before is not None else ""
    marked: list[Any] = [pills.tag(MARKS[one.mark])] if one.mark else []
    number = "" if words in ("new", "gone") else words
    before = f"{grouped(one.before)} in the same time before. " if one.before is not None else ""
    return html.Span([*marked, " ", number], className=f"logs-change logs-{one.mark or 'same'}",
                     title=f"{before}{one.sentence}")  # fmt: skip


def _spark(one: TemplateView) -> Any:
    if not one.counts:
        return ""
    import numpy as np

    counts = np.array(one.counts, dtype=float)
    mask = multiples.filled(counts, float(max(counts.max(), 1.0)))
    loud = "loud" if one.level.startswith(("ERROR", "FATAL")) else "plain"
    named: dict[str, Any] = {"aria-label": f"at most {grouped(int(counts.max()))} at once"}
    return html.Span(className=f"logs-spark logs-spark-{loud}", style={"maskImage": mask}, role="img", **named)


def _foot(asked: LogsAsked, view: TemplatesView) -> Any:
    said = f"{len(view.templates)} of {grouped(view.kinds)} shown. "
    if view.stopped_at is not None:
        said += f"Time was up: only lines from {clock(view.stopped_at, asked.zone)} on were read. "
    if len(view.templates) < view.kinds:
        return [said, html.A("Show all", href=asked.at(templates="all"))]
    return [said, html.A("Show fewer", href=asked.at(templates=None))] if view.kinds > SHOWN else said
