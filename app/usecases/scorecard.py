"""The detector's scorecard: of the episodes that people judged, how many were real, over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from app.format import count, day
from data.queries import anomalies, verdicts
from data.records import VerdictWord
from data.store import Snapshot

STEPS: Final = 12
LADDER: Final = tuple(timedelta(days=days) for days in (1, 7, 28, 91, 364))
Z: Final = 1.96  # of a normal, for an interval of 95 %


@dataclass(frozen=True, slots=True)
class Step:
    """Judged episodes that began within ``[start, start + length)``; ``words`` say it whole."""

    start: datetime
    real: int
    judged: int
    words: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """``headline`` is the precision in words with its n, ``below`` what was said how often."""

    headline: str
    below: str
    steps: tuple[Step, ...]


def load(snap: Snapshot, zone: tzinfo) -> Scorecard:
    """Precision over all episodes that are kept, whatever range a page shows."""
    every = anomalies.list_anomalies(snap)
    by_series = verdicts.by_series(snap)
    judged = ((one, verdicts.newest(by_series.get(one.key, ()), one)) for one in every)
    said = [(one.start, verdict.verdict) for one, verdict in judged if verdict]
    counted = Counter(word for _, word in said)
    return Scorecard(headline(counted["real"], len(said)), _below(counted, len(said), len(every)), steps(said, zone))


def headline(real: int, judged: int) -> str:
    """``64 % were real (39–84), n = 14``, with the Wilson interval; in words where nobody judged any."""
    if not judged:
        return "Nobody has judged an episode yet."
    low, high = wilson(real, judged)
    return f"{real / judged:.0%} were real ({low:.0%} to {high:.0%}), n = {judged}".replace("%", "\u00a0%")


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The interval of 95 % for a share of ``n`` counted (Wilson 1927)."""
    share, square = hits / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _below(counted: Counter[VerdictWord], judged: int, every: int) -> str:
    if not judged:
        return f"{count(every, 'episode')} wait. A verdict on a few of them shows how often the detector is right."
    words = f"{counted['real']} real, {counted['expected']} expected, {counted['not useful']} not useful"
    return f"{words}; {judged} of {count(every, 'episode')} judged."


def steps(said: Sequence[tuple[datetime, VerdictWord]], zone: tzinfo) -> tuple[Step, ...]:
    """At most `STEPS` equal stretches of time, from the first judged episode to the last."""
    if not said:
        return ()
    first, last = min(at for at, _ in said), max(at for at, _ in said)
    first = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    length = next((one for one in LADDER if (last - first) / one < STEPS), (last - first) / (STEPS - 1))
    return tuple(_step(said, first + i * length, length, zone) for i in range(int((last - first) / length) + 1))


def _step(said: Sequence[tuple[datetime, VerdictWord]], start: datetime, length: timedelta, zone: tzinfo) -> Step:
    inside = [word for at, word in said if start <= at < start + length]
    real = inside.count("real")
    when = day(start, zone) if length <= timedelta(days=1) else f"from {day(start, zone)}"
    words = f"{when}: {real} of {count(len(inside), 'judged episode')} real" if inside else f"{when}: none judged"
    return Step(start, real, len(inside), words)
