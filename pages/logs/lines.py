"""Log lines as text: whatever stands in them is shown, never run."""

from __future__ import annotations

from typing import Any, Final

from dash import html

from app.components import cards
from app.components.controls import button, link_button
from app.components.empty import empty
from app.format import clock, count, grouped, moment
from app.usecases.logs import MOST_AROUND, MOST_CSV, PAGE_LINES
from app.usecases.logs_view import LEVELS, LinesView, LineView
from pages.logs.asked import LogsAsked

_LEVEL_OF: Final = {name: level for level, names in LEVELS.items() for name in names}


def card(asked: LogsAsked, view: LinesView) -> html.Section:
    """A page of lines with the ways to older and newer ones."""
    if not view.lines:
        return cards.card("Lines", None, [_nothing(asked, view)], flush=True)
    small = f"newest first, {PAGE_LINES} at a time; a time opens what stands around its line"
    foot = html.Div([_turning(asked, view), _taking(asked, view)], className="figure-foot logs-foot")
    return cards.card("Lines", small, [_list(asked, view), *_stopped(asked, view), foot], flush=True, id="logs-lines")


def context_card(asked: LogsAsked, view: LinesView) -> html.Section:
    """The chosen line between those before and after it, and what else it says."""
    chosen = next(line for line in view.lines if line.chosen)
    whose = "all services" if asked.get("all") or not chosen.service else chosen.service
    small = html.Span([moment(chosen.at, asked.zone), ", lines of ", html.Span(whose, dir="auto")])
    foot = html.Div([_wider(asked, chosen), _copy(view)], className="figure-foot logs-foot")
    parts = [_list(asked, view), *_fields(asked, chosen), foot]
    return cards.card("A line and what stands around it", small, parts, flush=True, id="logs-context")


def _list(asked: LogsAsked, view: LinesView) -> html.Ol:
    # A box that scrolls must be reachable by keyboard, and what is reached must have a name.
    return html.Ol([_line(asked, line) for line in view.lines], className="log-lines")


def _line(asked: LogsAsked, line: LineView) -> html.Li:
    at = html.Time(clock(line.at, asked.zone) + f".{line.at.microsecond // 1000:03d}", dateTime=line.at.isoformat())
    link = html.A(at, href=asked.to_line(line.id), className="time", title="Open this line")
    level = html.Span(line.severity or "no level", className=f"log-level log-{_LEVEL_OF.get(line.severity, 'none')}")
    service = html.Span(line.service or "no service", className="log-service clip", dir="auto", title=line.service)
    more = [html.Span(f" … {grouped(line.cut)} more characters", className="muted")] if line.cut else []
    text = html.Code([line.message or "(empty)", *more], dir="auto", className="log-text")
    current: dict[str, Any] = {"aria-current": "true"} if line.chosen else {}
    return html.Li([link, level, service, text], className="log-line", **current)


def _nothing(asked: LogsAsked, view: LinesView) -> Any:
    if view.stopped_at is not None:
        return html.Div([empty("no_match", "Nothing was found yet."), *_stopped(asked, view)])
    if asked.get("before") or asked.get("after"):
        return empty("no_match", "No more lines there.", link_button("The newest lines", asked.with_filter()))
    words = "No line fits these filters." if asked.narrowed else "No line in this range."
    return empty("no_match", words)


def _stopped(asked: LogsAsked, view: LinesView) -> list[html.P]:
    if view.stopped_at is None:
        return []
    words = f"Time was up: lines were read back to {moment(view.stopped_at, asked.zone)}. "
    on = html.A("Look further back", href=asked.ranged(asked.span.start, view.stopped_at))
    return [html.P([words, on], className="meta logs-stopped", role="status")]


def _turning(asked: LogsAsked, view: LinesView) -> html.Span:
    links = []
    if view.newer:
        links += [
            link_button("Newest", asked.at(before=None, after=None)),
            link_button("Newer", asked.at(after=view.newer, before=None)),
        ]
    if view.older:
        links.append(link_button("Older", asked.at(before=view.older, after=None)))
    return html.Span(links, className="logs-turning")


def _taking(asked: LogsAsked, view: LinesView) -> html.Span:
    words = f"Up to {grouped(MOST_CSV)} lines of these filters, the newest first"
    return html.Span([_copy(view), html.A("CSV", href=asked.csv(), download="log-lines.csv", title=words)],
                     className="logs-taking")  # fmt: skip


def _copy(view: LinesView) -> html.Button:
    text = "\n".join(f"{line.at.isoformat()} {line.severity} {line.service} {line.message}" for line in view.lines)
    given: dict[str, Any] = {"data-act": "copy-text", "data-text": text}
    return button(f"Copy {count(len(view.lines), 'line')}", **given)


def _wider(asked: LogsAsked, chosen: LineView) -> html.Span:
    back = asked.at(line=None, rows=None, all=None)
    links = [link_button("Back to all lines", back)]
    if asked.rows < MOST_AROUND:
        links.append(link_button("More around it", asked.at(rows=str(min(4 * asked.rows, MOST_AROUND)))))
    if chosen.service:
        words, everywhere = ("Lines of its service", None) if asked.get("all") else ("Lines of all services", "1")
        links.append(link_button(words, asked.at(all=everywhere)))
    return html.Span(links, className="logs-turning")


def _fields(asked: LogsAsked, line: LineView) -> list[Any]:
    """What else the line says; each value leads to the lines that say the same."""
    if not line.fields:
        return []
    rows = [_field(asked, name, text) for name, text in line.fields]
    return [html.Div([html.H3("What else the line says"), html.Dl(rows)], className="log-fields")]


def _field(asked: LogsAsked, name: str, text: str) -> html.Div:
    same = asked.with_filter(field=name, value=text, tab=None)
    short = len(text) <= MOST_VALUE and len(name) <= MOST_VALUE
    value: Any = html.A(text, href=same, title="Lines that say the same") if short and text else text or "(empty)"
    return html.Div([html.Dt(name, dir="auto"), html.Dd(html.Code(value, dir="auto"))])


MOST_VALUE: Final = 200  # what an address keeps of a text
