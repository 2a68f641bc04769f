"""The signal behind an episode, over the stretch that judged it, with what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from app.usecases.anomaly_list import Names
from app.usecases.judgement import expected_range, pooled
from app.usecases.log_signals import counted_lines, log_signals
from app.usecases.model_history import load
from app.usecases.scan import EMPTY, HISTORY, model_signals
from app.usecases.signals import Signal, read
from data.queries import metrics, registry
from data.records import Anomaly, MetricMeaning
from data.store import Snapshot


@dataclass(frozen=True, slots=True)
class Behind:
    """``band`` has the columns ``expected lower upper`` on the index of the signal."""

    signal: Signal
    band: pd.DataFrame


def behind(snap: Snapshot, one: Anomaly) -> Behind | None:
    """The signal of an episode; None where its records are gone."""
    start, end = stretch(snap, one)
    signal = _of_model(snap, one) if one.model else _of_service(snap, one, start, end)
    if signal is None or signal.values.dropna().empty:
        return None
    _, band = pooled(signal, expected_range(signal, "full"))
    return Behind(signal, band)


def stretch(snap: Snapshot, one: Anomaly) -> tuple[datetime, datetime]:
    """What a scan judges together: the newest two weeks, or the two around an episode of before."""
    reach = metrics.span(snap) or (EMPTY, EMPTY)
    end = reach[1] + timedelta(seconds=1)
    start = max(reach[0], reach[1] - HISTORY) if reach[1] > EMPTY else EMPTY
    if one.end > start:
        return start, end
    return max(reach[0], one.start - HISTORY), min(end, one.end + HISTORY / 2)


def _of_model(snap: Snapshot, one: Anomaly) -> Signal | None:
    reach = metrics.span(snap) or (EMPTY, EMPTY)
    model = next((m for m in registry.models(snap) if m.name == one.model), None)
    history = load(snap, model, reach[0], reach[1] + timedelta(seconds=1)) if model else None
    return next((signal for signal in model_signals(history) if signal.metric == one.metric), None)


def _of_service(snap: Snapshot, one: Anomaly, start: datetime, end: datetime) -> Signal | None:
    wanted = dict(one.labels)
    same = metrics.list_series(snap, service=one.service, metric=one.metric, labels=wanted)
    series = next((s for s in same if dict(s.labels) == wanted), None)
    if series is None:
        logged = (*log_signals(snap, one.service, start, end), *counted_lines(snap, one.service, start, end))
        return next((signal for signal in logged if signal.metric == one.metric), None)
    meaning = registry.meanings(snap).get(series.metric, MetricMeaning(series.metric))
    return replace(read(snap, series, meaning, start, end), measure=Names(snap).of(one).measure)
