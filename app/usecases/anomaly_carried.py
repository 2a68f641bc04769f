"""Which label value carries an episode: the series of the same metric, one value left out at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from analytics import anomaly
from analytics.anomaly.carriers import Carrier, carriers
from analytics.anomaly.expectation import Seasons
from app.format import value
from app.usecases.anomaly_signal import Behind, stretch
from app.usecases.anomaly_view import Bar
from app.usecases.signals import to_signal
from data.queries import metrics, registry
from data.records import Anomaly, MetricMeaning, Series
from data.store import Snapshot

MOST_SERIES = 60  # compared: a person waits for it
MOST_SHOWN = 4
ADDED = ("traffic", "business")  # roles whose series add up; of the others the mean is compared
CARRIES = 0.6


def carried(snap: Snapshot, one: Anomaly, found: Behind, unit: str) -> tuple[str, tuple[Bar, ...]]:
    """A sentence and the label values that carry most; the sentence says why where there is none."""
    same = metrics.list_series(snap, service=one.service, metric=one.metric) if not one.model else ()
    if len(same) < 2:
        return "This metric has one series: no label parts it.", ()
    if len(same) > MOST_SERIES:
        return f"{len(same)} series of this metric are too many to compare on a page.", ()
    observed, expected = _table(snap, one, same, pd.DatetimeIndex(found.signal.values.index), found.signal.seasons)
    during = (observed.index >= pd.Timestamp(one.start)) & (observed.index < pd.Timestamp(one.end))
    meaning = registry.meanings(snap).get(one.metric, MetricMeaning(one.metric))
    how: Literal["sum", "mean"] = "sum" if meaning.kind == "counter" or meaning.role in ADDED else "mean"
    labels = [dict(series.labels) for series in same]
    made = carriers(observed.to_numpy(float), expected.to_numpy(float), np.asarray(during), labels, how)
    return _words(made, unit), tuple(_bar(each) for each in made[:MOST_SHOWN] if each.share > 0)


def _table(
    snap: Snapshot, one: Anomaly, same: Sequence[Series], index: pd.DatetimeIndex, seasons: Seasons
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observed and expected of every series on one index, shape (m, series)."""
    meaning = registry.meanings(snap).get(one.metric, MetricMeaning(one.metric))
    frames = metrics.read_many(snap, [s.series_id for s in same], *stretch(snap, one))
    values = [to_signal(s, meaning, frames[s.series_id]).values for s in same]
    step = pd.Timedelta(index.to_series().diff().median())
    observed = [_on(each, index, step) for each in values]
    expected = [_on(anomaly.expect(each, seasons=seasons)["expected"], index, step) for each in values]
    return pd.concat(observed, axis=1), pd.concat(expected, axis=1)


def _on(series: pd.Series, index: pd.DatetimeIndex, step: pd.Timedelta) -> pd.Series:
    return series.reindex(index, method="nearest", tolerance=step / 2)


def _words(made: tuple[Carrier, ...], unit: str) -> str:
    if not made:
        return "Over all series of this metric together nothing moved."
    first = made[0]
    if first.share > 1:
        return f"{first.label} {first.value} carries it: all others together moved the other way."
    if first.share >= CARRIES:
        left = f"without it {value(abs(first.without), unit)} of {value(abs(first.with_all), unit)} are left"
        return f"{first.label} {first.value} carries it: {left}."
    return "No single label value carries it: dropping any one leaves most of it."


def _bar(one: Carrier) -> Bar:
    return Bar(f"{one.label} {one.value}", min(one.share, 1.0))
