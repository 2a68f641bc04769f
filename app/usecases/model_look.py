"""A model, or one version of it, over a range: what was usual, which stretch was worst, and what moved in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics import inputs
from app.usecases import model_features as features
from app.usecases.incident_view import VerdictView
from app.usecases.model_before import Before
from app.usecases.model_history import ModelHistory
from app.usecases.model_performance import judged_performance, labels_in
from app.usecases.model_view import IncidentCost, Measured, Sentence, Window
from app.usecases.model_window import (
    MIN_BASELINE,
    baseline,
    incident_costs,
    inside,
    measured,
    own_rows,
    quiet,
    touching,
    window_of,
    worse_by,
)
from app.usecases.model_words import metric_words, without_incident
from app.usecases.service_judged import Judge, Judged
from data.records import Incident

#: The verdict of an incident as far as one model is concerned, by incident and model.
VerdictOf = Callable[[str, str], VerdictView]


@dataclass(frozen=True, slots=True)
class Look:
    """``history`` holds the predictions of the version, ``whole`` those of all; ``reference`` and ``current`` mark, on
    ``whole`` and on ``history``, the quiet predictions before the window and those in it.
    """

    whole: ModelHistory
    history: ModelHistory
    judged: Judged | None
    incidents: tuple[Incident, ...]
    costs: tuple[IncidentCost, ...]
    window: Window
    usual: Measured
    now: Measured
    compared: features.Compared

    @property
    def labels_in(self) -> tuple[float, float]:
        """Share of labels in, and share that never came."""
        return labels_in(self.history)

    @property
    def current(self) -> np.ndarray:
        """Which predictions of the version lie in the window, shape (n,)."""
        return inside(self.history, self.window.span.start, self.window.span.end)


def of_version(history: ModelHistory, version: str) -> ModelHistory:
    """The predictions of one version alone; of all where ``version`` is empty."""
    if not version:
        return history
    own = own_rows(history, version)
    return replace(history, predictions=history.predictions[own], features=history.features[own])


def versions(history: ModelHistory) -> tuple[str, ...]:
    """Versions in the order of their first prediction; none where none is written."""
    return tuple(str(v) for v in history.predictions["version"].dropna().unique())


def look(
    whole: ModelHistory,
    version: str,
    incidents: Sequence[Incident],
    judge: Judge,
    before: Before,
    intervals: bool = True,
) -> Look:
    """Judge a version; ``incidents`` are those of the range, ``intervals`` also bootstraps what features cost."""
    history = of_version(whole, version)
    found = tuple(touching(whole.model, incidents))
    judged = judged_performance(history, judge)
    calm = quiet(whole, found, judged)
    usual = baseline(whole, own_rows(whole, version), calm)
    costs = incident_costs(history, found, lambda one: _known_or(before.measured(one, version), usual))
    window = window_of(history, costs, judged)
    main = next((i for i in found if i.incident_id == window.incident_id), None)
    now = measured(history, inside(history, window.span.start, window.span.end))
    usual = next((one.before for one in costs if one.incident_id == window.incident_id), usual)
    compared = _compared(whole, before, version, main, window, calm, found, intervals)
    return Look(whole, history, judged, found, costs, window, usual, now, compared)


def _known_or(first: Measured, otherwise: Measured) -> Measured:
    return first if first.n >= MIN_BASELINE else otherwise


def _compared(
    whole: ModelHistory,
    before: Before,
    version: str,
    main: Incident | None,
    window: Window,
    calm: np.ndarray,
    found: Sequence[Incident],
    intervals: bool,
) -> features.Compared:
    """The window's predictions of the version against what was before it, of all versions: inputs have none.

    Before an incident that is what its verdict rests on, else the quiet predictions.
    """
    history, reference = before.history, before.rows(main) if main else np.zeros(0, bool)
    if reference.sum() < features.LEAST_ROWS:
        history, reference = whole, reference_of(whole, calm, window)
    current = inside(history, window.span.start, window.span.end) & own_rows(history, version)
    return features.compare(history, reference, current, found, intervals)


def reference_of(whole: ModelHistory, calm: np.ndarray, window: Window) -> np.ndarray:
    """The quiet predictions before the window; those after it where there are none before."""
    before = calm & (whole.predictions["ts"] < pd.Timestamp(window.span.start)).to_numpy(bool)
    if before.sum() >= features.LEAST_ROWS:
        return before
    rest: np.ndarray = calm & ~inside(whole, window.span.start, window.span.end)
    return rest


def sentence(made: Look, verdict_of: VerdictOf) -> Sentence:
    """The verdict of the window's incident, else what can be said without one."""
    metric = metric_words(made.whole.model)
    if made.window.kind == "incident":
        found = verdict_of(made.window.incident_id, made.whole.model.name)
        if found.kind != "unknown" or made.now.known:
            told = (found.headline, found.sentence, found.advice, found.bar)
            of = made.window.incident_id
            return Sentence(found.kind, *told, share=found.explained_share, lost=found.lost, incident_id=of)
    lost = worse_by(made.history, made.now.value, made.usual.value) > 0
    window = made.window if lost or not made.now.known else None  # an episode of few records may be no loss at all
    return without_incident(metric, window, made.now, made.usual, made.compared.drifted, made.labels_in[0])


def default_share(made: Look) -> float:
    """Share of the window's predictions on default features alone; NaN where the model has none."""
    if not made.history.stored_defaults or not made.current.any():
        return np.nan
    return float(inputs.defaulted(made.history.features[made.current], made.history.stored_defaults).mean())


def null_share(made: Look) -> float:
    """Share of the window's feature values that are missing; NaN without features."""
    if not len(made.history.features.columns) or not made.current.any():
        return np.nan
    return float(made.history.features[made.current].isna().to_numpy().mean())
