"""The head of a page: its only h1, the small line below it, and the range or the actions at the right."""

from __future__ import annotations

from typing import Any

from dash import html


def page_header(title: Any, small: Any = "", actions: Any = ()) -> html.Div:
    """``title`` is the h1, ``small`` one line below it, ``actions`` controls at the right."""
    words = html.Div([html.H1(title, id="page-title"), html.P(small, className="small-line")], className="page-words")
    return html.Div([words, html.Div(actions, className="actions")], className="page-header")
