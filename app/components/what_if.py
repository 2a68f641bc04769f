"""What another value would have done, said as it is typed: assets/whatif.js reads the curve, nobody is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dash import html


def what_if(now: str, curve: Mapping[str, Any]) -> html.Div:
    """``now`` says what holds. Stands in the same form or section as the field whose number is tried."""
    given: dict[str, Any] = {"data-what-if": json.dumps(dict(curve))}
    live: dict[str, Any] = {"aria-live": "polite"}
    return html.Div([html.P(now), html.P(className="what-if-then", **live)], className="what-if", **given)
