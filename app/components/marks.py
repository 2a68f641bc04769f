"""The way to a new mark on a page's subject."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from dash import html

from app.components.controls import link_button


def mark_link(kind: Literal["service", "model", "incident"], subject: str) -> html.A:
    """Leads to the form; assets/marks.js adds the time of the cursor and the way back. Key m."""
    address = f"/mark?{urlencode({'kind': kind, 'subject': subject})}"
    keyed: dict[str, Any] = {"data-mark": "new", "data-key": "m"}
    return link_button("Add mark", address, title="Add mark (m)", **keyed)
