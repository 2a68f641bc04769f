"""Where each lane of the diptych stands, in pixels from the top: services above the hinge, models below.

One function for the four shapes of the figure: wide or phone, quiet lanes folded or open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.usecases.incident_view import IncidentView, Side

RowKind = Literal["events", "strip", "signal", "share", "drift", "performance"]
EVENTS: RowKind = "events"
BARS_PX, BARS_GAP_PX = 14, 4


@dataclass(frozen=True, slots=True)
class Shape:
    """Heights and gutters in pixels; ``label`` is the line above a lane that a phone needs."""

    left: int
    right: int
    heights: dict[str, int]
    quiet: int
    gap: int
    edge: int
    hinge: int
    label: int = 0


_WIDE = {"events": 52, "strip": 24, "signal": 64, "share": 64, "drift": 64, "performance": 104}
_PHONE = {"events": 30, "strip": 20, "signal": 46, "share": 46, "drift": 46, "performance": 88}
WIDE = Shape(left=148, right=128, heights=_WIDE, quiet=40, gap=14, edge=14, hinge=44)
PHONE = Shape(left=12, right=12, heights=_PHONE, quiet=32, gap=6, edge=8, hinge=44, label=20)


@dataclass(frozen=True, slots=True)
class Row:
    """One lane as drawn. ``top`` and ``height`` bound the drawing; its words, on a phone, start at ``label_top``."""

    key: str
    kind: RowKind
    side: Side
    label_top: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Bare:
    """Where a side without a lane to show says so."""

    side: Side
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """All rows from the top, and the hinge between services and models."""

    shape: Shape
    rows: tuple[Row, ...]
    bare: tuple[Bare, ...]
    hinge_top: int
    height: int

    def domain(self, top: int, height: int) -> tuple[float, float]:
        """Pixels as the fractions that plotly counts from the bottom."""
        return (1 - (top + height) / self.height, 1 - top / self.height)


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in a row, before it has a height."""

    key: str
    kind: RowKind
    side: Side
    quiet: bool


def places(view: IncidentView, side: Side) -> Iterator[Place]:
    """The lanes of a side in the order of onset, performance after its inputs, the quiet ones last."""
    lanes = [Place(lane.key, lane.kind, lane.side, lane.quiet) for lane in view.lanes if lane.side == side]
    yield from (place for place in lanes if not place.quiet)
    if side == "model":
        yield from (Place(lane.key, "performance", "model", False) for lane in view.performance)
    yield from (place for place in lanes if place.quiet)


def measure(view: IncidentView, shape: Shape, *, folded: bool) -> Geometry:
    """Stacks the rows; ``folded`` leaves the quiet lanes out."""
    upper, lower = _shown(view, "service", folded), _shown(view, "model", folded)
    rows, top = _stack([Place(EVENTS, EVENTS, "service", False), *upper], shape, shape.edge)
    bare = [] if upper else [Bare("service", top, shape.quiet)]
    hinge_top = top + (0 if upper else shape.quiet + shape.gap)
    below = hinge_top + shape.hinge + shape.gap
    more, end = _stack(lower, shape, below)
    bare += [] if lower else [Bare("model", below, shape.quiet)]
    end += 0 if lower else shape.quiet + shape.gap
    return Geometry(shape, (*rows, *more), tuple(bare), hinge_top, end - shape.gap + shape.edge)


def _shown(view: IncidentView, side: Side, folded: bool) -> list[Place]:
    return [place for place in places(view, side) if not (folded and place.quiet)]


def _stack(shown: list[Place], shape: Shape, top: int) -> tuple[list[Row], int]:
    rows: list[Row] = []
    for place in shown:
        height = shape.quiet if place.quiet else shape.heights[place.kind]
        rows.append(Row(place.key, place.kind, place.side, top, top + shape.label, height))
        top += shape.label + height + shape.gap
    return rows, top


def geometries(view: IncidentView) -> dict[str, dict[str, Geometry]]:
    """``wide`` and ``phone``, each ``folded`` and ``open``."""
    return {
        name: {"folded": measure(view, shape, folded=True), "open": measure(view, shape, folded=False)}
        for name, shape in (("wide", WIDE), ("phone", PHONE))
    }
