"""Performance where labels are not in yet, from how sure the model was.

Confidence-based estimation (Bialek, Kuberski, Perrakis, Bifet 2024, "Estimating model performance under covariate
shift without labels"; the average-confidence estimator of Guillory et al. 2021): once scores are calibrated, the mean
probability of being right is the expected accuracy. It holds while inputs move, not when what they mean has changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats
from analytics.performance.classes import class_codes
from analytics.performance.intervals import normal

MIN_REFERENCE = 50  # labelled predictions without which no calibration is attempted
MIN_PER_CLASS = 30  # labelled predictions of a class without which it shares the calibration of all
MAX_SHARE_UNKNOWN = 0.5  # predictions of classes or without scores that the reference cannot speak for


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected ``metric`` of ``n`` predictions with its 95 % interval; NaN where there is too little to go on."""

    value: float
    low: float
    high: float
    metric: str
    n: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Chance of being right at each score, per predicted class; from ``n`` labelled predictions and their accuracy."""

    curves: dict[str, tuple[Floats, Floats]]
    fallback: tuple[Floats, Floats]
    accuracy: float
    n: int


def estimate(reference: pd.DataFrame, current: pd.DataFrame) -> Estimate:
    """Expected accuracy of ``current`` (y_pred, y_score) calibrated on ``reference`` (with y_true as well).

    The score may be the probability of one class or of the predicted one: each predicted class has its own curve. The
    interval holds the chance of ``n`` draws and what the calibration may be off by; it knows of no change in what
    inputs mean. Without scores, or with fewer than 50 labels to calibrate on, all is NaN.
    """
    calibration = calibrate(reference)
    if calibration is None:
        return Estimate(np.nan, np.nan, np.nan, "accuracy", len(current))
    return expect(calibration, current)


def calibrate(reference: pd.DataFrame) -> Calibration | None:
    """Isotonic curves of correctness over score from labelled predictions; None where there are too few."""
    score = _scores(reference)
    usable = ~np.isnan(score) & reference["y_true"].notna().to_numpy()
    rows, score = reference[usable], score[usable]
    if len(rows) < MIN_REFERENCE:
        return None
    predicted, truth, _ = class_codes(rows["y_pred"], rows["y_true"])
    right = predicted == truth
    written = rows["y_pred"].astype(str).to_numpy()
    counts = pd.Series(written).value_counts()
    curves = {
        name: _curve(score[written == name], right[written == name]) for name in counts.index[counts >= MIN_PER_CLASS]
    }
    return Calibration(curves, _curve(score, right), float(right.mean()), len(rows))


def expect(calibration: Calibration, current: pd.DataFrame) -> Estimate:
    """Expected accuracy of ``current`` (y_pred, y_score) by a calibration made before."""
    score = _scores(current)
    known = ~np.isnan(score)
    n = int(known.sum())
    if not n or n < MAX_SHARE_UNKNOWN * len(current):
        return Estimate(np.nan, np.nan, np.nan, "accuracy", n)
    chance = _chances(calibration, current["y_pred"].astype(str).to_numpy()[known], score[known])
    drawn = float((chance * (1 - chance)).sum()) / n**2
    learned = calibration.accuracy * (1 - calibration.accuracy) / calibration.n
    value, low, high = normal(float(chance.mean()), float(np.sqrt(drawn + learned)), 0.0, 1.0)
    return Estimate(value, low, high, "accuracy", n)


def _chances(calibration: Calibration, predicted: np.ndarray, score: Floats) -> Floats:
    chance = np.interp(score, *calibration.fallback)
    for name, curve in calibration.curves.items():
        at = predicted == name
        chance[at] = np.interp(score[at], *curve)
    return chance


def _curve(score: Floats, right: Bools) -> tuple[Floats, Floats]:
    """Isotonic regression, rising or falling as the scores themselves say; thresholds and chances for interpolation."""
    from sklearn.isotonic import IsotonicRegression

    rising = bool(np.cov(score, right)[0, 1] >= 0)
    fit = IsotonicRegression(y_min=0, y_max=1, increasing=rising).fit(score, right.astype(np.float64))
    return np.asarray(fit.X_thresholds_), np.asarray(fit.y_thresholds_)


def _scores(rows: pd.DataFrame) -> Floats:
    if "y_score" not in rows:
        return np.full(len(rows), np.nan)
    scores: Floats = pd.to_numeric(rows["y_score"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return scores
