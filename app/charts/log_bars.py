"""Log lines over time: one bar per bucket, stacked by level, the loudest at the foot where it can be compared."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from app.charts import tokens
from app.charts.ticks import time_ticks
from app.usecases.logs_view import LEVEL_WORDS, LEVELS, Bars

HEIGHT: Final = 150
MARGIN: Final = {"l": 52, "r": 16, "t": 10, "b": 24, "pad": 0}
NARROW_MARGIN: Final = {**MARGIN, "l": 40, "r": 8}
PLOT_PX, NARROW_PX = 1100, 320
PX_PER_TICK: Final = 110
#: (colour, opacity) of each level.
COLOURS: Final[dict[str, tuple[str, float]]] = {
    "error": (tokens.CRITICAL, 1.0),
    "warn": (tokens.DEGRADED, 0.85),
    "info": (tokens.SERVICE, 0.55),
    "debug": (tokens.NODATA, 0.5),
    "none": (tokens.NODATA, 0.3),
}


def figure(bars: Bars, zone: tzinfo = UTC, chosen: Collection[str] = ()) -> dict[str, Any]:
    """A plotly figure as plain data; of ``chosen`` levels only where some are."""
    shown = [level for level in LEVELS if (not chosen or level in chosen) and bars.total(level)]
    layout: dict[str, Any] = {
        "template": tokens.template(),
        "height": HEIGHT,
        "margin": MARGIN,
        "barmode": "stack",
        "bargap": 0.12,
        "xaxis": _time_axis(bars, zone, PLOT_PX),
        "yaxis": {"rangemode": "tozero", "nticks": 4, "fixedrange": True, "tickformat": "~s"},
        "shapes": _unread(bars),
        "meta": {"wide": _fitted(bars, zone, PLOT_PX, "zoom"), "narrow": _fitted(bars, zone, NARROW_PX, False)},
    }
    return {"data": [_trace(bars, level, zone) for level in shown], "layout": layout}


def _fitted(bars: Bars, zone: tzinfo, plot_px: int, dragmode: str | bool) -> dict[str, Any]:
    """What `Plotly.relayout` needs for a wide screen or a phone, where a finger scrolls the page."""
    ticks = _time_axis(bars, zone, plot_px)
    margin = MARGIN if dragmode else NARROW_MARGIN
    told = {f"xaxis.{name}": ticks[name] for name in ("tickvals", "ticktext")}
    return {"height": HEIGHT, "margin": margin, "dragmode": dragmode, **told}


def _time_axis(bars: Bars, zone: tzinfo, plot_px: int) -> dict[str, Any]:
    ticks = time_ticks(bars.span.start, bars.span.end, zone, most=max(3, plot_px // PX_PER_TICK))
    at = {"tickvals": [_ms(tick.at) for tick in ticks], "ticktext": [tick.text for tick in ticks]}
    return {"range": [_ms(bars.span.start), _ms(bars.span.end)], "tickmode": "array", **at}


def _trace(bars: Bars, level: str, zone: tzinfo) -> dict[str, Any]:
    colour, opacity = COLOURS[level]
    half_ms, counts = bars.width_s * 500, bars.levels[level]
    filled = [i for i, n in enumerate(counts) if n]
    return {
        "type": "bar",
        "x": [_ms(bars.starts[i]) + half_ms for i in filled],
        "y": [counts[i] for i in filled],
        "width": bars.width_s * 1000,
        "marker": {"color": colour, "line": {"width": 0}},
        "opacity": opacity,
        "name": LEVEL_WORDS[level],
        "customdata": [_clock(bars.starts[i], zone) for i in filled],
        "hovertemplate": "%{y:,} " + LEVEL_WORDS[level].lower() + ", from %{customdata}<extra></extra>",
    }


def _unread(bars: Bars) -> list[dict[str, Any]]:
    """What was not read when time was up is veiled."""
    if bars.read_from is None:
        return []
    place = {"x0": _ms(bars.span.start), "x1": _ms(bars.read_from), "y0": 0, "y1": 1, "yref": "paper"}
    return [{"type": "rect", **place, "fillcolor": tokens.VEIL, "opacity": 0.6, "line": {"width": 0}}]


def _clock(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %H:%M:%S}"


def _ms(at: datetime) -> float:
    return at.timestamp() * 1000
