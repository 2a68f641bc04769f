"""What changed between two windows, the most telling first, with how sure that is one click away."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from dash import dcc, html

from app.components import cards
from app.components.empty import empty
from app.components.how import how
from app.components.tables import Column, Row, table
from app.format import count, grouped, number, span
from app.usecases.incident_view import Span
from app.usecases.logs_view import ChangesView, ChangeView, Offer
from pages.logs.asked import LogsAsked, ms

HEADS: Final = ("Field", "Value", "What changed", "Before", "In this range", "q")
COLUMNS: Final = (
    Column("What"),
    Column("What changed", 300),
    Column("Before", 90, numeric=True),
    Column("In this range", 110, numeric=True),
)
FIELD_WORDS: Final = {"service": "Service", "severity": "Level", "template": "Template"}
HOW: Final = (
    "Every value of every field is counted in both windows; numbers are compared as a whole "
    "(Kolmogorov-Smirnov). A value is named where its share changed by a quarter of its odds at least and its q-value "
    "(Benjamini-Hochberg over everything that was asked) is at most 0.05: one in twenty of those named may be chance.",
    "The q-value of each stands under “how sure” and in the CSV.",
)


def card(asked: LogsAsked, view: ChangesView) -> html.Section:
    """The two windows and what differs between them."""
    said = f"{view.volume}. {count(view.tested, 'value')} asked about, {len(view.changes) or 'none'} changed."
    sample = f" Fields are those of 1 line in {view.every}; services, levels and templates are counted whole."
    parts = [_windows(asked, view), html.P(said + (sample if view.every > 1 else ""), className="meta logs-said")]
    if asked.versus_words:
        parts.append(html.P(asked.versus_words, className="meta logs-said", role="status"))
    small = [f"{grouped(view.lines[0])} lines before, {grouped(view.lines[1])} in this range ", how(HOW)]
    return cards.card("What changed", small, [*parts, _found(asked, view)], flush=True, id="logs-changes")


def _windows(asked: LogsAsked, view: ChangesView) -> html.Form:
    """The range of the page is one window; the other can be chosen."""
    named: dict[str, Any] = {"data-logs": "versus"}
    shown = html.P(
        [html.Strong("This range: "), _span(view.during, asked), html.Strong(" against "), _span(view.before, asked)]
    )
    fields = [
        _field("logs-vs-from", "Against, from", view.before.start, asked),
        _field("logs-vs-to", "to", view.before.end, asked),
        html.Button("Compare", type="submit", className="button"),
        html.A("The same time before", href=asked.at(vs_from=None, vs_to=None)),
    ]
    return html.Form([shown, html.Div(fields, className="logs-versus")], className="logs-windows", **named)


def _span(one: Span, asked: LogsAsked) -> str:
    return span(one.start, one.end, asked.zone)


def _field(id: str, label: str, at: datetime, asked: LogsAsked) -> html.Div:
    written = f"{at.astimezone(asked.zone):%Y-%m-%d %H:%M:%S}"
    given = dcc.Input(id=id, type="text", value=written, className="field", autoComplete="off", spellCheck="false")
    return html.Div([html.Label(label, htmlFor=id), given], className="labelled")


def _found(asked: LogsAsked, view: ChangesView) -> Any:
    if not min(view.lines):
        which = "before" if not view.lines[0] else "in this range"
        words = f"There is no line {which}: nothing can be compared. Choose another window above, or one of these."
        links = [html.Li(_offer(asked, one)) for one in view.offers]
        return html.Div([empty("too_little", words), html.Ul(links, className="logs-offers")])
    if not view.changes:
        return empty("no_match", "Nothing changed that is more than chance.")
    rows = [_row(asked, one) for one in view.changes]
    return html.Div(table(COLUMNS, rows, caption="What changed, the most telling first", heads=HEADS),
                    className="logs-changes")  # fmt: skip


def _offer(asked: LogsAsked, one: Offer) -> html.A:
    """Leads to the comparison of two windows."""
    before = {"vs_from": ms(one.before.start), "vs_to": ms(one.before.end)}
    words: list[Any] = [
        html.Span(one.words, dir="auto"),
        f", {_span(one.during, asked)}, against {_span(one.before, asked)}",
    ]
    return html.A(words, href=asked.ranged(one.during.start, one.during.end, tab="changes", **before))


def _row(asked: LogsAsked, one: ChangeView) -> Row:
    name = html.Span(FIELD_WORDS.get(one.field, one.field), className="muted", dir="auto")
    value: list[Any] = [" ", _value(asked, one)] if one.value else []
    sure = f"q {'below 0.001' if one.q_value < 0.001 else number(one.q_value)}"
    details = html.Details([html.Summary("how sure"), html.Span(sure, className="muted")], className="logs-sure")
    rise = html.Div([html.Span(one.words, dir="auto"), details], className="logs-rise")
    cells = (html.Span([name, *value], className="pattern"), rise, one.before, one.during)
    return Row(cells, lines=[(one.field, one.value, one.words, one.before, one.during, one.q_value)])


def _value(asked: LogsAsked, one: ChangeView) -> Any:
    """The value as a link to its lines, where an address can name them."""
    text = html.Code(one.value, dir="auto")
    filters = _filters(one)
    return html.A(text, href=asked.with_filter(tab=None, **filters)) if filters else text


def _filters(one: ChangeView) -> dict[str, str | None]:
    if one.field == "template":
        return {"template": one.template}
    if one.field == "service":
        return {"service": one.value}
    if one.field == "severity" or len(one.value) > 200 or one.value == "(none)":
        return {}
    return {"field": one.field, "value": one.value}
