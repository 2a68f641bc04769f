"""Colours, event signs and the plotly template of every figure.

Figures are always built with the light values below: a light value is the *name* of a token. ``assets/charts.css``,
made from this table by ``python -m app.charts.tokens``, tells the browser to paint each with the CSS variable of
the same token, so a figure follows the theme (and turns light on paper) without a redraw and without the server.
Use only these constants in figures, with opacity given apart (``opacity=``, or :func:`rgba`).
"""

from __future__ import annotations

import re
from typing import Any, Final

BACKGROUND: Final = "#F6F7F9"
SURFACE: Final = "#FFFFFF"
LINE: Final = "#DDE2E8"
TEXT: Final = "#18202B"
MUTED: Final = "#56606E"
ACCENT: Final = "#2B59C3"
SERVICE: Final = "#2F52CD"
MODEL: Final = "#672078"
OK: Final = "#0977A9"
DEGRADED: Final = "#B85A0A"
CRITICAL: Final = "#9B0A2A"
NODATA: Final = "#60656E"
SERIES_1: Final = "#D9660F"
SERIES_2: Final = "#0B8F73"
SERIES_3: Final = "#4D5666"
BAND: Final = "#DCE0E7"
SELECTION: Final = "#E6ECFA"
VEIL: Final = "#E4E8EE"

#: CSS variable -> (light, dark).
TOKENS: Final[dict[str, tuple[str, str]]] = {
    "background": (BACKGROUND, "#0E1318"),
    "surface": (SURFACE, "#161C23"),
    "line": (LINE, "#2A343F"),
    "text": (TEXT, "#E4E9EF"),
    "muted": (MUTED, "#9AA5B2"),
    "accent": (ACCENT, "#82A8FF"),
    "service": (SERVICE, "#5B8CFF"),
    "model": (MODEL, "#CD66D3"),
    "ok": (OK, "#5AD8BE"),
    "degraded": (DEGRADED, "#F8C84C"),
    "critical": (CRITICAL, "#F9584C"),
    "nodata": (NODATA, "#8A929E"),
    "series-1": (SERIES_1, "#FB9326"),
    "series-2": (SERIES_2, "#88EDD8"),
    "series-3": (SERIES_3, "#8A929E"),
    "band": (BAND, "#303A46"),
    "selection": (SELECTION, "#1B2640"),
    "veil": (VEIL, "#0E1318"),
}

FONT: Final = "Inter, system-ui, sans-serif"
SIDE: Final[dict[str, str]] = {"service": SERVICE, "model": MODEL}
STATE: Final[dict[str, str]] = {"ok": OK, "degraded": DEGRADED, "critical": CRITICAL, "nodata": NODATA}
#: One plotly symbol and colour per kind of event, the same signs as ``app.components.glyph``.
EVENT: Final[dict[str, tuple[str, str]]] = {
    "alert": ("triangle-up", DEGRADED),
    "deploy": ("triangle-down", MUTED),
    "change": ("diamond", MUTED),
    "note": ("circle", TEXT),
    "fault": ("square", CRITICAL),
    "down": ("square", CRITICAL),
    "recovery": ("circle-open", TEXT),
    "burst": ("line-ns", DEGRADED),
}


def rgb(color: str) -> tuple[int, int, int]:
    """``#RRGGBB`` as three numbers; raises ValueError on anything else."""
    found = re.fullmatch(r"#([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})", color)
    if found is None:
        raise ValueError(f"{color!r} is no #RRGGBB colour")
    red, green, blue = (int(part, 16) for part in found.groups())
    return red, green, blue


def rgba(color: str, opacity: float) -> str:
    """A token with an opacity, for properties that have none of their own."""
    red, green, blue = rgb(color)
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def template() -> dict[str, Any]:
    """The plotly template of all figures: no legend, no frame, quiet grid, our font, transparent paper."""
    axis = {
        "gridcolor": LINE,
        "linecolor": LINE,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 11, "color": MUTED},
        "title": {"font": {"size": 11, "color": MUTED}},
        "automargin": False,
    }
    layout = {
        "font": {"family": FONT, "size": 12, "color": TEXT},
        "paper_bgcolor": rgba(SURFACE, 0),
        "plot_bgcolor": rgba(SURFACE, 0),
        "showlegend": False,
        "colorway": [SERVICE, SERIES_1, SERIES_2, SERIES_3],
        "margin": {"l": 44, "r": 16, "t": 8, "b": 24, "pad": 0},
        "xaxis": {**axis, "type": "date", "showgrid": False},
        "yaxis": axis,
        "hovermode": "x",
        "hoverlabel": {"bgcolor": SURFACE, "bordercolor": LINE, "font": {"family": FONT, "size": 12, "color": TEXT}},
        "dragmode": "zoom",
        "uirevision": "keep",
    }
    return {"layout": layout}


#: ``dcc.Graph(config=CONFIG)`` of every figure.
CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "doubleClick": "reset", "responsive": True, "showTips": False}


def stylesheet() -> str:
    """The text of ``assets/charts.css``: plotly writes ``stroke: rgb(...)``, the variable of that token wins."""
    head = "/* Made by `python -m app.charts.tokens`; the table is in app/charts/tokens.py. */\n"
    return head + "".join(_rules(name, light) for name, (light, _) in TOKENS.items())


def _rules(name: str, light: str) -> str:
    red, green, blue = rgb(light)
    lines = []
    for prop in ("stroke", "fill"):
        written = f'.js-plotly-plot [style*="{prop}: rgb({red}, {green}, {blue})"]'
        attribute = f'.js-plotly-plot [{prop}="{light}" i]'
        lines.append(f"{written}, {attribute} {{ {prop}: var(--{name}) !important; }}\n")
    return "".join(lines)


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parents[2] / "assets" / "charts.css").write_text(stylesheet(), encoding="utf-8")
