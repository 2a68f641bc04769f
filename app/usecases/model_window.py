"""Which stretch of a model's range is looked at, and what it is set against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from analytics import performance
from app.usecases.incident_view import Span
from app.usecases.model_history import ModelHistory
from app.usecases.model_view import UNKNOWN, IncidentCost, Measured, Window
from app.usecases.service_judged import Judged
from data.records import Incident, Model

LAST_SHARE = 0.25
MIN_BASELINE = 200  # labelled predictions of a version's own, or the model's other versions speak for it


def touching(model: Model, incidents: Sequence[Incident]) -> list[Incident]:
    """Incidents that name the model, or a service that it runs on or reads."""
    near = {model.service, *model.reads} - {""}
    return [i for i in incidents if model.name in i.models or near & set(i.services)]


def inside(history: ModelHistory, start: datetime, end: datetime) -> np.ndarray:
    """Which predictions were made in ``[start, end)``, shape (n,)."""
    ts = history.predictions["ts"]
    return ((ts >= pd.Timestamp(start)) & (ts < pd.Timestamp(end))).to_numpy(bool)


def quiet(history: ModelHistory, incidents: Sequence[Incident], judged: Judged | None = None) -> np.ndarray:
    """Which predictions lie in no incident and no episode of the metric, shape (n,)."""
    calm = np.ones(len(history.predictions), bool)
    for one in incidents:
        calm &= ~inside(history, one.started_at, one.resolved_at or history.end)
    for episode in judged.excursions if judged else ():
        calm &= ~inside(history, episode.start, episode.end)
    return calm


def measured(history: ModelHistory, rows: np.ndarray) -> Measured:
    """The metric that counts over some of the predictions."""
    if not rows.any():
        return UNKNOWN
    return Measured(*performance.measure(history.predictions[rows], history.model.metric))


def baseline(history: ModelHistory, own: np.ndarray, calm: np.ndarray) -> Measured:
    """The metric in quiet times: of the version itself, or of all versions where it has too little of them."""
    first = measured(history, own & calm)
    return first if first.n >= MIN_BASELINE else measured(history, calm)


def worse_by(history: ModelHistory, value: float, usual: float) -> float:
    """How much worse than usual, in units of the metric: above 0 is a loss."""
    sign = 1 if performance.METRICS[history.model.metric].higher_is_better else -1
    return sign * (usual - value)


def own_rows(history: ModelHistory, version: str) -> np.ndarray:
    """Which predictions are those of a version, shape (n,); all where ``version`` is empty."""
    if not version:
        return np.ones(len(history.predictions), bool)
    own: np.ndarray = (history.predictions["version"] == version).fillna(False).to_numpy(bool)
    return own


def incident_costs(
    history: ModelHistory, found: Sequence[Incident], before: Callable[[Incident], Measured]
) -> tuple[IncidentCost, ...]:
    """What each incident cost the model against what was ``before`` it, the dearest first."""
    made = [_cost(history, one, before(one)) for one in found]
    return tuple(sorted(made, key=lambda one: _dear(history, one), reverse=True))


def _dear(history: ModelHistory, one: IncidentCost) -> float:
    return worse_by(history, one.measured.value, one.before.value) if np.isfinite(one.change) else -np.inf


def _cost(history: ModelHistory, one: Incident, before: Measured) -> IncidentCost:
    span = Span(one.started_at, one.resolved_at or history.end)
    during = measured(history, inside(history, span.start, span.end))
    return IncidentCost(one.incident_id, one.title, span, during, before, during.value - before.value)


def window_of(history: ModelHistory, costs: Sequence[IncidentCost], judged: Judged | None) -> Window:
    """The dearest incident with predictions in it, else the worst episode, else the last quarter of the predictions."""
    for one in costs:
        if inside(history, one.span.start, one.span.end).any():
            return Window(one.span, "incident", one.incident_id)
    main = judged.main if judged else None
    if main is not None:
        return Window(Span(_plain(main.start), _plain(main.end)), "episode")
    ts = history.predictions["ts"]
    start = ts.iloc[int(len(ts) * (1 - LAST_SHARE))]
    return Window(Span(_plain(start), history.end), "last")


def _plain(at: datetime) -> datetime:
    return pd.Timestamp(at).tz_convert("UTC").to_pydatetime()
