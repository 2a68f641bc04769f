"""What is asked for, above the figure: a text, a service, levels with their counts, and whatever else narrows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc, html

from app.components.glyph import HIDDEN
from app.format import grouped
from app.usecases.logs_view import LEVEL_WORDS, LEVELS, Bars
from pages.logs.asked import LogsAsked

HELP: Final = "Part of a line, or a regular expression between slashes"
MOST_SHOWN: Final = 80
MOST_SERVICES: Final = 200


def bar(asked: LogsAsked, services: Sequence[str], bars: Bars, template: str) -> html.Div:
    """All controls; each is part of the address."""
    parts = [_search(asked), *_services(asked, services), _levels(asked, bars), *_chosen(asked, template)]
    if asked.narrowed:
        parts.append(html.A("All lines", href=asked.all_lines(), className="logs-clear"))
    return html.Div(parts, className="logs-bar")


def _search(asked: LogsAsked) -> html.Form:
    named: dict[str, Any] = {"data-logs": "search", "role": "search"}
    label = html.Label("Look for", htmlFor="logs-text", className="sr-only")
    field = dcc.Input(
        id="logs-text", type="text", value=asked.get("text"), placeholder=HELP, className="field", autoComplete="off",
        spellCheck="false", maxLength=200,
    )  # fmt: skip
    return html.Form([label, field, html.Button("Search", type="submit", className="button")], **named)


def _services(asked: LogsAsked, services: Sequence[str]) -> list[html.Details]:
    chosen = asked.get("service")
    if len(services) < 2 and not chosen:
        return []
    named = services if chosen in services or not chosen else [chosen, *services]
    options = [("All services", None), *((name, name) for name in named[:MOST_SERVICES])]
    links: list[Any] = [_service(words, asked.with_filter(service=name), (name or "") == chosen)
                        for words, name in options]  # fmt: skip
    if len(named) > MOST_SERVICES:
        links.append(html.Span(f"{grouped(len(named) - MOST_SERVICES)} more: search (/) finds them", className="meta"))
    body = html.Div(
        html.Ul([html.Li(link) for link in links], className="choices"),
        className="popover-body popover-narrow service-list",
    )
    shown = html.Span(_short(chosen) or "All services", dir="auto", className="metric-now", title=chosen)
    summary = html.Summary([shown, html.Span(className="chevron", **HIDDEN)])
    return [html.Details([summary, body], className="popover logs-services")]


def _service(words: str, address: str, chosen: bool) -> html.A:
    current: dict[str, Any] = {"aria-current": "true"} if chosen else {}
    return html.A(words, href=address, dir="auto", **current)


def _levels(asked: LogsAsked, bars: Bars) -> html.Nav:
    """Each a switch; without any all levels are shown."""
    named: dict[str, Any] = {"aria-label": "Levels"}
    shown = [level for level in LEVELS if bars.total(level) or level in asked.levels]
    return html.Nav([_level(asked, level, bars.total(level)) for level in shown], className="logs-levels", **named)


def _level(asked: LogsAsked, level: str, n: int) -> html.A:
    words: list[Any] = [html.Span(className=f"logs-swatch logs-{level}", **HIDDEN), LEVEL_WORDS[level], " "]
    count = html.Span(grouped(n), className="muted")
    on = level in asked.levels
    said: dict[str, Any] = {"aria-current": "true"} if on else {}
    title = (
        "Show all levels again" if on and len(asked.levels) == 1 else "Leave out" if on else "Show only chosen levels"
    )
    return html.A([*words, count], href=asked.toggled(level), className="chip chip-link", title=title, **said)


def _chosen(asked: LogsAsked, template: str) -> list[html.Div]:
    """Filters that have no control of their own, with the way out of each."""
    found = []
    if asked.get("template"):
        found.append(_narrowing("Template", template or "unknown", asked.with_filter(template=None)))
    if asked.get("field") and asked.get("value"):
        found.append(_narrowing(asked.get("field"), asked.get("value"), asked.with_filter(field=None, value=None)))
    return found


def _narrowing(name: str, text: str, without: str) -> html.Div:
    away: dict[str, Any] = {"aria-label": f"Without this: {_short(name)}"}
    shown = html.Code(_short(text), dir="auto", title=text)
    return html.Div(
        [html.Span(_short(name), className="muted", dir="auto"), shown, html.A("×", href=without, **away)],
        className="chip logs-narrowing",
    )


def _short(text: str) -> str:
    return f"{text[: MOST_SHOWN - 1]}…" if len(text) > MOST_SHOWN else text
