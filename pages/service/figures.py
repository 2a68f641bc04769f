"""The figures of the Service page with the words beside them, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

import numpy as np
from dash import html

from app.charts import as_rows, decomposition, signals
from app.charts.lane_words import band_words
from app.components.empty import empty
from app.components.guess import guess_link
from app.components.tables import Column, Row, table
from app.format import change, clock, day, offset, value
from app.usecases.incident_view import Span
from app.usecases.service_lane import ChartLane
from app.usecases.service_view import Apart, ServiceView
from app.usecases.words import first_upper
from pages.service.lanes import LaneWords, lanes

SUM: Final = "observed = trend + season + remainder; the remainder is what is judged"
APART: Final = "Taken apart, a measure shows its slow trend, what repeats, and the rest, which is what is judged."
UNITS: Final = {"share": "share", "ms": "milliseconds", "s": "seconds", "/s": "per second", "1/s": "per second"}
UNIT_WORDS: Final = {**UNITS, "bool": "answers or not", "bytes": "bytes", "score": "", "": "", "1": ""}


def signal_lanes(view: ServiceView, zone: tzinfo, pick: Any) -> Any:
    """The lanes of a service; ``pick(key)`` is the address that takes a lane apart."""
    if not view.lanes:
        return empty("no_match", "Nothing was measured in this range.")
    figure = signals.figure(view.lanes, view.events, view.span, zone)
    words = [_lane_words(lane, pick(lane.key), lane.key == view.chosen) for lane in view.lanes]
    said = f"{view.name}: {'; '.join(_said(lane, zone) for lane in view.lanes)}."
    return lanes("service-lanes", "lanes-signals", figure, words, _zone(view.span, zone), _at(view.lanes, zone), said)


def _lane_words(lane: ChartLane, href: str, chosen: bool) -> LaneWords:
    last = _last(lane)
    now, low, high = (float(column[last]) if last >= 0 else np.nan for column in (lane.value, lane.lower, lane.upper))
    words = band_words(low, high, lane.unit)
    unit = UNIT_WORDS.get(lane.unit, lane.unit)
    guessed = guess_link(lane.guessed, "guessed") if lane.guessed else None
    return LaneWords(lane.side, first_upper(lane.measure), unit, value(now, lane.unit), words, href, chosen, guessed)


def _last(lane: ChartLane) -> int:
    seen = np.flatnonzero(np.isfinite(lane.value))
    return int(seen[-1]) if len(seen) else -1


def _said(lane: ChartLane, zone: tzinfo) -> str:
    worst = [f"{value(e.peak, lane.unit)} at {clock(e.peak_at, zone)}" for e in lane.episodes]
    return f"{lane.measure} {', '.join(worst)}" if worst else f"{lane.measure} inside what is expected"


def _zone(span: Span, zone: tzinfo) -> str:
    return f"{offset(span.start, zone)}, {day(span.start, zone)}"


def _at(found: Sequence[ChartLane], zone: tzinfo) -> str:
    last = [as_rows.moment(lane, _last(lane)) for lane in found if _last(lane) >= 0]
    return f"values at {clock(max(last), zone)}" if last else ""


def apart_lanes(apart: Apart, span: Span, zone: tzinfo) -> html.Div:
    """The four lanes of a signal taken apart, with their values at its worst moment."""
    figure = decomposition.figure(apart, span, zone)
    unit, i = apart.lane.unit, int(np.searchsorted(apart.lane.ts, np.datetime64(apart.at.replace(tzinfo=None), "us")))
    columns = (apart.lane.value, apart.trend, apart.season, apart.remainder)
    observed, trend, season, rest = (float(column[i]) if i < len(column) else np.nan for column in columns)
    when = f"at {clock(apart.at, zone)}"
    side = apart.lane.side
    words = [
        LaneWords(side, "Observed", apart.lane.measure, value(observed, unit), when),
        LaneWords(side, "Trend", apart.trend_words, value(trend, unit), when),
        LaneWords(side, "Season", apart.season_words, change(season, unit), when),
        LaneWords(side, "Remainder", "what is judged", change(rest, unit), f"usual ± {value(apart.spread, unit)}"),
    ]
    said = f"{apart.lane.name}, {apart.lane.measure} taken apart {when}: " + ", ".join(
        f"{one.name.lower()} {one.value}" for one in words
    )
    return lanes("service-apart", "lanes-apart", figure, words, _zone(span, zone), when, said)


def as_table(view: ServiceView, zone: tzinfo) -> Any:
    """The lanes as rows."""
    if not view.lanes:
        return empty("no_match", "Nothing was measured in this range.")
    columns = [Column(head, numeric=i > 0) for i, head in enumerate(as_rows.heads(view.lanes))]
    cells = zip(as_rows.rows(view.lanes, zone), as_rows.lines(view.lanes), strict=True)
    rows = [Row(row, lines=[line]) for row, line in cells]
    return table(columns, rows, caption=f"Measures of {view.name}", heads=as_rows.csv_heads(view.lanes))
