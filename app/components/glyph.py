"""Signs drawn by the stylesheet: a state, a kind of event. The word stands beside, so a reader skips the sign."""

from __future__ import annotations

from typing import Any, Final

from dash import html

HIDDEN: Final[dict[str, Any]] = {"aria-hidden": "true"}
STATES: Final = ("ok", "degraded", "critical", "nodata")
EVENTS: Final = ("alert", "deploy", "change", "note", "fault", "down", "recovery", "burst")


def glyph(kind: str) -> html.Span:
    """The sign of a state or of a kind of event; an unknown kind is drawn as a change."""
    known = kind if kind in STATES + EVENTS else "change"
    return html.Span(className=f"glyph glyph-{known}", **HIDDEN)
