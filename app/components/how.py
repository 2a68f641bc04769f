"""How a figure was made, one click away from it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html


def how(text: str | Sequence[str], label: str = "How?") -> html.Details:
    """A word that opens the definition; a sequence becomes paragraphs."""
    paragraphs = [text] if isinstance(text, str) else list(text)
    body = html.Div([html.P(paragraph) for paragraph in paragraphs], className="how-body")
    return html.Details([html.Summary(label), body], className="how")
