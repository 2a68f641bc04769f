"""What happens when: requests, label delays and faults, all drawn from the seed before the run begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.lab.faults import BY_NAME, Fault

HOUR_S = 30.0  # an hour of the bike table
DAY_S = 24 * HOUR_S
REQUESTS_PER_S = 6.5
FLOOR_PER_S = 2.0  # of it: what comes at any hour, so that the night has latencies too
SURGE_PER_S = 6.0
ORDER_SHARE = 0.7
FULL_MINUTES = 30.0
LABEL_DELAY_S = (40.0, 150.0)
QUIET_SHARE = 3 / 8  # no fault before: baselines need days without
FAULT_SHARE = 0.6  # of its slot; the rest is for the system to calm down
MANY_DAYS = 8
MANY_FAULTS = 12
OVERLAPS = 2


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request at `at_s` from the start; `row` of the table to order, -1 for a list of orders."""

    at_s: float
    row: int
    label_delay_s: float


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault from `start_s` to `end_s` from the start of the run, on `target`."""

    fault: Fault
    target: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Surge:
    """More orders from `start_s` to `end_s`, of `rows` that come at no other time."""

    start_s: float
    end_s: float
    rows: range

    def draw(self, rng: np.random.Generator) -> list[tuple[float, int]]:
        """Times and rows of the orders it adds."""
        length_s = self.end_s - self.start_s
        n = min(rng.poisson(SURGE_PER_S * length_s), len(self.rows))
        times = rng.uniform(self.start_s, self.end_s, n)
        return list(zip(times, rng.permutation(np.array(self.rows))[:n].tolist(), strict=True))


def arrivals(seed: int, minutes: float, usual: int, hourly: np.ndarray, surge: Surge | None = None) -> list[Arrival]:
    """Poisson arrivals at the pace of `hourly` (hours,), an hour in 30 s; orders of the `usual` rows, none twice."""
    rng = np.random.default_rng(seed)
    times = _times(rng, minutes * 60, hourly)
    order = iter(rng.permutation(usual))
    is_order = rng.random(len(times)) < ORDER_SHARE
    rows = [int(next(order)) if take else -1 for take in is_order]
    found = list(zip(times, rows, strict=True)) + (surge.draw(rng) if surge else [])
    delays = rng.uniform(*label_delays_s(minutes), size=len(found))
    return sorted(
        (Arrival(float(t), row, float(d)) for (t, row), d in zip(found, delays, strict=True)), key=lambda a: a.at_s
    )


def label_delays_s(minutes: float) -> tuple[float, float]:
    """Shortest and longest label delay; a run shorter than half an hour has shorter delays."""
    scale = min(1.0, minutes / FULL_MINUTES)
    return LABEL_DELAY_S[0] * scale, LABEL_DELAY_S[1] * scale


def faults(seed: int, minutes: float, names: Sequence[str] = tuple(BY_NAME)) -> list[Planned]:
    """Each named fault once, in drawn order; of many, two share the time of another, and one late day stays quiet."""
    rng = np.random.default_rng([seed, 1])
    order = [BY_NAME[str(name)] for name in rng.permutation(np.array(names))]
    groups = _with_company(rng, order) if len(order) >= MANY_FAULTS else [[fault] for fault in order]
    planned = list[Planned]()
    for group, (start_s, slot_s) in zip(groups, _slots(rng, minutes, len(groups)), strict=True):
        for place, fault in enumerate(group):
            from_s = start_s + slot_s * (rng.uniform(0, 0.08) + place * FAULT_SHARE / 2)
            planned.append(Planned(fault, str(rng.choice(fault.targets)), from_s, from_s + slot_s * FAULT_SHARE))
    return planned


def harmless(seed: int, minutes: float) -> float:
    """When a shop release goes out that breaks nothing: on a quiet day."""
    return minutes * 60 * QUIET_SHARE * float(np.random.default_rng([seed, 3]).uniform(0.5, 0.8))


def _slots(rng: np.random.Generator, minutes: float, n: int) -> list[tuple[float, float]]:
    """Start and length (s) of `n` slots after the first days; where there are many days, a late one has none."""
    start, end, days = minutes * 60 * QUIET_SHARE, minutes * 60 * 0.985, int(minutes * 60 / DAY_S)
    if days < MANY_DAYS:
        return _divide(start, end, n)
    quiet = int(rng.integers(int(days * QUIET_SHARE) + 1, days - 1)) * DAY_S
    before = round(n * (quiet - start) / (end - start - DAY_S))
    return _divide(start, quiet, before) + _divide(quiet + DAY_S, end, n - before)


def _divide(start: float, end: float, n: int) -> list[tuple[float, float]]:
    return [(start + (end - start) * i / n, (end - start) / n) for i in range(n)]


def _with_company(rng: np.random.Generator, order: list[Fault]) -> list[list[Fault]]:
    """Groups that share a slot: some faults of the services get one of the model for company.

    The slot before a stopped Redis stays empty, so that this incident stands by itself.
    """
    hosts, guests = ([fault for fault in order if not fault.alone and infra(fault)] for infra in (_infra, _no_infra))
    pairs = dict(zip(_some(rng, hosts), _some(rng, guests), strict=True))
    groups = [[fault, pairs[fault]] if fault in pairs else [fault] for fault in order if fault not in pairs.values()]
    redis = next((i for i, group in enumerate(groups) if group[0].name == "redis_stopped"), 0)
    return [*groups[:redis], [], *groups[redis:]]


def _infra(fault: Fault) -> bool:
    return fault.verdict == "infra"


def _no_infra(fault: Fault) -> bool:
    return fault.verdict != "infra"


def _some(rng: np.random.Generator, faults: list[Fault]) -> list[Fault]:
    return [faults[i] for i in rng.permutation(len(faults))[:OVERLAPS]]


def _times(rng: np.random.Generator, seconds: float, hourly: np.ndarray) -> np.ndarray:
    """Thinning: draw at the highest rate, keep each arrival with the share of its own moment.

    A part of the rate is the same at any hour; the rest is in proportion to `hourly`, which is neither smoothed nor
    flattened beyond a straight line from the middle of an hour to that of the next.
    """
    rate = FLOOR_PER_S + (REQUESTS_PER_S - FLOOR_PER_S) * hourly / hourly.mean()
    times = np.cumsum(rng.exponential(1 / rate.max(), size=int(rate.max() * seconds * 1.2) + 100))
    times = times[times < seconds]
    wanted = np.interp(times / HOUR_S - 0.5, np.arange(len(rate)), rate) / rate.max()
    kept: np.ndarray = times[rng.random(len(times)) < wanted]
    return kept
