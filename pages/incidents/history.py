"""What people changed on incidents, each line with its undo."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, Final

from dash import html

from app.components import cards
from app.components.controls import button
from app.format import count, moment
from app.people import signed
from app.shell.acts import act
from app.urlstate import path_of
from app.usecases import history

MOST: Final = 50


def card(store: Any, zone: tzinfo) -> Any:
    """Nothing where nobody has changed anything."""
    lines = history.lines(store, "incident", zone, MOST)
    if not lines:
        return None
    listed = html.Ul([_line(one, zone) for one in lines], className="changes")
    opened = html.Details([html.Summary("Show"), listed], className="more-events", open=len(lines) <= 5)
    return cards.card("What people changed", count(len(lines), "change"), opened, flush=True)


def _line(one: history.Line, zone: tzinfo) -> html.Li:
    number: dict[str, Any] = {"data-change": str(one.change_id), "aria-label": f"Undo the change of {one.subject}"}
    undo = [button("Undo", **act("undo"), **number, **signed())] if one.undo else []
    link = html.A(one.subject, href=path_of("/incident/<id>", one.subject))
    words = html.Span([link, ": ", html.Span(one.words, dir="auto")], className="change-words")
    at = html.Time(moment(one.at, zone, seconds=False), dateTime=one.at.isoformat(), className="meta")
    return html.Li([at, html.Span(one.who, className="change-who", dir="auto"), words, *undo])
