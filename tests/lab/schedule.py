"""What happens when: requests, label delays and faults, all drawn from the seed before the run begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REQUESTS_PER_S = 12.0
ORDER_SHARE = 0.7
FULL_MINUTES = 30.0
LABEL_DELAY_S = (40.0, 150.0)
GENTLENESS = 0.25  # the power that flattens the real profile: 1 would be the profile itself, 0 a constant rate


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request at `at_s` from the start; `row` of the table to order, -1 for a list of orders."""

    at_s: float
    row: int
    label_delay_s: float


@dataclass(frozen=True, slots=True)
class Step:
    """Something done to the system at `at_s` from the start."""

    at_s: float
    action: str


def arrivals(seed: int, minutes: float, rows: int, hourly: np.ndarray) -> list[Arrival]:
    """Poisson arrivals of about 12 requests/s; one recording plays the day `hourly` (24,), flattened."""
    rng = np.random.default_rng(seed)
    times = _times(rng, minutes * 60, hourly)
    order = iter(rng.permutation(rows))
    delays = rng.uniform(*label_delays_s(minutes), size=len(times))
    is_order = rng.random(len(times)) < ORDER_SHARE
    drawn = zip(times, is_order, delays, strict=True)
    return [Arrival(float(t), int(next(order)) if take else -1, float(delay)) for t, take, delay in drawn]


def label_delays_s(minutes: float) -> tuple[float, float]:
    """Shortest and longest label delay; a run shorter than the full one has shorter delays."""
    scale = min(1.0, minutes / FULL_MINUTES)
    return LABEL_DELAY_S[0] * scale, LABEL_DELAY_S[1] * scale


def steps(seed: int, minutes: float) -> list[Step]:
    """One harmless deploy, then the two faults; each is moved by at most a fiftieth of a fault by the seed."""
    rng = np.random.default_rng([seed, 1])
    fault_s = minutes * 60 * 3.5 / FULL_MINUTES
    first, second = (minutes * 60 * share + rng.uniform(-0.02, 0.02) * fault_s for share in (0.39, 0.70))
    plan = [(first - fault_s * 1.15, "deploy_shop"), (first, "stop_redis"), (first + fault_s, "start_redis")]
    plan += [(second, "deploy_v4"), (second + fault_s, "roll_back_v4")]
    return [Step(at_s, action) for at_s, action in plan]


def _times(rng: np.random.Generator, seconds: float, hourly: np.ndarray) -> np.ndarray:
    """Thinning: draw at the highest rate, keep each arrival with the share of its own moment."""
    profile = np.append(hourly, hourly[0]) ** GENTLENESS
    highest = REQUESTS_PER_S * profile.max() / profile.mean()
    times = np.cumsum(rng.exponential(1 / highest, size=int(highest * seconds * 1.2) + 100))
    times = times[times < seconds]
    wanted = np.interp(times / seconds * 24, np.arange(25), profile) / profile.max()
    return times[rng.random(len(times)) < wanted]
