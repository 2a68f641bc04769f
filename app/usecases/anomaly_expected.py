"""How the expected range of an episode was made, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from analytics.anomaly.expectation import BAND_SIGMAS
from analytics.decompose import CYCLES, decompose, trend_window
from analytics.samples import prepare
from analytics.seasons import DAY_S
from app.format import count, duration
from app.usecases import anomaly_words as words
from app.usecases import season_words
from app.usecases.anomaly_signal import Behind
from app.usecases.left_out import Stretch
from app.usecases.words import listed

MOST_LEFT = 4


def basis_of(found: Behind, at: datetime) -> tuple[str, bool]:
    """What the expected value at a moment is the median of, and whether it knows the time of day."""
    signal = found.signal
    if signal.limit is not None:
        return "a fixed limit", False
    if signal.counts is not None:
        return f"median of {count(int(signal.values.notna().sum()), 'bucket')}", False
    periods = [period.total_seconds() for period in decompose(signal.values, seasons=signal.seasons).periods]
    if not periods:
        samples = prepare(signal.values, causal=False)
        window = trend_window(samples.seconds, (), causal=False) * samples.step_s
        return words.basis(None, 0, min(window, samples.seconds[-1] - samples.seconds[0])), False
    longest = max(periods)
    return words.basis(longest, _cycles(signal.values, at, longest), 0.0), longest >= DAY_S


def _cycles(values: pd.Series, at: datetime, period_s: float) -> int:
    """Other cycles that have a sample of the same phase, as many as the season is the median of."""
    first, last = values.index[0].timestamp(), values.index[-1].timestamp()
    moments = [at.timestamp() + k * period_s for k in range(-CYCLES, CYCLES + 1) if k]
    return max(len([moment for moment in moments if first <= moment <= last]), 1)


def left_out_words(left: Sequence[Stretch]) -> str:
    """``Nothing was learned from: INC-0001 (confirmed), an episode judged real by Mara.``"""
    if not left:
        return "Learned from all of it: no confirmed incident, episode judged real or maintenance to leave out."
    return f"Nothing was learned from: {listed(list(dict.fromkeys(one.why for one in left)), MOST_LEFT)}."


def band_how(found: Behind) -> tuple[str, ...]:
    """Sentences that say how the band was made, and of how much history."""
    signal = found.signal
    index = signal.values.index
    over = f"Made of {duration((index[-1] - index[0]).total_seconds())} of history."
    left = left_out_words(signal.left_out)
    if signal.limit is not None:
        return ("A fixed limit: nothing is learned from history.",)
    if signal.counts is not None:
        made = "Centre: the median share. Width: three standard errors of what was counted, and a point more."
        return (made, over, left)
    parts = decompose(signal.values, seasons=signal.seasons)
    seasons = [duration(period.total_seconds()) for period in parts.periods]
    repeats = f"It repeats every {' and '.join(seasons)}." if seasons else "No season was found that predicts."
    repeats = " ".join([repeats, *season_words.of_signal(signal)])
    made = f"Expected is the slow median and the median of the same phase of other cycles; the band is {BAND_SIGMAS:g} "
    return (made + "usual deviations of the remainder each way.", repeats, over, left, *parts.notes)
