"""Reads of predictions with the labels that were in, and of the features they were made from."""
# ruff: noqa: S608 - what is put into SQL here are segment lists and column names of ours

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import pandas as pd

from data.queries.conditions import Conditions, inclusive
from data.snapshot import Snapshot

_RECEIVED = "coalesce(received_at, ts)"
_NUMBERS = {int, float, type(None)}
_ORDER = "ORDER BY ts, received_at, file_id, line"


def models(snap: Snapshot) -> tuple[str, ...]:
    """Names of the models that made a prediction."""
    return tuple(sorted({name for segment in snap.segments("predictions") for name in segment.models}))


def read(
    snap: Snapshot,
    model: str,
    start: datetime | None = None,
    end: datetime | None = None,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """Predictions made in ``[start, end)``, by time, each with its last label known by ``known_by``.

    Columns ``ts version prediction_id y_pred y_score received_at y_true label_known_at``; the last two are missing
    where no label is in. A prediction that was logged twice under one id counts once, as first received.
    """
    some = _predictions(model, start, end, known_by)
    labels = (
        Conditions().add("(model = $model OR coalesce(model, '') = '')", model=model).known_by("label_ts", known_by)
    )
    return snap.frame(
        f"WITH made AS ({_made(snap, start, end, some)}), "
        "told AS (SELECT prediction_id, arg_max(y_true, (label_ts, file_id, line)) AS y_true, "
        f"max(label_ts) AS label_known_at FROM {snap.source('labels', None, inclusive(known_by))} "
        f"WHERE {labels.where} GROUP BY prediction_id) "
        "SELECT ts, version, prediction_id, y_pred, y_score, received_at, y_true, label_known_at "
        f"FROM made LEFT JOIN told USING (prediction_id) {_ORDER}",
        some.params,
    )


def features(
    snap: Snapshot,
    model: str,
    start: datetime | None = None,
    end: datetime | None = None,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """One column per feature, one row per prediction in the order of `read`, indexed by ``prediction_id``.

    A column is float where all its values are numbers, else text; a missing or null feature is missing.
    """
    some = _predictions(model, start, end, known_by)
    query = f"SELECT prediction_id, features FROM ({_made(snap, start, end, some)}) {_ORDER}"
    frame = snap.frame(query, some.params)
    rows = _parsed(frame["features"].tolist())
    names = sorted(set().union(*rows))
    index = pd.Index(frame["prediction_id"], name="prediction_id")
    return pd.DataFrame({name: _column([row.get(name) for row in rows], index) for name in names}, index=index)


def feature_names(snap: Snapshot, start: datetime, end: datetime) -> dict[str, tuple[str, ...]]:
    """By model the names of the features of its last prediction made in ``[start, end)``."""
    some = Conditions().span("ts", start, end)
    frame = snap.frame(
        f"SELECT model, arg_max(features, ts) AS features FROM {snap.source('predictions', start, end)} "
        f"WHERE {some.where} AND model IS NOT NULL GROUP BY model",
        some.params,
    )
    return {str(row.model): tuple(sorted(_parse(row.features))) for row in frame.itertuples()}


def _predictions(model: str, start: datetime | None, end: datetime | None, known_by: datetime | None) -> Conditions:
    return Conditions().add("model = $model", model=model).span("ts", start, end).known_by(_RECEIVED, known_by)


def _made(snap: Snapshot, start: datetime | None, end: datetime | None, some: Conditions) -> str:
    return (
        f"SELECT * REPLACE ({_RECEIVED} AS received_at) FROM {snap.source('predictions', start, end)} "
        f"WHERE {some.where} QUALIFY prediction_id IS NULL OR "
        "row_number() OVER (PARTITION BY prediction_id ORDER BY received_at, file_id, line) = 1"
    )


def _parsed(texts: Sequence[Any]) -> list[dict[str, Any]]:
    """All rows at once; one by one where any of them is no object of JSON."""
    try:
        found = orjson.loads(f"[{','.join(texts)}]")
    except (TypeError, ValueError):
        return [_parse(text) for text in texts]
    whole = len(found) == len(texts) and all(isinstance(row, dict) for row in found)
    return found if whole else [_parse(text) for text in texts]


def _parse(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _column(values: Sequence[Any], index: pd.Index) -> pd.Series:
    if set(map(type, values)) <= _NUMBERS:
        return pd.Series(values, index=index, dtype="float64")
    return pd.Series([_as_text(value) for value in values], index=index, dtype="str")


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
