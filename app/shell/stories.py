"""The shipped stories with the commands that open them, each in a home of its own."""

from __future__ import annotations

from dash import html

from app.components import cards
from app.components.commands import commands
from app.context import current
from app.usecases import stories
from app.usecases.words import first_upper

WORDS = (
    "Each is a real data set on a clock of its own, so each has a home of its own and is served by a process of its "
    "own. The command fills that home once and says at which address it answers."
)


def card(filled: bool) -> html.Section:
    """``filled`` says whether this store holds records, beside which no story may be put."""
    lines = [(f"{first_upper(one.words)}.", line) for one, line in stories.commands(current().settings.home, filled)]
    return cards.card("Stories to look at", None, [html.P(WORDS, className="meta"), commands(lines)])
