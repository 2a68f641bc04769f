"""Small round labels."""

from __future__ import annotations

from typing import Any

from dash import html


def incident(id: str, href: str) -> html.A:
    """The id of an incident, which opens it."""
    return html.A(id, href=href, className="pill pill-link")


def tag(words: Any) -> html.Span:
    """A mark such as "Detection"."""
    return html.Span(words, className="pill")
