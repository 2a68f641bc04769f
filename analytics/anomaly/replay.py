"""How often a budget of false alarms would have raised an alarm: replayed over a series' own history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.anomaly.engine import ECHO, evidence_of, threshold_of
from analytics.anomaly.episodes import Judged, cut_episodes
from analytics.anomaly.expectation import Seasons, as_known
from analytics.anomaly.threshold import scores_of
from analytics.samples import prepare
from analytics.seasons import WEEK_S


@dataclass(frozen=True, slots=True)
class Replay:
    """``alarms`` of each budget over ``weeks`` of history that could be judged."""

    weeks: float
    alarms: tuple[int, ...]


def replay(
    series: pd.Series, budgets: Sequence[float], *, unit: str = "", seed: int = 0, seasons: Seasons = None
) -> Replay:
    """Alarms that a series would have raised as it came in, for every budget (alarms per week), from one pass.

    An alarm is an episode of the causal score: what `detect` finds with ``mode="causal"`` and this budget.
    """
    samples = prepare(series, causal=True)
    known = as_known(samples, seasons, unit)
    count = len(samples.values)
    if known.judged_from >= count:
        return Replay(0.0, (0,) * len(budgets))
    strength = evidence_of(known, samples.seconds, seed, causal=True).strength
    weeks = float(samples.seconds[-1] - samples.seconds[known.judged_from]) / WEEK_S
    judged_now = np.arange(count) >= known.judged_from
    alarms = []
    for budget in budgets:
        scores = scores_of(strength, threshold_of(strength, samples.seconds, budget, causal=True))
        judged = Judged(
            samples.times(series), samples.values, known.expected, known.sigma, known.deviation,
            np.where(judged_now, scores, 0.0), samples.step_s,
        )  # fmt: skip
        alarms.append(len(cut_episodes(judged, unit, echo=ECHO)))
    return Replay(weeks, tuple(alarms))
