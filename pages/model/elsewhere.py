"""Where a range holds no prediction: when there were some, and the way there."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from dash import html

from app.components.controls import link_button
from app.components.empty import empty
from app.urlstate import UrlState, again
from app.usecases.incident_view import Span
from app.usecases.model_words import span_words


def nothing(words: str, reach: Span | None, path: str, state: UrlState, zone: tzinfo) -> html.Div:
    """The words, and a link to the range in which predictions were made."""
    if reach is None:
        return empty("no_match", f"{words} None was ever recorded.")
    ends = [f"{at.timestamp() * 1000:.0f}" for at in (reach.start, reach.end)]
    action: Any = link_button("Show them", again(path, state, frm=ends[0], to=ends[1]))
    return empty("no_match", f"{words} They reach from {_reach(reach, zone)}.", action)


def _reach(reach: Span, zone: tzinfo) -> str:
    return span_words(reach, zone).replace(" – ", " to ")
