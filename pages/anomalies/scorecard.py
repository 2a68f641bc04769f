"""The detector's scorecard: its precision by the verdicts of people, over time."""

from __future__ import annotations

from typing import Any, Final

from dash import html

from app.components import cards
from app.components.glyph import HIDDEN
from app.components.how import how
from app.format import day
from app.timerange import Resolved
from app.usecases import scorecard
from app.usecases.scorecard import Step

HOW: Final = (
    "Of the episodes that a person judged, the share that was real; expected and not useful ones are false alarms. The "
    "interval is that of Wilson, 95 %. Who judges only what looks wrong sees a better detector than it is.",
)


def card(snap: Any, shown: Resolved) -> html.Section:
    """Over everything that is kept, whatever range is shown."""
    found = scorecard.load(snap, shown.zone)
    head: list[Any] = [html.P(html.Strong(found.headline)), html.P(found.below, className="meta")]
    strip = [html.Ol([_step(one, shown) for one in found.steps], className="precision")] if found.steps else []
    return cards.card("Scorecard", how(HOW), html.Div([*head, *strip], className="stack"))


def _step(one: Step, shown: Resolved) -> html.Li:
    style = {"--share": f"{100 * one.real / one.judged:.0f}%" if one.judged else "0%"}
    kind = "precision-bar" if one.judged else "precision-bar precision-none"
    bar = html.Span(className=kind, style=style, **HIDDEN)
    number = html.Span(f"{one.real}/{one.judged}" if one.judged else "", className="precision-n", **HIDDEN)
    name = html.Span(day(one.start, shown.zone)[4:], className="precision-name", **HIDDEN)
    return html.Li([number, bar, name, html.Span(one.words, className="sr-only")], title=one.words)
