"""The parts of the Service page above and beside its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from dash import html

from app.components import pills, status
from app.components.empty import empty
from app.components.glyph import HIDDEN, glyph
from app.components.sheet import Plain
from app.components.tables import Column, Row, table
from app.format import THIN, clock, duration, moment
from app.urlstate import UrlState, href, path_of
from app.usecases.service_view import Chip, IncidentLine, PatternLine, ServiceView

PATTERN_HEADS: Final = ("Pattern", "New", "Level", "Lines", "First (UTC)", "Last (UTC)")
INCIDENT_HEADS: Final = ("Incident", "What happened", "Severity", "Started (UTC)", "Resolved (UTC)", "Lasted (s)")
MOST_PILLS: Final = 3
LOGS: Final = "/logs"
CHIPS: Final = (("depends", "Depends on"), ("used", "Used by"), ("runs", "Runs"), ("feeds", "Feeds"))
PATTERNS: Final = (
    Column("Pattern"),
    Column("Level", 120),
    Column("Lines", 80, numeric=True),
    Column("First, last", 200),
)
INCIDENTS: Final = (
    Column("Incident", 96),
    Column("What happened"),
    Column("Severity", 110),
    Column("Started", 170),
    Column("Lasted", 110, numeric=True),
)


def small(view: ServiceView) -> list[Any]:
    """The state as sign, word and colour, and the rest of the small line."""
    return [status.badge(view.state), " ", view.small]


def sentence(view: ServiceView, state: UrlState) -> html.Section:
    """What is unusual and why, with the incidents that it belongs to."""
    words = html.P([html.Strong(view.headline), " ", view.why], className="service-sentence")
    shown = view.incidents[:MOST_PILLS]
    links: list[Any] = [pills.incident(one.incident_id, _incident(one.incident_id, state)) for one in shown]
    if len(view.incidents) > MOST_PILLS:
        more = f"and {len(view.incidents) - MOST_PILLS} more"
        links.append(html.A(more, href=href(path_of("/service/<name>", view.name), state, tab="incidents")))
    named: dict[str, Any] = {"aria-label": "State of the service"}
    told = html.Div([words, *_soon(view, state)])
    return html.Section([told, html.Div(links, className="service-pills")], className="card service-said", **named)


def _soon(view: ServiceView, state: UrlState) -> list[html.P]:
    """One line on what runs out, each a link to the look ahead."""
    said: list[Any] = []
    for one in view.soon:
        address = href(path_of("/service/<name>", view.name), state, tab="ahead", metric=one.key)
        mark = " (its limit is guessed)" if one.guessed else ""
        said += [", " if said else "Runs out: ", html.A(one.words, href=address, dir="auto"), mark]
    return [html.P([*said, "."], className="service-soon")] if said else []


def _incident(incident_id: str, state: UrlState) -> str:
    return href(path_of("/incident/<id>", incident_id), state)


def chips(found: Sequence[Chip], state: UrlState) -> html.Div:
    """What it depends on, who uses it, which models it runs: each with its state, each a link."""
    groups = [_group(words, [c for c in found if c.kind == kind], state) for kind, words in CHIPS]
    return html.Div([group for group in groups if group is not None], className="chips")


def _group(words: str, found: Sequence[Chip], state: UrlState) -> html.Div | None:
    if not found:
        return None
    return html.Div(
        [html.Span(words, className="chips-label"), *[_chip(one, state) for one in found]], className="chips-group"
    )


def _chip(one: Chip, state: UrlState) -> Any:
    said = html.Span(f"{status.WORDS[one.state]}: ", className="sr-only")
    through = [html.Span(f", {one.through}", className="muted")] if one.through else []
    words = [glyph(one.state), said, html.Span(one.name, dir="auto"), *through]
    page = "/model/<name>" if one.kind in ("runs", "feeds") else "/service/<name>"
    return html.A(words, href=href(path_of(page, one.name), state), className="chip chip-link")


def switch(states: Mapping[str, str], state: UrlState) -> list[html.Details]:
    """All services, the worst first, to go to another one."""
    links = service_links(states, state)
    if len(links) < 2:
        return []
    listed = html.Ul([html.Li(link) for link in links], className="choices")
    body = html.Div(listed, className="popover-body popover-narrow service-list")
    summary = html.Summary(["All services", html.Span(className="chevron", **HIDDEN)])
    return [html.Details([summary, body], className="popover")]


def measures(choices: Sequence[tuple[str, str, str]], chosen: str) -> html.Details:
    """All measures as ``(words, address, key)``; the chosen one stands in the closed list."""
    now = next((words for words, _, key in choices if key == chosen), "none")
    links = [_measure(words, address, key == chosen) for words, address, key in choices]
    body = html.Div(
        html.Ul([html.Li(link) for link in links], className="choices"), className="popover-body service-list"
    )
    shown = html.Span(now, dir="auto", className="metric-now", title=now)
    summary = html.Summary(
        [html.Span("Measure", className="muted"), " ", shown, html.Span(className="chevron", **HIDDEN)]
    )
    return html.Details([summary, body], className="popover metric-picker")


def _measure(words: str, address: str, chosen: bool) -> html.A:
    current: dict[str, Any] = {"aria-current": "true"} if chosen else {}
    return html.A(words, href=address, dir="auto", **current)


def service_links(states: Mapping[str, str], state: UrlState) -> list[html.A]:
    """A link to each service with its state, the worst first."""
    found = [(key.partition(":")[2], of) for key, of in states.items() if key.startswith("service:")]
    return [_service_link(name, of, state) for name, of in found]


def _service_link(name: str, of: str, state: UrlState) -> html.A:
    said = html.Span(f"{status.WORDS[of]}: ", className="sr-only")
    address = href(path_of("/service/<name>", name), state)
    return html.A([glyph(of), said, html.Span(name, dir="auto")], href=address, className="service-link")


def logs(name: str, lines: Sequence[PatternLine], state: UrlState, zone: tzinfo) -> Any:
    """Patterns of the range, the new ones first."""
    if not lines:
        return empty("no_match", "No log line of this service in this range.")
    rows = [Row(_pattern(name, line, state, zone), lines=[_pattern_line(line)]) for line in lines]
    caption = "Log patterns, new ones first, then the most frequent"
    foot = html.A("Lines over time and each of them", href=href(LOGS, state, service=name))
    return table(PATTERNS, rows, caption=caption, foot=foot, heads=PATTERN_HEADS)


def _pattern_line(line: PatternLine) -> tuple[Plain, ...]:
    return line.pattern, "yes" if line.new else "no", line.severity, line.lines, line.first, line.last


def _pattern(name: str, line: PatternLine, state: UrlState, zone: tzinfo) -> tuple[Any, ...]:
    new: list[Any] = [pills.tag("new"), " "] if line.new else []
    lines = href(LOGS, state, service=name, template=line.template)
    text = html.Span([*new, html.A(html.Code(line.pattern, dir="auto"), href=lines)], className="pattern")
    when = f"{clock(line.first, zone)} – {clock(line.last, zone)}"
    return text, line.severity or "not stated", f"{line.lines:,}".replace(",", THIN), html.Span(when, className="time")


def incidents(lines: Sequence[IncidentLine], state: UrlState, zone: tzinfo) -> Any:
    """Incidents that touched the service, the newest first."""
    if not lines:
        return empty("no_match", "No incident touched this service in this range.")
    rows = [Row(_line(line, state, zone), lines=[_incident_line(line)]) for line in lines]
    return table(INCIDENTS, rows, caption="Incidents, the newest first", heads=INCIDENT_HEADS)


def _incident_line(line: IncidentLine) -> tuple[Plain, ...]:
    lasted_s = (line.resolved_at - line.started_at).total_seconds() if line.resolved_at else None
    return line.incident_id, line.title, line.severity, line.started_at, line.resolved_at, lasted_s


def _line(line: IncidentLine, state: UrlState, zone: tzinfo) -> tuple[Any, ...]:
    pill = pills.incident(line.incident_id, _incident(line.incident_id, state))
    lasted = duration((line.resolved_at - line.started_at).total_seconds()) if line.resolved_at else "open"
    return pill, html.Span(line.title, dir="auto"), line.severity, moment(line.started_at, zone), lasted
