from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from data.queries import predictions
from data.store import Snapshot, Store
from tests.data.builders import at, put


def made(minute: float, prediction_id: str | None, y_pred: str = "yes", **fields: Any) -> dict[str, Any]:
    row = {"ts": at(minute), "model": "fraud", "version": "1", "prediction_id": prediction_id, "y_pred": y_pred}
    return {**row, "y_score": 0.5, "received_at": at(minute, 1), **fields}


def label(minute: float, prediction_id: str, y_true: str, model: str | None = "fraud") -> dict[str, Any]:
    return {"prediction_id": prediction_id, "model": model, "y_true": y_true, "label_ts": at(minute)}


def truths(snap: Snapshot, known_by: datetime | None = None) -> list[Any]:
    frame = predictions.read(snap, "fraud", known_by=known_by)
    return [None if pd.isna(value) else value for value in frame["y_true"]]


def test_predictions_come_by_time_with_their_labels(store: Store) -> None:
    put(store, 1, predictions=[made(2, "b", "no"), made(1, "a")])
    put(store, 2, labels=[label(5, "a", "no")])
    with store.snapshot() as snap:
        frame = predictions.read(snap, "fraud")
    assert list(frame.columns) == [
        *("ts", "version", "prediction_id", "y_pred", "y_score", "received_at", "y_true", "label_known_at")
    ]
    assert frame["prediction_id"].tolist() == ["a", "b"]
    assert (frame["y_true"][0], frame["label_known_at"][0]) == ("no", at(5))
    assert frame[["y_true", "label_known_at"]].iloc[1].isna().all()


def test_a_label_counts_from_when_it_was_known(store: Store) -> None:
    put(store, predictions=[made(1, "a")], labels=[label(5, "a", "no")])
    with store.snapshot() as snap:
        assert truths(snap, at(4, 59)) == [None]
        assert truths(snap, at(5)) == ["no"]


def test_of_several_labels_the_last_known_by_then_holds(store: Store) -> None:
    put(store, 1, predictions=[made(1, "a")], labels=[label(9, "a", "third"), label(5, "a", "first")])
    put(store, 2, labels=[label(7, "a", "second")])
    with store.snapshot() as snap:
        assert [truths(snap, known_by=at(minute)) for minute in (6, 8, 10)] == [["first"], ["second"], ["third"]]
        assert predictions.read(snap, "fraud", known_by=at(8))["label_known_at"].tolist() == [at(7)]


def test_of_labels_of_the_same_moment_the_later_line_holds(store: Store) -> None:
    put(store, 1, predictions=[made(1, "a")], labels=[label(5, "a", "early"), label(5, "a", "late")])
    with store.snapshot() as snap:
        assert truths(snap) == ["late"]


def test_a_label_belongs_to_its_model(store: Store) -> None:
    put(store, predictions=[made(1, "a"), made(2, "b")], labels=[label(5, "a", "x", "other"), label(5, "b", "y", None)])
    with store.snapshot() as snap:
        assert truths(snap) == [None, "y"]


def test_a_prediction_counts_from_when_it_was_received(store: Store) -> None:
    put(store, predictions=[made(1, "a"), made(1, "b", received_at=at(9)), made(2, "c", received_at=None)])
    with store.snapshot() as snap:
        frame = predictions.read(snap, "fraud", known_by=at(3))
    assert frame["prediction_id"].tolist() == ["a", "c"]
    assert frame["received_at"].tolist() == [at(1, 1), at(2)]


def test_a_prediction_logged_twice_counts_once_but_those_without_an_id_all_count(store: Store) -> None:
    put(store, 1, predictions=[made(1, "a"), made(1, None), made(1, None)])
    put(store, 2, predictions=[made(1, "a", "no", received_at=at(3))])
    with store.snapshot() as snap:
        assert sorted(predictions.read(snap, "fraud")["y_pred"]) == ["yes", "yes", "yes"]


def test_the_range_is_half_open_and_of_one_model(store: Store) -> None:
    put(store, predictions=[made(1, "a"), made(2, "b"), made(3, "c"), made(2, "d", model="other")])
    with store.snapshot() as snap:
        assert predictions.read(snap, "fraud", at(1), at(3))["prediction_id"].tolist() == ["a", "b"]
        assert predictions.models(snap) == ("fraud", "other")


def test_features_are_columns_in_the_order_of_the_predictions(store: Store) -> None:
    put(
        store,
        predictions=[
            made(2, "b", features='{"age": 31, "city": "Oslo", "vip": true}'),
            made(1, "a", features='{"age": 30.5, "city": null, "code": 7}'),
            made(3, "c", features='{"code": "x", "nested": {"k": [1]}}'),
        ],
    )
    with store.snapshot() as snap:
        frame = predictions.features(snap, "fraud")
        assert frame.index.tolist() == predictions.read(snap, "fraud")["prediction_id"].tolist() == ["a", "b", "c"]
    assert frame["age"].tolist()[:2] == [30.5, 31.0]
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        **{"age": "float64", "city": "str", "code": "str"},
        **{"nested": "str", "vip": "str"},
    }
    assert frame.astype(object).where(frame.notna(), None)[["city", "code", "nested", "vip"]].to_numpy().tolist() == [
        [None, "7", None, None],
        ["Oslo", None, None, "true"],
        [None, "x", '{"k": [1]}', None],
    ]


@pytest.mark.parametrize("text", [None, "", "no json", "[1]", "3", "null", '{"a": 1'])
def test_features_that_cannot_be_read_are_missing_and_no_row_is_lost(store: Store, text: str | None) -> None:
    put(store, predictions=[made(1, "a", features='{"x": 1}'), made(2, "b", features=text)])
    with store.snapshot() as snap:
        frame = predictions.features(snap, "fraud", at(), at(9))
    assert frame["x"].isna().tolist() == [False, True]


@pytest.mark.parametrize("name", ["", "A", '"', "$.x", "'; --", "ünï", "__index__"])
def test_a_feature_may_have_any_name(store: Store, name: str) -> None:
    import json

    put(store, predictions=[made(1, "a", features=json.dumps({name: 1, "a": 2}))])
    with store.snapshot() as snap:
        assert predictions.features(snap, "fraud").to_dict("records") == [{name: 1.0, "a": 2.0}]


def test_an_empty_store_gives_empty_typed_frames(empty: Snapshot) -> None:
    frame = predictions.read(empty, "fraud", at(), at(1), at(2))
    assert [str(frame[name].dtype) for name in ("ts", "y_score", "label_known_at")] == [
        *("datetime64[us, UTC]", "float64", "datetime64[us, UTC]")
    ]
    assert len(frame) == len(predictions.features(empty, "fraud", at(), at(1))) == 0
    assert predictions.models(empty) == ()
