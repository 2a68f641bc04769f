"""Where a limit comes from: a person stated it, or it follows from what the measure is, which is a guess."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from app.format import value
from app.usecases.ahead_view import Limit
from app.usecases.signals import Signal
from data.records import MetricMeaning

WHOLE: Final[Mapping[str, float]] = MappingProxyType({"percent": 100.0, "share": 1.0})
OVER: Final = 1.001  # of the whole: rounding is no proof that a whole is not one


def limit_of(signal: Signal, meaning: MetricMeaning | None) -> Limit | None:
    """The limit of a measure, None where none is known.

    Only of what fills up is one guessed: a percentage ends at 100, a share at 1, and what is left of something at 0. A
    guess that the samples refute, as the 250 % of a CPU with four cores do, is none.
    """
    if meaning is not None and meaning.limit is not None:
        return Limit(meaning.limit, "stated", guessed=False)
    if signal.role != "saturation" or (meaning is not None and meaning.kind != "gauge"):
        return None
    if signal.bad_direction == "down":
        return Limit(0.0, "it is what is left, which ends at 0", guessed=True)
    whole = WHOLE.get(signal.unit)
    if whole is None or _refuted(signal.values, whole):
        return None
    return Limit(whole, f"its unit is {signal.unit}", guessed=True)


def no_limit(signal: Signal, limit: Limit | None) -> str:
    """What is to be said of what fills up and has no known limit."""
    if limit is not None or signal.role != "saturation":
        return ""
    whole = WHOLE.get(signal.unit)
    over = f"It went over {value(whole, signal.unit)}, so that is not where it ends. " if whole else ""
    return f"{over}Nobody has stated its limit; with one, this says when it is reached."


def _refuted(values: pd.Series, whole: float) -> bool:
    return bool((values > whole * OVER).any())


def beyond(now: float, limit: float, bad_direction: str) -> bool:
    """Whether a value lies at or past its limit, on the side that hurts."""
    return now >= limit if bad_direction == "up" else now <= limit if bad_direction == "down" else now == limit
