"""Moments that addresses carry."""

from __future__ import annotations

import re
from datetime import UTC, datetime


def from_ms(text: str) -> datetime | None:
    """Milliseconds since 1970 as a moment to the second; None for anything else."""
    if not re.fullmatch(r"\d{9,14}", text):
        return None
    return datetime.fromtimestamp(int(text) // 1000, UTC)
