"""A state as sign, word and colour together."""

from __future__ import annotations

from typing import Final, Literal

from dash import html

from app.components.glyph import glyph

State = Literal["ok", "degraded", "critical", "nodata"]
WORDS: Final[dict[str, str]] = {"ok": "Healthy", "degraded": "Degraded", "critical": "Critical", "nodata": "No data"}


def badge(state: State, word: str | None = None) -> html.Span:
    """``■ Critical``; the word of a healthy state stays uncoloured."""
    text = html.Span(word or WORDS[state], className=f"state-word state-{state}")
    return html.Span([glyph(state), text], className="state")
