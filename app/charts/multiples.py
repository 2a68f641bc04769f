"""Small multiples: a window's histogram (filled) on its reference (outline), as masks that CSS tokens colour."""

from __future__ import annotations

from urllib.parse import quote

from app.charts.thin import Floats

WIDTH, HEIGHT = 180, 30
_SAFE = " ='/:;,.-+()"


def filled(shares: Floats, most: float) -> str:
    """A CSS mask image of bars; ``most`` is the share that reaches the top."""
    step = WIDTH / max(len(shares), 1)
    bars = [(i * step, _height(share, most)) for i, share in enumerate(shares.tolist())]
    path = "".join(f"M{x:.1f} {HEIGHT}v-{h:.1f}h{step * 0.92:.1f}v{h:.1f}z" for x, h in bars if h > 0)
    return _mask(f"<path d='{path}' fill='#000'/>")


def outline(shares: Floats, most: float) -> str:
    """A CSS mask image of the steps of a histogram."""
    step = WIDTH / max(len(shares), 1)
    steps = "".join(f"V{HEIGHT - _height(share, most):.1f}h{step:.2f}" for share in shares.tolist())
    return _mask(f"<path d='M0 {HEIGHT}{steps}V{HEIGHT}' fill='none' stroke='#000' stroke-width='1.3'/>")


def top(reference: Floats, current: Floats) -> float:
    """The share at the top: the reference keeps half the height where a spike of the window would flatten it."""
    usual, now = (float(part.max(initial=0.0)) for part in (reference, current))
    return max(usual, min(now, 2 * usual) if usual else now, 1e-9)


def _height(share: float, most: float) -> float:
    return min(share / most, 1.0) * (HEIGHT - 1)


def _mask(drawn: str) -> str:
    box = f"xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'"
    svg = f"<svg {box}>{drawn}</svg>"
    return f'url("data:image/svg+xml,{quote(svg, safe=_SAFE)}")'
