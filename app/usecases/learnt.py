"""What verdicts teach: what is no stronger than an episode that was judged not useful is not raised again.

An episode judged real is the limit of that: as strong a one is always raised. So is one half as strong again as
an alarm, and one that lies plainly outside, whatever was said: a verdict must not make a series blind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from data.records import Verdict

ALARM: Final = 0.5  # the score of an alarm
ALWAYS: Final = 0.6  # half as strong again as an alarm; strength grows with the logarithm of the distance
NEVER: Final = 0.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A person found what lasted over ``[start, end)`` real or not useful, and said so at ``said_at``."""

    start: datetime
    end: datetime
    real: bool
    who: str
    said_at: datetime


def lesson_of(verdict: Verdict) -> Lesson | None:
    """None of what was expected: that it was planned says nothing of how strong it was."""
    if verdict.verdict == "expected":
        return None
    return Lesson(verdict.start, verdict.end, verdict.verdict == "real", verdict.who, verdict.judged_at)


def level(peaks: Iterable[tuple[float, bool]]) -> float:
    """The score that an episode must pass, from the peaks of those that were judged (peak, whether it was real)."""
    judged = list(peaks)
    dull = max((peak for peak, real in judged if not real), default=NEVER)
    weakest = min((peak for peak, real in judged if real), default=1.0)
    return min(dull, ALWAYS, float(np.nextafter(weakest, NEVER)))


def level_known(scores: pd.Series, lessons: Iterable[Lesson], known_by: datetime) -> float:
    """The same from the scores of a whole series, by what was said until then."""
    return level(
        (float(inside.max()), one.real)
        for one in lessons
        if one.said_at <= known_by and len(inside := scores[one.start : one.end])
    )


def words(lessons: Sequence[Lesson]) -> str:
    """What is not raised any more, and whose word that rests on; nothing where nothing was judged not useful."""
    who = sorted({one.who for one in lessons if not one.real})
    if not who:
        return ""
    said = f"{' and '.join((', '.join(who[:-1]), who[-1]) if len(who) > 1 else who)} judged an episode of this series"
    return f"{said} not useful: what is no stronger is not raised again."
