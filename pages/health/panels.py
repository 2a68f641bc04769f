"""The other parts of Health: the sentence, the tiles, the chosen row's chart and events, new log patterns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from dash import dcc, html

from app.charts import as_rows, signals, tokens
from app.charts.lanes import SIDE
from app.components import cards, verdict
from app.components.controls import compare_link, link_button
from app.components.empty import empty
from app.components.glyph import glyph
from app.components.guess import guess_link
from app.components.pills import tag
from app.components.tables import Column, Row, table
from app.format import clock, count
from app.urlstate import UrlState, again, href, path_of
from app.usecases import comparing
from app.usecases.health_view import HealthView, PatternView, RowDetail, Tile
from app.usecases.incident_view import EventMark
from app.usecases.service_lane import ChartLane

MOST_ROWS, MOST_ALSO = 40, 2
EVENT_PX, WRAPPED_PX, MORE_PX, ONE_LINE, LEAST_EVENTS = 32, 14, 29, 28, 3


def sentence(view: HealthView, state: UrlState) -> html.Section:
    """What the data say, what to do, and the way to the incident."""
    if not view.incidents:
        return verdict.line(view.verdict or "neither", view.headline, advice=view.advice)
    first, *rest = view.incidents
    also = [
        part for one in rest[:MOST_ALSO] for part in (" Also ", _incident_link(one.incident_id, one.title, state), ".")
    ]
    if len(rest) > MOST_ALSO:
        also.append(f" And {count(len(rest) - MOST_ALSO, 'more incident')}.")
    button = link_button(f"Open {first.incident_id}", _incident_href(first.incident_id, state), primary=True)
    return verdict.line(view.verdict or "unknown", view.headline, advice=[view.advice, *also], aside=button)


def _incident_link(incident_id: str, title: str, state: UrlState) -> html.A:
    return html.A(f"{incident_id}: {title}", href=_incident_href(incident_id, state))


def _incident_href(incident_id: str, state: UrlState) -> str:
    return href(path_of("/incident/<id>", incident_id), state)


def tiles(found: Sequence[Tile]) -> html.Div:
    """One figure each."""
    return cards.tiles([cards.tile(one.label, one.number, one.beside, _below(one)) for one in found])


def _below(one: Tile) -> Any:
    return [glyph(one.state), " ", one.below] if one.state else one.below


def side(detail: RowDetail, state: UrlState, zone: tzinfo, room_px: int) -> html.Div:
    """The chosen row's chart over the latest events, of which those are open that ``room_px`` holds."""
    row = detail.row
    title = html.Span([row.name, " ", html.Span(row.measure, className="side-measure")], dir="auto")
    chart = cards.card(title, _open_link(detail, state), [*_chart(detail, zone), *_compare(detail, state)])
    return html.Div([chart, _events(detail, zone, room_px)], className="health-side")


def _open_link(detail: RowDetail, state: UrlState) -> Any:
    side = detail.row.side
    return html.A(f"Open {side}", href=href(path_of(f"/{side}/<name>", detail.row.owner), state))


def _compare(detail: RowDetail, state: UrlState) -> list[Any]:
    """The period before, drawn or offered."""
    if detail.lane is None:
        return []
    wanted = None if detail.compared else comparing.PREVIOUS
    link = compare_link(bool(detail.compared), again("/", state, row=detail.row.key, compare=wanted))
    words = [html.Span([detail.compared, " "])] if detail.compared else []
    return [html.P([*words, link], className="meta side-compare")]


def _chart(detail: RowDetail, zone: tzinfo) -> list[Any]:
    if detail.lane is None:
        return [empty("too_little", detail.sentence)]
    figure = signals.figure([detail.lane], detail.events, detail.span, zone, wide=SIDE, narrow=SIDE)
    named: dict[str, Any] = {"aria-label": detail.sentence}
    config: Any = tokens.CONFIG
    graph = dcc.Graph(figure=figure, config=config, className="side-graph", id="health-chart")
    return [html.Div(graph, role="img", **named), _as_table(detail.lane, zone), *_guess(detail.lane)]


