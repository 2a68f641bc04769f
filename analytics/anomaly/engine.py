"""Scores, expected range and episodes of one series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analytics.anomaly.episodes import Episode, Judged, cut_episodes
from analytics.anomaly.expectation import BAND_SIGMAS, Expectation, Seasons, as_known, with_hindsight
from analytics.anomaly.features import forest_features, shifts, strength_of, windows_of
from analytics.anomaly.forest import opinion
from analytics.anomaly.threshold import budget_threshold, known_thresholds, scores_of
from analytics.arrays import Bools, Floats, rolling_mean
from analytics.samples import Samples, first_step_of, outside, prepare, step_of

Mode = Literal["full", "causal"]
Stretches = Sequence[tuple[pd.Timestamp, pd.Timestamp]]
FOREST_WEIGHT = 0.4
SECONDED = 2.0  # the forest may double what decomposition finds: alone, what is rare but tiny would raise an alarm
ECHO = 32  # samples; how long windows that look backwards may speak of what is over
SMOOTHED_OVER = 3  # samples; hindsight may let neighbours speak for each other


@dataclass(frozen=True, slots=True)
class AnomalyResult:
    """Series on the index of the input. ``scores`` in [0, 1], 0 where the input has no value; 0.5 and more is an alarm.

    ``lower`` to ``upper`` is the expected range, NaN where there is too little history to give one. ``mode`` says
    whether scores know the future ("full") or only what came before each sample ("causal").
    """

    scores: pd.Series
    expected: pd.Series
    lower: pd.Series
    upper: pd.Series
    episodes: tuple[Episode, ...]
    periods: tuple[pd.Timedelta, ...]
    mode: Mode
    notes: tuple[str, ...]


def score(
    series: pd.Series,
    *,
    mode: Mode = "full",
    alarms_per_week: float = 0.5,
    seasons: Sequence[pd.Timedelta | str] | None = None,
    seed: int = 0,
    unit: str = "",
) -> pd.Series:
    """Scores in [0, 1] on the index of ``series``; 0.5 and more is an alarm. See ``detect``."""
    return detect(series, mode=mode, alarms_per_week=alarms_per_week, seasons=seasons, seed=seed, unit=unit).scores


def detect(
    series: pd.Series,
    *,
    mode: Mode = "full",
    alarms_per_week: float = 0.5,
    seasons: Sequence[pd.Timedelta | str] | None = None,
    seed: int = 0,
    unit: str = "",
    left_out: Stretches = (),
) -> AnomalyResult:
    """Find what is unusual in a series: robust decomposition, then shifts of the remainder and an isolation forest.

    ``alarms_per_week`` is the budget of false alarms; ``seasons`` are found where not stated; ``unit`` only
    shapes words and the least spread ("%"). Both sides are unusual; a constant series never
    is, nor a gap: notes tell of it. Nothing is learned from the half-open stretches ``left_out``, which are judged like
    the rest; a causal score knows of none, for what was to be left out was said later.
    Raises ValueError for an unknown mode, a budget that is not positive, or an index that is not made of times.
    """
    if mode not in get_args(Mode) or not alarms_per_week > 0:
        raise ValueError('mode is "full" or "causal", alarms_per_week a positive number.')
    causal = mode == "causal"
    samples = prepare(series, causal=causal)
    known = _known(series, samples, seasons, unit, left_out, causal=causal)
    scores = _scores(known, samples.seconds, alarms_per_week, seed, causal=causal)
    return _result(series, samples, known, scores, mode, unit)


def expect(
    series: pd.Series,
    *,
    mode: Mode = "full",
    seasons: Sequence[pd.Timedelta | str] | None = None,
    unit: str = "",
    left_out: Stretches = (),
) -> pd.DataFrame:
    """The expected range alone, as ``detect`` gives it, at a tenth of its cost: columns expected, lower, upper."""
    causal = mode == "causal"
    samples = prepare(series, causal=causal)
    known = _known(series, samples, seasons, unit, left_out, causal=causal)
    lower, upper = _range(samples, known, mode)
    parts = {"expected": known.expected, "lower": lower, "upper": upper}
    return pd.DataFrame({name: samples.on(series, values) for name, values in parts.items()}, index=series.index)


def _known(
    series: pd.Series, samples: Samples, seasons: Seasons, unit: str, left_out: Stretches, *, causal: bool
) -> Expectation:
    if causal:
        return as_known(samples, seasons, unit)
    return with_hindsight(samples, seasons, unit, outside(samples.times(series), left_out))


def _range(samples: Samples, known: Expectation, mode: Mode) -> tuple[Floats, Floats]:
    """Lower and upper bound; what never was negative is not expected to be."""
    margin = BAND_SIGMAS * known.sigma
    least = (
        np.minimum.accumulate(samples.values)
        if mode == "causal"
        else np.full(len(margin), samples.values.min(initial=0.0))
    )
    lower = np.where(least >= 0, np.maximum(known.expected - margin, 0), known.expected - margin)
    return lower, known.expected + margin


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each sample. ``shift`` (m, windows) and ``features`` (m, k); ``second``, the forest's opinion,
    and ``strength`` (m,); ``windows`` in samples."""

    windows: tuple[int, ...]
    shift: Floats
    features: Floats
    second: Floats
    strength: Floats


