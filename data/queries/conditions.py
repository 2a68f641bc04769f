"""Conditions that queries share: a half-open range of time, and what was known by a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def inclusive(known_by: datetime | None) -> datetime | None:
    """The end of a half-open range that still holds ``known_by``: times are whole microseconds."""
    return known_by + timedelta(microseconds=1) if known_by is not None else None


class Conditions:
    """Collects conditions with their parameters; ``where`` is safe to put into SQL, for values go in as parameters."""

    def __init__(self) -> None:
        self._parts = ["true"]
        self.params: dict[str, Any] = {}

    @property
    def where(self) -> str:
        """All conditions joined by AND."""
        return " AND ".join(self._parts)

    def add(self, condition: str, **params: Any) -> Conditions:
        """Add a condition unless one of its parameters is None."""
        if all(value is not None for value in params.values()):
            self._parts.append(condition)
            self.params |= params
        return self

    def span(self, column: str, start: datetime | None, end: datetime | None) -> Conditions:
        """``column`` in ``[start, end)``."""
        return self.add(f"{column} >= $start", start=start).add(f"{column} < $end", end=end)

    def known_by(self, column: str, moment: datetime | None) -> Conditions:
        """What could be known at ``moment``, itself included."""
        return self.add(f"{column} <= $known_by", known_by=moment)
