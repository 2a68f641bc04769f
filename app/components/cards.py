"""Cards and tiles."""

from __future__ import annotations

from typing import Any

from dash import html


def card(
    title: Any, small: Any = None, children: Any = None, id: str | None = None, flush: bool = False
) -> html.Section:
    """A panel with a title at the left and a small line at the right; ``flush`` lets tables reach its edges."""
    head = html.Div([html.H2(title), html.Div(small, className="card-small")], className="card-head")
    parts = [head] if title else []
    body = html.Div(children, className="card-flush" if flush else "card-body")
    return html.Section([*parts, body], className="card", **_identified(id))


def tile(label: Any, number: Any, beside: Any = "", below: Any = "") -> html.Div:
    """One figure: its name, the number, what it is of, and a line on when or how many."""
    figure = html.P([html.Span(number, className="tile-number"), html.Span(beside, className="tile-beside")])
    return html.Div(
        [html.P(label, className="tile-label"), figure, html.P(below, className="tile-below")], className="card tile"
    )


def tiles(children: Any) -> html.Div:
    """A row of tiles of equal width, two a row on a phone."""
    return html.Div(children, className="tiles")


def _identified(id: str | None) -> dict[str, Any]:
    return {"id": id} if id else {}
