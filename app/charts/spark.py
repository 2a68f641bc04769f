"""Sparks: the distance from expected in widths of the expected band, cut at ±6, one scale for every line.

They are drawn as masks, so that CSS tokens colour them: the same spark is right in light, dark and print.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from app.charts.thin import Floats, Ints, keep, segments, stretches

WIDTH, HEIGHT, CUT = 160, 30, 6.0
_MOST_POINTS = 2 * WIDTH
_PEN = "fill='none' stroke='#000' stroke-linejoin='round' stroke-linecap='round' vector-effect='non-scaling-stroke'"


@dataclass(frozen=True, slots=True)
class Spark:
    """CSS mask images; ``episode`` is empty where nothing left the band."""

    line: str
    episode: str


def spark(seconds: Floats, distance: Floats, marked: npt.NDArray[np.bool_], span_s: float) -> Spark:
    """All of shape (m,): ``seconds`` since the start of the axis, ``distance`` in widths of the band, ``marked`` in
    an episode."""
    chosen = keep(distance, _MOST_POINTS)
    at, far, inside, segment = seconds[chosen], distance[chosen], marked[chosen], segments(seconds)[chosen]
    calm = _path(at, np.where(inside, np.nan, far), segment, span_s)
    loud = _path(at, np.where(_touching(inside), far, np.nan), segment, span_s)
    return Spark(_mask(calm, 1.0), _mask(loud, 1.6) if inside.any() else "")


def _touching(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The episode and one sample on each side, so that its line reaches the calm one."""
    wide = marked.copy()
    wide[:-1] |= marked[1:]
    wide[1:] |= marked[:-1]
    return wide


def _path(seconds: Floats, distance: Floats, segment: Ints, span_s: float) -> str:
    across = np.round(seconds / max(span_s, 1e-9) * WIDTH, 1)
    down = np.round(HEIGHT / 2 - np.clip(distance, -CUT, CUT) * (HEIGHT / 2 - 1) / CUT, 1)
    return "".join(_stretch(across[part], down[part]) for part in stretches(segment, distance))


def _stretch(across: Floats, down: Floats) -> str:
    points = [f"{x:g} {y:g}" for x, y in zip(across.tolist(), down.tolist(), strict=True)]
    return f"M{points[0]}L{' '.join(points[1:])}" if len(points) > 1 else f"M{points[0]}h.1"


def _mask(path: str, pen: float) -> str:
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
        f"<path d='{path}' stroke-width='{pen:g}' {_PEN}/></svg>"
    )
    return f'url("data:image/svg+xml,{quote(svg, safe=_SAFE)}")'


_SAFE = " ='/:;,.-+()"
