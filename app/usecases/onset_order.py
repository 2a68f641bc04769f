"""In which order a story tells its onsets: by time, and of those that sampling cannot tell apart the deepest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from analytics.onset import Onset
from app.usecases.incident_facts import FELT
from app.usecases.signals import Signal
from data.records import Edge

FIRST_STEP = pd.Timedelta(seconds=5)


class Moved(Protocol):
    """A signal that left what is usual."""

    @property
    def signal(self) -> Signal:
        """Which."""

    @property
    def onset(self) -> Onset:
        """When, and how."""


M = TypeVar("M", bound=Moved)


def in_order(moved: Iterable[M], depth: Mapping[str, int], step: pd.Timedelta) -> list[list[M]]:
    """In order of onset; those that the sampling cannot tell apart form one group.

    A sample may be a step old when it is taken, and the change lies in the step before it: two steps.

    Within a group those that others depend on come first (``depth``: how far down the topology an owner lies), of one
    owner what says most plainly that it fails.
    """
    groups: list[list[M]] = []
    for one in sorted(moved, key=lambda m: m.onset.happened):
        if groups and one.onset.happened - groups[-1][0].onset.happened <= 2 * step:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [sorted(group, key=lambda m: _rank(m, depth)) for group in groups]


def _rank(one: Moved, depth: Mapping[str, int]) -> tuple[bool, int, int]:
    role = one.signal.role
    plain = FELT.index(role) if role in FELT else len(FELT)
    return one.signal.side == "model", -depth.get(one.signal.owner, 0), plain


def depths(edges: Iterable[Edge]) -> dict[str, int]:
    """How many steps each service lies below those that call it; a cycle stops where it closes."""
    calls: dict[str, set[str]] = {}
    for edge in edges:
        calls.setdefault(edge.service, set()).add(edge.depends_on)
    found: dict[str, int] = dict.fromkeys(calls, 0)
    for _ in range(len(calls) + 1):
        grown = {below: found.get(above, 0) + 1 for above, belows in calls.items() for below in belows}
        changed = {
            name: depth for name, depth in grown.items() if depth > found.get(name, -1) and depth <= len(calls) + 1
        }
        if not changed:
            break
        found |= changed
    return found


def sampling_step(signals: Sequence[Signal]) -> pd.Timedelta:
    """The median step of the samples; 5 s where there are too few to tell."""
    steps = [np.median(np.diff(s.values.index.to_numpy())) for s in signals if len(s.values) > 2]
    return pd.Timedelta(min(steps)) if steps else FIRST_STEP
