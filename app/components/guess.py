"""The mark of a meaning that nobody stated, which leads to where it can be stated."""

from __future__ import annotations

from typing import Final

from dash import html

from app.urlstate import UrlState, href

SETTINGS: Final = "/settings"


def guess_link(metric: str, words: str) -> html.A:
    """``words`` as a link to the form of the metric."""
    title = f"What “{metric[:80]}” measures is guessed from its name. State it in Settings."
    address = href(SETTINGS, UrlState(), section="metrics", edit=metric)
    return html.A(words, href=address, title=title, className="guess")
