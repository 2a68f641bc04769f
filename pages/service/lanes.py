"""A figure of lanes with the words beside it: names in the left gutter, the values at the cursor in the right one.

The words are text of the page; assets/crosshair.js moves the cursor and writes the values of its moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from app.charts.tokens import CONFIG
from app.components.glyph import HIDDEN


@dataclass(frozen=True, slots=True)
class LaneWords:
    """What stands beside a lane: its name (a link where it can be chosen), what it measures, value and expectation.

    ``guessed`` is the link to where the meaning can be stated, of a lane whose meaning nobody stated.
    """

    side: str
    name: str
    measure: str
    value: str
    expected: str
    href: str = ""
    chosen: bool = False
    guessed: Any = None


def lanes(
    id: str, kind: str, figure: dict[str, Any], words: Sequence[LaneWords], zone_words: str, at_words: str, said: str
) -> html.Div:
    """``kind`` is "lanes-signals" or "lanes-apart": the stylesheet holds the geometry of each in pixels."""
    labels = [_label(one, i) for i, one in enumerate(words)]
    values = [_values(one, i) for i, one in enumerate(words)]
    named: dict[str, Any] = {"aria-label": said}
    config: Any = CONFIG
    graph = dcc.Graph(id=id, figure=figure, config=config)
    drawn = html.Div(graph, className="lanes-graph", role="img", **named)
    axis = [html.Span(zone_words, className="lanes-zone"), html.Span(at_words, className="lanes-at")]
    cursor = html.Div(html.Span(className="lanes-chip"), className="lanes-cursor", hidden=True, **HIDDEN)
    parts = [drawn, *labels, *values, html.Div(axis, className="lanes-axis"), cursor]
    keys: dict[str, Any] = {"aria-label": "Figure; the arrow keys move its cursor"}
    return html.Div(parts, className=f"lanes {kind}", style={"--lanes": len(words)}, tabIndex=0, role="group", **keys)


def _label(one: LaneWords, i: int) -> html.Div:
    name: Any = html.Strong(one.name, dir="auto")
    if one.href:
        current: dict[str, Any] = {"aria-current": "true"} if one.chosen else {}
        name = html.A(name, href=one.href, className="lane-pick", title="Take it apart", **current)
    guessed = [", " if one.measure else "", one.guessed] if one.guessed else []
    measure = html.Span([one.measure, *guessed], className="lane-measure", dir="auto")
    return html.Div([name, measure], className=f"lane-label lane-{one.side}", style={"--i": i})


def _values(one: LaneWords, i: int) -> html.Div:
    value = html.Span(one.value, className="lane-now")
    expected = html.Span(one.expected, className="lane-expected")
    return html.Div([value, expected], className="lane-values", style={"--i": i})
