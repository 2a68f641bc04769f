"""The view "Ahead" of the Service page: what is expected of a measure after its last sample, and when it runs out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from dash import html

from app.charts import ahead as charts
from app.charts.lane_words import band_words
from app.components.controls import segmented_links
from app.components.empty import empty
from app.components.guess import SETTINGS, guess_link
from app.components.tables import Column, Row, table
from app.format import clock, day, moment, offset, value
from app.urlstate import UrlState, href
from app.usecases import ahead_words
from app.usecases.ahead_view import Ahead
from app.usecases.service_lane import seconds
from app.usecases.words import first_upper
from pages.service.asked import ServiceAsked
from pages.service.figures import UNIT_WORDS
from pages.service.lanes import LaneWords, lanes

OFFER: Final = "What is expected of a measure next, in which range, and when it reaches its limit."
MOST_ROWS: Final = 90
LIMITS: Final = (
    "Limit: what a person stated in Settings; else a percentage ends at 100 %, a share at 1, and what is left at "
    "0, which is a guess. The date is where growth since the last fall reaches it, the interval holds 9 of 10."
)
HEADS: Final = ("Time (UTC)", "Expected", "Range from", "Range to")
FEWEST_DRAWN: Final = 2


def horizons(asked: ServiceAsked, found: Ahead) -> Any:
    """How far to look, as the history allows; nothing where it allows none."""
    texts = [(ahead_words.address(s), ahead_words.span(s)) for s in found.choices_s]
    options = [(text, words, asked.at(ahead=text)) for text, words in texts]
    return segmented_links("How far ahead", options, ahead_words.address(found.horizon_s)) if options else ""


def said(asked: ServiceAsked, found: Ahead, oldest: Any, stated: str) -> html.Div:
    """What is to be known, the most urgent first; ``stated`` says where a stated limit came from."""
    urgent = [html.P([html.Strong(one.sentence), *_whose(found, one.limit, stated)]) for one in found.run_outs]
    plain = [] if _is_bare(found) else [html.P(found.sentence if urgent else html.Strong(found.sentence))]
    tested = [html.P(found.tested, className="meta")] if found.tested else []
    parts = [*urgent, *plain, *tested, *_no_limit(found), *_longer(asked, found, oldest)]
    return html.Div(parts, className="ahead-said")


def _is_bare(found: Ahead) -> bool:
    """Whether there is not even a line to draw: the sentence stands in its place."""
    return len(found.lane.ts) < FEWEST_DRAWN


def _no_limit(found: Ahead) -> list[html.P]:
    """Of what fills up and has no known limit, that one can be stated."""
    if not found.no_limit or _is_bare(found):
        return []
    return [html.P([found.no_limit, " ", guess_link(found.metric, "State it"), "."], className="meta")]


def _whose(found: Ahead, limit: Any, stated: str) -> list[Any]:
    """Where a limit comes from."""
    if limit is None:
        return []
    if limit.guessed:
        return [f" The limit is a guess, for {limit.why}: ", guess_link(found.metric, "state it"), "."]
    address = href(SETTINGS, UrlState(), section="metrics", edit=found.metric)
    return [" The limit is ", html.A("stated", href=address), ": ", html.Span(stated, dir="auto"), "."]


def _longer(asked: ServiceAsked, found: Ahead, oldest: Any) -> list[Any]:
    """What a longer look would need, with a link where there are records that far back."""
    if found.enough_s is None or found.last is None:
        return []
    start = found.last.timestamp() - 1.05 * found.enough_s
    link: list[Any] = []
    if oldest is not None and oldest.timestamp() <= start:
        address = asked.at(frm=str(round(start * 1000)), to=str(round(asked.shown.end.timestamp() * 1000)))
        link = [" ", html.A("Show that much", href=address), "."]
    return [html.P([found.enough, *link], className="meta")]


def figure(asked: ServiceAsked, found: Ahead) -> Any:
    """The figure with its words, or why there is none."""
    if _is_bare(found):
        return empty("too_little", found.sentence)
    zone, unit = asked.zone, found.lane.unit
    span = charts.drawn_span(found)
    last = float(found.lane.value[-1])
    low, high = (float(each[-1]) if len(each) else np.nan for each in (found.lower, found.upper))
    far = charts.out_of_sight(found)
    guessed = guess_link(found.lane.guessed, "guessed") if found.lane.guessed and not far else None
    words = LaneWords(
        found.lane.side,
        first_upper(found.lane.measure),
        far or UNIT_WORDS.get(unit, unit),
        value(last, unit),
        band_words(low, high, unit).replace("expected", "then"),
        guessed=guessed,
    )
    at = f"last, {clock(found.last, zone)}" if found.last else ""
    drawn = charts.figure(found, zone)
    whole = " ".join([*(one.sentence for one in found.run_outs), found.sentence])
    zone_words = f"{offset(span.start, zone)}, {day(span.start, zone)}"
    return lanes("service-ahead", "lanes-ahead", drawn, [words], zone_words, at, f"{found.lane.name}: {whole}")


def as_table(asked: ServiceAsked, found: Ahead) -> Any:
    """What is expected, as rows."""
    if not len(found.ts):
        return empty("too_little", found.sentence)
    chosen = np.unique(np.linspace(0, len(found.ts) - 1, min(MOST_ROWS, len(found.ts))).astype(int))
    columns = [Column("Time", 200), Column("Expected", numeric=True), Column("Range from", numeric=True),
               Column("Range to", numeric=True)]  # fmt: skip
    unit = f" ({found.lane.unit})" if found.lane.unit else ""
    heads = [HEADS[0], *(f"{head}{unit}" for head in HEADS[1:])]
    paths = list(zip(found.expected.tolist(), found.lower.tolist(), found.upper.tolist(), strict=True))
    digits = max(ahead_words.digits_of(paths[i], found.lane.unit) for i in chosen)
    rows = [_row(asked, found, int(i), digits) for i in chosen]
    return table(columns, rows, caption=f"What is expected of {found.lane.measure}", heads=heads)


def _row(asked: ServiceAsked, found: Ahead, i: int, digits: int) -> Row:
    at = datetime.fromtimestamp(float(seconds(found.ts[i : i + 1])[0]), UTC)
    figures = [float(each[i]) for each in (found.expected, found.lower, found.upper)]
    texts = [value(x, found.lane.unit, digits) for x in figures]
    return Row([moment(at, asked.zone), *texts], lines=[[at, *figures]])


def notes(found: Ahead) -> list[html.Div]:
    """What must be known of the history, and how much of it is drawn."""
    drawn = charts.drawn_span(found)
    cut = found.last is not None and len(found.lane.ts) and seconds(found.lane.ts)[0] < drawn.start.timestamp()
    shown_s = (found.last - drawn.start).total_seconds() if found.last else 0.0
    said = [*found.notes, *([f"Drawn of it: the last {ahead_words.span(shown_s)}."] if cut else [])]
    lines = [html.P(note, className="meta", dir="auto") for note in said]
    return [html.Div(lines, className="ahead-notes")] if lines else []
