"""Which one series a person asks for, and over which time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series of a service that has these labels among its own, over ``[start, end)``, open where None.

    What is counted from log lines goes by its metric, as the view of anomalies names it, or by its words.
    """

    service: str
    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
