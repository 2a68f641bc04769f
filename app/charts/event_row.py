"""The row of events above lanes: a sign per event, close ones as one with a count, labels where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from app import format
from app.charts import tokens
from app.usecases.incident_view import EventMark, Span

_NEAR_PX = 14.0
_PX_PER_LETTER = 5.9
_SIGN_PX = 10.0
_LONGEST = 34


@dataclass(frozen=True, slots=True)
class Cluster:
    """Events within 14 px of each other; ``drawn`` are those whose signs do not cover each other."""

    events: tuple[EventMark, ...]
    drawn: tuple[EventMark, ...]

    @property
    def at(self) -> datetime:
        """The first event's time."""
        return self.events[0].ts


def clusters(events: Sequence[EventMark], span: Span, width_px: float) -> list[Cluster]:
    """Events inside ``span`` in order of time, joined where their signs would overlap."""
    found: list[list[EventMark]] = []
    near_s = (span.end - span.start).total_seconds() * _NEAR_PX / width_px
    for event in sorted((e for e in events if span.start <= e.ts < span.end), key=lambda e: (e.ts, e.kind)):
        if found and (event.ts - found[-1][-1].ts).total_seconds() <= near_s:
            found[-1].append(event)
        else:
            found.append([event])
    apart = timedelta(seconds=near_s * _SIGN_PX / _NEAR_PX)
    return [Cluster(tuple(group), _spaced(group, apart)) for group in found]


def _spaced(group: Sequence[EventMark], apart: timedelta) -> tuple[EventMark, ...]:
    """From the first on, those that lie at least ``apart`` after the last one taken."""
    taken = [group[0]]
    for event in group[1:]:
        if event.ts - taken[-1].ts >= apart:
            taken.append(event)
    return tuple(taken)


def words(cluster: Cluster, zone: tzinfo) -> str:
    """``shop 1.8`` for one event, ``3 events, 14:06 – 14:09`` for several."""
    if len(cluster.events) == 1:
        return _short(cluster.events[0].title)
    first, last = (format.clock(e.ts, zone, seconds=False) for e in (cluster.events[0], cluster.events[-1]))
    when = first if first == last else f"{first} {format.DASH} {last}"
    return f"{len(cluster.events)} events, {when}"


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"


def labels(found: Sequence[Cluster], span: Span, zone: tzinfo, width_px: float, yaxis: str) -> list[dict[str, Any]]:
    """Annotations beside the signs, to the right or else to the left, left out where neither side has room."""
    placed: list[dict[str, Any]] = []
    taken = -40.0
    places = [_px(cluster.at, span, width_px) for cluster in found]
    ends = [_px(cluster.events[-1].ts, span, width_px) for cluster in found]
    for i, cluster in enumerate(found):
        text = words(cluster, zone)
        need = len(text) * _PX_PER_LETTER + _SIGN_PX
        free_right = (places[i + 1] - _SIGN_PX if i + 1 < len(found) else width_px + 40) - ends[i]
        if need <= free_right:
            placed.append(_label(cluster.events[-1].ts, text, yaxis, 8))
            taken = ends[i] + need
        elif places[i] - need >= taken:
            placed.append(_label(cluster.at, text, yaxis, -8))
            taken = ends[i] + _SIGN_PX
        else:
            taken = ends[i] + _SIGN_PX
    return placed


def _px(at: datetime, span: Span, width_px: float) -> float:
    return (at - span.start) / (span.end - span.start) * width_px


def _label(at: datetime, text: str, yaxis: str, shift: int) -> dict[str, Any]:
    return {
        "x": at.timestamp() * 1000,
        "y": 0.5,
        "xref": "x",
        "yref": yaxis,
        "yanchor": "middle",
        "text": plain(text),
        "showarrow": False,
        "xanchor": "left" if shift > 0 else "right",
        "xshift": shift,
        "font": {"size": 11, "color": tokens.TEXT},
    }


def plain(text: str) -> str:
    """Text from outside, safe where plotly would read a few HTML tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rules(found: Sequence[Cluster], top: float) -> list[dict[str, Any]]:
    """A dotted line at each event from the axis up to ``top`` (share of the height)."""
    pen = {"color": tokens.MUTED, "width": 1, "dash": "dot"}
    return [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": event.ts.timestamp() * 1000,
            "x1": event.ts.timestamp() * 1000,
            "y0": 0,
            "y1": top,
            "line": pen,
            "layer": "above",
            "opacity": 0.7,
        }
        for cluster in found
        for event in cluster.drawn
    ]


def signs(found: Sequence[Cluster], yaxis: str) -> dict[str, Any]:
    """One trace of signs on an axis of its own, 0 to 1."""
    events = [event for cluster in found for event in cluster.drawn]
    looks = [tokens.EVENT.get(event.kind, tokens.EVENT["change"]) for event in events]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [event.ts.timestamp() * 1000 for event in events],
        "y": [0.5] * len(events),
        "yaxis": yaxis,
        "marker": {"symbol": [s for s, _ in looks], "color": [c for _, c in looks], "size": 9, "opacity": 1},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
