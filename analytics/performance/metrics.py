"""The figures that a model can be measured by: one function each, in a registry that also names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from analytics.arrays import Bools, Floats, Ints
from analytics.performance.intervals import UNKNOWN, Measured, mean, normal, wilson


@dataclass(frozen=True, slots=True)
class Labelled:
    """Predictions whose labels are in, arrays of shape (n,).

    ``predicted`` and ``truth`` are class codes (of ``classes`` in all) or numbers for a regression; ``score`` is the
    probability of class 1, NaN where none was logged.
    """

    predicted: Floats | Ints
    truth: Floats | Ints
    score: Floats
    classes: int


@dataclass(frozen=True, slots=True)
class Metric:
    """How a figure is called, which way is better, what it needs, and where its interval comes from."""

    name: str
    label: str
    higher_is_better: bool
    needs: Literal["classes", "score", "numbers"]
    definition: str
    measure: Callable[[Labelled], Measured]


def _accuracy(rows: Labelled) -> Measured:
    return wilson(float((rows.predicted == rows.truth).sum()), len(rows.truth))


def _precision(rows: Labelled) -> Measured:
    return _per_class(rows, lambda said, true: wilson(float((said & true).sum()), float(said.sum())))


def _recall(rows: Labelled) -> Measured:
    return _per_class(rows, lambda said, true: wilson(float((said & true).sum()), float(true.sum())))


def _f1(rows: Labelled) -> Measured:
    return _per_class(rows, _f1_of_class)


def _f1_of_class(said: Bools, true: Bools) -> Measured:
    """F1 = 2 J / (1 + J), J the share of hits among what was said or true: Wilson's interval, carried over."""
    shared = wilson(float((said & true).sum()), float((said | true).sum()))
    return Measured(*(2 * j / (1 + j) for j in shared))


def _per_class(rows: Labelled, of_class: Callable[[Bools, Bools], Measured]) -> Measured:
    """Of class 1 for two classes; else the mean over the classes present, half-widths added as independent ones."""
    if rows.classes <= 2:
        return of_class(rows.predicted == 1, rows.truth == 1)
    measured = [of_class(rows.predicted == c, rows.truth == c) for c in range(rows.classes)]
    present = np.array([m for m in measured if not np.isnan(m.value)])
    if not len(present):
        return UNKNOWN
    below, above = (np.sqrt(((present[:, 0] - present[:, side]) ** 2).sum()) / len(present) for side in (1, 2))
    value = float(present[:, 0].mean())
    return Measured(value, float(value - below), float(value + above))


def _roc_auc(rows: Labelled) -> Measured:
    """Area under the ROC curve by ranks; standard error of Hanley and McNeil (1982)."""
    known = ~np.isnan(rows.score)
    positive = rows.truth[known] == 1
    up, down = int(positive.sum()), int((~positive).sum())
    if rows.classes > 2 or not up or not down:
        return UNKNOWN
    area = (_ranks(rows.score[known])[positive].sum() - up * (up + 1) / 2) / (up * down)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + (up - 1) * (q1 - area**2) + (down - 1) * (q2 - area**2)) / (up * down)
    return normal(float(area), float(np.sqrt(max(variance, 0.0))), 0.0, 1.0)


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Floats = (last - (counts - 1) / 2)[inverse]
    return middle


def _mae(rows: Labelled) -> Measured:
    found = mean(np.abs(_errors(rows)))
    return found._replace(low=max(found.low, 0.0)) if not np.isnan(found.low) else found


def _errors(rows: Labelled) -> Floats:
    """Predicted - true where both are numbers."""
    errors = np.subtract(rows.predicted, rows.truth, dtype=np.float64)
    return errors[~np.isnan(errors)]


def _rmse(rows: Labelled) -> Measured:
    """Root of the mean squared error; the interval is the mean's, carried through the root."""
    return Measured(*(float(np.sqrt(max(v, 0.0))) if not np.isnan(v) else v for v in mean(_errors(rows) ** 2)))


_ALL = (
    Metric("accuracy", "accuracy", True, "classes", "Share of predictions that were right.", _accuracy),
    Metric("precision", "precision", True, "classes", "Share of what was said to be positive that was.", _precision),
    Metric("recall", "recall", True, "classes", "Share of the positive that was said to be.", _recall),
    Metric("f1", "F1", True, "classes", "Harmonic mean of precision and recall.", _f1),
    Metric("roc_auc", "ROC AUC", True, "score", "Chance that a positive scores above a negative.", _roc_auc),
    Metric("mae", "mean error", False, "numbers", "Mean absolute error, in the unit of the target.", _mae),
    Metric("rmse", "RMSE", False, "numbers", "Root of the mean squared error, in the unit of the target.", _rmse),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
