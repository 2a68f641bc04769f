"""What a table says in its CSV: one plain value per cell, which assets/export.js reads from the rows."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

DIGITS: Final = 12  # significant ones: what is behind them is the machine's
Plain = str | int | float | datetime | None


def as_json(values: Sequence[Any]) -> str:
    """Lines, or one of them, for an attribute; what is not known is null, times are `stamp`s."""
    return json.dumps(_plain(values), ensure_ascii=False, separators=(",", ":"))


def stamp(at: datetime) -> str:
    """``2026-11-22T03:57:05Z``, with milliseconds where there are some."""
    within = "milliseconds" if at.microsecond >= 1000 else "seconds"
    return at.astimezone(UTC).isoformat(timespec=within).replace("+00:00", "Z")


def _plain(one: Any) -> Any:
    if isinstance(one, datetime):
        return stamp(one)
    if isinstance(one, str | int | None):
        return str(one) if isinstance(one, str) else one
    if isinstance(one, Sequence):
        return [_plain(each) for each in one]
    return float(f"{one:.{DIGITS}g}") if math.isfinite(one) else None
