"""Where lanes stand in a figure: pixels in, plotly domains out, for a wide screen and for a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Geometry:
    """Heights and gutters in pixels, the same as in assets/service.css and assets/health.css.

    ``top`` is what stands above the first lane, of which ``signs`` is the row of events, ``foot`` what stands below the
    last; ``plot_width`` is what is usually left between the gutters, to place labels. ``end_labels`` name line and band
    at their end; ``heights`` are those of lanes that are not all alike.
    """

    lane: int
    gap: int
    top: int = 36
    signs: int = 36
    foot: int = 6
    bottom: int = 32
    left: int = 148
    right: int = 128
    plot_width: int = 940
    tick_labels: bool = True
    end_labels: bool = False
    heights: tuple[int, ...] = ()

    def _lane(self, i: int) -> int:
        return self.heights[i] if self.heights else self.lane

    def height(self, lanes: int) -> int:
        """Pixels of a figure with that many lanes, the row of events above them and the axis below."""
        high = sum(self._lane(i) for i in range(lanes))
        return self.top + high + max(lanes - 1, 0) * self.gap + self.foot + self.bottom

    def domains(self, lanes: int) -> list[tuple[float, float]]:
        """(low, high) of each lane from above, as shares of the height over the axis."""
        whole = self.height(lanes) - self.bottom
        tops = [self.top + sum(self._lane(j) + self.gap for j in range(i)) for i in range(lanes)]
        return [(1 - (top + self._lane(i)) / whole, 1 - top / whole) for i, top in enumerate(tops)]

    def events_domain(self, lanes: int) -> tuple[float, float]:
        """(low, high) of the row of events."""
        whole = self.height(lanes) - self.bottom
        return 1 - self.signs / whole, 1.0

    def relayout(self, lanes: int, annotations: list[dict[str, Any]]) -> dict[str, Any]:
        """What `Plotly.relayout` needs to bring a figure into this geometry."""
        change: dict[str, Any] = {"height": self.height(lanes), "margin": self.margin(), "annotations": annotations}
        for i, domain in enumerate(self.domains(lanes)):
            change[f"{axis_name(i)}.domain"] = list(domain)
            change[f"{axis_name(i)}.showticklabels"] = self.tick_labels
        change["dragmode"] = "zoom" if self.tick_labels else False  # a finger scrolls the page
        change[f"{axis_name(lanes)}.domain"] = list(self.events_domain(lanes))
        return change

    def margin(self) -> dict[str, int]:
        """Plotly's margins: the gutters, nothing above, the axis below."""
        return {"l": self.left, "r": self.right, "t": 0, "b": self.bottom, "pad": 0}


def axis_name(lane: int) -> str:
    """``yaxis``, ``yaxis2``, ...: the key of a lane's axis in a layout."""
    return "yaxis" if lane == 0 else f"yaxis{lane + 1}"


def axis_ref(lane: int) -> str:
    """``y``, ``y2``, ...: how traces and shapes name it."""
    return "y" if lane == 0 else f"y{lane + 1}"


WIDE = Geometry(lane=92, gap=14)
NARROW = Geometry(lane=46, gap=42, top=66, signs=28, bottom=28, left=12, right=12, plot_width=330, tick_labels=False)
APART = Geometry(lane=58, gap=18, top=12, signs=12)
APART_NARROW = Geometry(
    lane=46, gap=42, top=40, signs=4, bottom=28, left=12, right=12, plot_width=330, tick_labels=False
)
AHEAD = Geometry(lane=220, gap=0)
AHEAD_NARROW = Geometry(
    lane=160, gap=0, top=66, signs=28, bottom=28, left=12, right=12, plot_width=330, tick_labels=False
)
SIDE = Geometry(lane=162, gap=0, top=36, signs=28, bottom=30, left=44, right=62, plot_width=180, end_labels=True)
EPISODE = Geometry(lane=220, gap=0, top=36, signs=28, bottom=30, left=52, right=76, plot_width=480, end_labels=True)
MODEL = Geometry(lane=0, heights=(262, 112), gap=26, left=58, plot_width=1030)
MODEL_NARROW = Geometry(
    lane=0, heights=(150, 80), gap=26, top=44, signs=28, bottom=28, left=12, right=12, plot_width=330, tick_labels=False
)
MODELS = Geometry(lane=0, heights=(238, 84), gap=26, left=58, plot_width=620)
