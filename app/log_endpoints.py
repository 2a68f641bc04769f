"""An address of the page Logs that is no page: the lines it shows go out as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from flask import Flask, Response, request

from app import csvs
from app.components.sheet import stamp
from app.context import current, page_range
from app.urlstate import read
from app.usecases import logs
from app.usecases.incident_view import Span

LINES: Final = "/logs.csv"
COLUMNS: Final = ("time", "service", "level", "message", "attributes")


def register(server: Flask) -> None:
    """Add it to ``server``."""
    server.add_url_rule(LINES, "log-lines", log_lines)


def log_lines() -> Response:
    """The lines that the query asks for, the newest first, at most `logs.MOST_CSV` of them."""
    return csvs.download("log-lines.csv", COLUMNS, _asked(request.args))


def _asked(query: Any) -> Iterator[tuple[str, ...]]:
    state = read(query)
    with current().store.snapshot() as snap:
        shown = page_range(snap, query)
        some = logs.asked_filter(snap, state.extra)
        for line in logs.every_line(snap, some, Span(shown.start, shown.end), state.extra.get("before", "")):
            yield stamp(line.key.ts), line.service, line.severity, line.message, line.attributes