def _guess(lane: ChartLane) -> list[html.P]:
    if not lane.guessed:
        return []
    said = f"That {lane.guessed} measures {lane.measure} is guessed from its name. "
    return [html.P([said, guess_link(lane.guessed, "State it")], dir="auto", className="meta side-guess")]


def _as_table(lane: ChartLane, zone: tzinfo) -> html.Details:
    columns = [Column(head, numeric=i > 0) for i, head in enumerate(as_rows.heads([lane]))]
    cells = as_rows.rows([lane], zone, MOST_ROWS)
    lines = as_rows.lines([lane], MOST_ROWS)
    rows = [Row(row, lines=[line]) for row, line in zip(cells, lines, strict=True)]
    drawn = table(columns, rows, caption=f"{lane.name}, {lane.measure}", heads=as_rows.csv_heads([lane]))
    return html.Details(
        [html.Summary("View as table"), html.Div(drawn, className="side-table")], className="side-as-table"
    )


def _events(detail: RowDetail, zone: tzinfo, room_px: int) -> html.Section:
    newest = sorted(detail.events, key=lambda event: event.ts, reverse=True)
    if not newest:
        words = f"No alert, deploy or note {detail.whose} in this range."
        return cards.card("Latest events", None, empty("no_match", words))
    fits = _fitting(newest, room_px)
    shown, rest = newest[:fits], newest[fits:]
    body: list[Any] = [_event_list(shown, zone)]
    if rest:
        more = html.Summary(f"All {len(newest)}")
        body.append(html.Details([more, _event_list(rest, zone)], className="more-events"))
    return cards.card("Latest events", html.Span(detail.whose, dir="auto", title=detail.whose), body, flush=True)


def _fitting(events: Sequence[EventMark], room_px: int) -> int:
    """How many events from the first on fit, the line that opens the others included where not all do."""
    heights = [EVENT_PX + (WRAPPED_PX if len(event.title) > ONE_LINE else 0) for event in events]
    if sum(heights) <= room_px:
        return len(events)
    below = [sum(heights[: i + 1]) + MORE_PX for i in range(len(events))]
    return max(sum(height <= room_px for height in below), LEAST_EVENTS)


def _event_list(events: Sequence[EventMark], zone: tzinfo) -> html.Ul:
    return html.Ul([_event(event, zone) for event in events], className="events")


def _event(event: EventMark, zone: tzinfo) -> html.Li:
    at = html.Time(clock(event.ts, zone), dateTime=event.ts.isoformat(), className="time")
    kind = html.Span(f"{event.kind}: ", className="sr-only")
    marked: list[Any] = [tag(event.tag), " "] if event.tag else []
    return html.Li(
        [at, glyph(event.kind), kind, html.Span([*marked, event.title], dir="auto", className="event-title")]
    )


def patterns(view: HealthView, state: UrlState) -> html.Section:
    """Log lines of a kind that was not seen before the range."""
    if not view.patterns:
        return cards.card("New log patterns", view.patterns_words, empty("no_match", "No new kind of log line."))
    body = html.Ul([_pattern(one, state) for one in view.patterns], className="patterns")
    return cards.card("New log patterns", view.patterns_words, body)


def _pattern(one: PatternView, state: UrlState) -> html.Li:
    left, width = 100 * one.first, max(100 * (one.last - one.first), 3)
    place = {"left": f"{min(left, 97):.1f}%", "width": f"{min(width, 100 - min(left, 97)):.1f}%"}
    colour = "when-severe" if one.severe else "when-plain"
    when = html.Span(html.Span(className=f"when-seen {colour}", style=place), className="when")
    logs = href("/logs", state, service=one.service or None, template=one.template)
    text = html.Span(one.pattern, dir="auto", className="pattern-text")
    words = html.Span(one.words, className="meta")
    return html.Li([when, html.A([text, words], href=logs)])
