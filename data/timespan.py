"""Spans of time as people write them in files: 5s, 2m, 1.5h, 30d."""

from __future__ import annotations

import re
from decimal import Decimal

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


def span_text(seconds: float) -> str:
    """The way back from `parse_span`: ``28d``, in the largest unit that leaves a whole number."""
    for unit in ("d", "h", "m", "s"):
        if seconds >= _SECONDS[unit] and seconds % _SECONDS[unit] == 0:
            return f"{int(seconds // _SECONDS[unit])}{unit}"
    return f"{Decimal(repr(float(seconds))).normalize():f}s"


def parse_span(text: str) -> float:
    """Seconds. Raises `ValueError` in words."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no span of time: write it like 5s, 2m, 1h or 30d")
    return float(found[1]) * _SECONDS[found[2]]
