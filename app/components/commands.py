"""Commands to be copied into a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from app.components.controls import button


def commands(lines: Sequence[tuple[str, str]]) -> html.Ul:
    """What each does, the command, and a button that copies it."""
    return html.Ul([_line(words, command) for words, command in lines], className="commands")


def _line(words: str, command: str) -> html.Li:
    given: dict[str, Any] = {"data-act": "copy-text", "data-text": command, "aria-label": f"Copy the command: {words}"}
    return html.Li([html.Span(words), html.Code(command, dir="ltr"), button("Copy", **given)])
