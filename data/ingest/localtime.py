"""Local times to UTC where the clocks change. The hour that occurs twice is read by the order of the records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.arrays import Mask, mask_of
from data.schemas import TIME

STEP_BACK = np.timedelta64(20, "m")


@dataclass(slots=True)
class Memory:
    """Where the records before stood: the last time inside an hour that occurs twice, and in which pass."""

    last: np.datetime64 | None = None
    second: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA zone, and what was read of the file before."""

    name: str
    memory: Memory


def localise(moments: pa.Array, local: pa.Array, zone: Zone, notes: Counter[str]) -> pa.Array:
    """Times whose digits are local in ``zone`` as UTC where ``local``; NULL where the local time does not exist."""
    naive = pc.if_else(local, moments.cast(pa.timestamp("us")), pa.scalar(None, pa.timestamp("us")))
    early = _assume(naive, zone.name, "earliest")
    late = _assume(naive, zone.name, "latest")
    twice = pc.fill_null(pc.not_equal(early, late), False)
    if pc.any(twice).as_py() or zone.memory.last is not None:
        early = pc.if_else(_second_pass(naive, twice, notes, zone), late, early)
    early = pc.if_else(_missing(naive, zone.name), pa.scalar(None, TIME), early)
    return pc.if_else(local, early, moments)


def _assume(naive: pa.Array, zone: str, ambiguous: str) -> pa.Array:
    return pc.assume_timezone(naive, zone, ambiguous=ambiguous, nonexistent="earliest").cast(TIME)


def _missing(naive: pa.Array, zone: str) -> pa.Array:
    """Where the clocks were put forward over the time: there, earliest and latest differ in Arrow's words."""
    before = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="earliest")
    after = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="latest")
    return pc.fill_null(pc.not_equal(before, after), False)


def _second_pass(naive: pa.Array, twice: pa.Array, notes: Counter[str], zone: Zone) -> pa.Array:
    """Records inside the hour that occurs twice, from where their time steps back."""
    stamps = pc.fill_null(naive.cast(pa.int64()), 0).to_numpy(zero_copy_only=False).view("datetime64[us]")
    inside = mask_of(twice)
    second, stepped = _passes(stamps, inside, zone.memory)
    if unsure := int((inside & ~stepped).sum()):
        notes[f"times lie in the hour that {zone.name} has twice, and were read as the first of the two"] += unsure
    return pa.array(second)


def _passes(stamps: npt.NDArray[np.datetime64], inside: Mask, memory: Memory) -> tuple[Mask, Mask]:
    """Which records are of the second pass, and which lie in a run that shows both passes. Shapes ``(n,)``."""
    second, stepped = np.zeros(len(stamps), bool), np.zeros(len(stamps), bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        before = memory if start == 0 and memory.last is not None else Memory()
        first = _first_of_second_pass(stamps[start:end], before)
        if first is not None:
            second[start + first : end] = stepped[start:end] = True
    memory.last = stamps[-1] if inside[-1] else None
    memory.second = bool(second[-1])
    return second, stepped


def _first_of_second_pass(stamps: npt.NDArray[np.datetime64], before: Memory) -> int | None:
    if before.second:
        return 0
    known = stamps if before.last is None else np.concatenate([[before.last], stamps])
    steps = np.flatnonzero(np.diff(known) < -STEP_BACK)
    return int(steps[0]) + (before.last is None) if len(steps) else None