def evidence_of(known: Expectation, seconds: Floats, seed: int, *, causal: bool) -> Evidence:
    """Everything that scores rest on but the threshold."""
    windows = windows_of((first_step_of if causal else step_of)(seconds))
    shift = shifts(known.deviation, windows, known.taught, causal=causal)
    features = forest_features(known.deviation, shift, known.taught, causal=causal)
    second = opinion(features, known.taught, seed=seed, causal=causal)
    first = strength_of(shift, causal=causal)
    second = np.where(np.isnan(second), first, np.minimum(second, SECONDED * first))
    strength = (1 - FOREST_WEIGHT) * first + FOREST_WEIGHT * second
    if not causal:
        strength = rolling_mean(strength, SMOOTHED_OVER, causal=False)
    return Evidence(windows, shift, features, second, strength)


def threshold_of(
    strength: Floats, seconds: Floats, alarms_per_week: float, taught: Bools | None = None, *, causal: bool
) -> Floats | float:
    """The strength of an alarm; causal, at every sample from those before it."""
    if causal:
        return known_thresholds(strength, seconds, alarms_per_week)
    return budget_threshold(strength, seconds, alarms_per_week, taught)


def _scores(known: Expectation, seconds: Floats, alarms_per_week: float, seed: int, *, causal: bool) -> Floats:
    if known.judged_from >= len(known.deviation):
        return np.zeros(len(known.deviation))
    strength = evidence_of(known, seconds, seed, causal=causal).strength
    scores = scores_of(strength, threshold_of(strength, seconds, alarms_per_week, known.taught, causal=causal))
    return np.where(np.arange(len(scores)) < known.judged_from, 0.0, scores)


def _result(
    series: pd.Series, samples: Samples, known: Expectation, scores: Floats, mode: Mode, unit: str
) -> AnomalyResult:
    lower, upper = _range(samples, known, mode)
    judged = Judged(
        samples.times(series), samples.values, known.expected, known.sigma, known.deviation, scores, samples.step_s
    )
    return AnomalyResult(
        scores=samples.on(series, scores, missing=0.0),
        expected=samples.on(series, known.expected),
        lower=samples.on(series, lower),
        upper=samples.on(series, upper),
        episodes=cut_episodes(judged, unit, echo=ECHO if mode == "causal" else 0),
        periods=tuple(pd.Timedelta(p, unit="s") for p in known.periods),
        mode=mode,
        notes=(*samples.notes, *known.notes),
    )
