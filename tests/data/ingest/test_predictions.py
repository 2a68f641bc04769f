"""Predictions and labels: features kept with every digit, labels known when they were known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from data.errors import MappingError
from data.schemas import TIME
from tests.data.ingest.parsing import Parser

T0 = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
ISO = "2024-05-01T10:00:00Z"


def test_json_lines_with_an_object_of_features(parse: Parser) -> None:
    said = {"ts": ISO, "model": "churn", "version": "v3", "prediction_id": "o1", "y_pred": 1, "y_score": 0.9}
    read = parse(json.dumps(said | {"features": {"a": 1.10, "b": None}, "received_at": "2024-05-01T10:00:02Z"}) + "\n")
    row = read.only("predictions")
    assert (read.kind, row["model"], row["version"], row["prediction_id"]) == ("predictions", "churn", "v3", "o1")
    assert (row["y_pred"], row["y_score"], row["received_at"] - row["ts"]) == ("1", 0.9, timedelta(seconds=2))
    assert json.loads(row["features"]) == {"a": 1.1, "b": None}


def test_every_column_that_is_nothing_else_is_a_feature(parse: Parser) -> None:
    read = parse(
        f"id,income,zip,timestamp,y_pred_proba,y_pred\n7,3.4583,00501,{ISO},0.18,0\n", constants={"model": "loan"}
    )
    row = read.only("predictions")
    assert (row["prediction_id"], row["y_pred"], row["y_score"], row["model"]) == ("7", "0", 0.18, "loan")
    assert row["features"] == '{"income":3.4583,"zip":"00501"}'


def test_predictions_without_times_are_refused_with_the_reason(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"carry no time, and without the time.*'id', 'y_pred', 'age'"):
        parse("id,y_pred,age\n1,0,30\n")


def test_classes_as_text_with_a_probability_each(parse: Parser) -> None:
    content = (
        f"id,ts,y_pred,p_gold,p_blue,age\n1,{ISO},gold,0.7,0.3,30\n2,{ISO},blue,0.2,0.8,31\n3,{ISO},red,0.1,0.1,9\n"
    )
    read = parse(content, kind="predictions", scores={"gold": "p_gold", "blue": "p_blue"})
    assert read.column("y_score") == [0.7, 0.8, None]
    assert read.column("features") == ['{"age":30}', '{"age":31}', '{"age":9}']


def test_a_line_that_predicts_nothing_is_refused(parse: Parser) -> None:
    read = parse(f"id,ts,y_pred,y_score\n1,{ISO},,\n2,{ISO},,high\n3,{ISO},1,\n", kind="predictions")
    assert read.counts == (1, 2, 1)
    assert "neither y_pred nor y_score" in read.reasons[2]
    assert "'high', which is no number" in read.reasons[3]


def test_without_ids_a_prediction_is_called_by_its_file_and_line(parse: Parser) -> None:
    assert parse(f"ts,y_pred\n{ISO},1\n{ISO},0\n").column("prediction_id") == ["7-2", "7-3"]


def test_a_model_that_nothing_names_is_said(parse: Parser) -> None:
    read = parse(f"id,ts,y_pred\n1,{ISO},1\n")
    assert read.column("model") == ["unknown_model"]
    assert any("name no model" in note for note in read.notes)


WITH_LABELS = f"id,ts,y_pred,target\n1,{ISO},1,0\n2,{ISO},1,\n"


def test_labels_beside_their_predictions_need_a_time_or_a_lag(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"'target' holds labels.*State label_lag"):
        parse(WITH_LABELS)
    read = parse(WITH_LABELS, label_lag="7d", constants={"model": "m"})
    (label,) = read.rows["labels"]
    assert (label["prediction_id"], label["model"], label["y_true"]) == ("1", "m", "0")
    assert label["label_ts"] == T0 + timedelta(days=7)
    assert len(read.rows["predictions"]) == read.accepted == 2


def test_labels_with_their_time(parse: Parser) -> None:
    content = '{"prediction_id": "o1", "model": "m", "y_true": 0, "label_ts": "2024-05-01T10:00:00Z"}\n'
    row = parse(content).only("labels")
    assert (row["prediction_id"], row["y_true"], row["label_ts"]) == ("o1", "0", T0)


def test_a_lag_counts_from_the_time_of_the_record(parse: Parser) -> None:
    content = f"prediction_id,y_true,timestamp\na,1,{ISO}\n"
    assert parse(content).only("labels")["label_ts"] == T0
    assert parse(content, kind="labels", known_lag="1h").only("labels")["label_ts"] == T0 + timedelta(hours=1)


def test_labels_without_time_or_lag_are_refused(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"say nothing of when they were known.*known_lag"):
        parse("prediction_id,y_true\na,1\n")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "times.arrow"
    columns = {"prediction_id": ["a", "b"], "model": ["m", "m"], "ts": pa.array([T0, T0 + timedelta(hours=1)], TIME)}
    feather.write_feather(pa.table(columns), path)
    return path


def test_a_stated_lag_counts_from_the_stored_prediction(parse: Parser, tmp_path: Path, stored: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("prediction_id,y_true\nb,1\nz,0\na,0\n")
    read = parse.file(file, times=stored, kind="labels", known_lag="30d", constants={"model": "m"})
    assert read.counts == (2, 1, 1)
    assert read.column("label_ts") == [T0 + timedelta(days=30, hours=1), T0 + timedelta(days=30)]
    assert "no prediction 'z' of the model 'm' is stored" in read.reasons[3]
