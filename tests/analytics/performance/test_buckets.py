"""Performance by time of prediction, with the labels that are in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.performance import METRICS, by_bucket, measure

START = pd.Timestamp("2026-11-21 14:00", tz="UTC")
MINUTE = pd.Timedelta("1min")


def predictions(y_pred: list[object], y_true: list[object], seconds: list[float] | None = None) -> pd.DataFrame:
    at = range(len(y_pred)) if seconds is None else seconds
    ts = START + pd.to_timedelta(list(at), unit="s")
    known = ts + pd.Timedelta("90s")
    return pd.DataFrame({"ts": ts, "y_pred": y_pred, "y_true": y_true, "y_score": np.nan, "label_known_at": known})


def measured(rows: pd.DataFrame, metric: str = "accuracy", minutes: int = 2, known_by=None) -> pd.DataFrame:
    return by_bucket(rows, metric=metric, bucket=MINUTE, start=START, end=START + minutes * MINUTE, known_by=known_by)


def test_a_prediction_counts_in_the_minute_in_which_it_was_made_however_late_its_label() -> None:
    rows = predictions(["1", "1", "0", "1"], ["1", "0", "0", "1"], [0, 59.9, 60, 119])
    found = measured(rows)
    assert found["value"].tolist() == [0.5, 1.0]
    assert found["predicted"].tolist() == [2, 2]


def test_a_minute_without_labels_has_no_value_and_is_no_zero() -> None:
    found = measured(predictions(["1", "1"], [None, "1"], [0, 70]), minutes=3)
    assert np.isnan(found["value"].iloc[0])
    assert found["labelled"].tolist() == [0, 1, 0]
    assert found["predicted"].tolist() == [1, 1, 0]


def test_labels_count_from_the_moment_they_became_known() -> None:
    rows = predictions(["1", "1"], ["1", "0"], [0, 30])
    assert measured(rows, known_by=START + pd.Timedelta("89s"))["labelled"].iloc[0] == 0
    assert measured(rows, known_by=START + pd.Timedelta("90s"))["value"].iloc[0] == 1.0
    assert measured(rows, known_by=START + pd.Timedelta("120s"))["value"].iloc[0] == 0.5


def test_predictions_not_yet_received_are_not_counted() -> None:
    rows = predictions(["1", "1"], ["1", "1"], [0, 30]).assign(received_at=START + pd.to_timedelta([1, 50], unit="s"))
    assert measured(rows, known_by=START + pd.Timedelta("49s"))["predicted"].iloc[0] == 1


def test_what_lies_outside_start_and_end_is_left_out() -> None:
    rows = predictions(["1", "1", "1"], ["1", "1", "1"], [-1, 0, 120])
    assert measured(rows)["predicted"].tolist() == [1, 0]


def test_spellings_of_one_class_are_one_class() -> None:
    assert measured(predictions(["1", "0", "1.0"], ["1.0", "0", "1"]))["value"].iloc[0] == 1.0
    assert measured(predictions(["True", "no"], ["true", "NO"]))["value"].iloc[0] == 1.0


def test_the_interval_of_accuracy_is_wilsons() -> None:
    """9 of 10: Wilson (1927) gives 0.596 to 0.982."""
    row = measured(predictions(["1"] * 10, ["1"] * 9 + ["0"])).iloc[0]
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.9, 0.596, 0.982), abs=0.001)


SAID, TRUE = list("1101001110"), list("1001011010")  # 4 hits, 6 said, 5 true


@pytest.mark.parametrize(("metric", "value"), [("precision", 4 / 6), ("recall", 4 / 5), ("f1", 2 * 4 / 11)])
def test_figures_of_the_positive_class(metric: str, value: float) -> None:
    found, low, high, n = measure(predictions(SAID, TRUE), metric)
    assert found == pytest.approx(value)
    assert low < found < high
    assert n == 10


def test_figures_agree_with_scikit_learn_on_many_classes() -> None:
    from sklearn import metrics as sk

    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 500)
    said = np.where(rng.random(500) < 0.7, truth, rng.integers(0, 4, 500))
    rows = predictions([f"class {c}" for c in said], [f"class {c}" for c in truth])
    for name, reference in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        assert measure(rows, name)[0] == pytest.approx(reference(truth, said, average="macro"))


def test_roc_auc_agrees_with_scikit_learn_ties_included() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    truth, score = rng.integers(0, 2, 300), rng.integers(0, 20, 300) / 20
    score = np.where(truth == 1, np.minimum(score + 0.2, 1), score)
    rows = predictions(["1"] * 300, truth.astype(str).tolist()).assign(y_score=score)
    found, low, high, _ = measure(rows, "roc_auc")
    assert found == pytest.approx(roc_auc_score(truth, score))
    assert low < found < high


def test_regression_errors_are_in_the_unit_of_the_target() -> None:
    rows = predictions(["10", "20", "33"], ["12", "20", "30"])
    assert measure(rows, "mae")[0] == pytest.approx(5 / 3)
    assert measure(rows, "rmse")[0] == pytest.approx(np.sqrt(13 / 3))


def test_a_regression_passes_over_what_is_no_number() -> None:
    rows = predictions(["10", "n/a", "20"], ["12", "3", "19"], [0, 1, 61])
    assert measured(rows, "mae")["value"].tolist() == [2.0, 1.0]


def test_a_metric_that_the_rows_cannot_give_is_nan_not_zero() -> None:
    assert np.isnan(measure(predictions(["1", "1"], ["1", "1"]), "roc_auc")[0])
    assert np.isnan(measure(predictions(["0", "0"], ["1", "1"]), "precision")[0])
    assert np.isnan(measure(predictions([], []), "accuracy")[0])


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        right = rng.random(60) < 0.85
        _, low, high, _ = measure(predictions(["1"] * 60, np.where(right, "1", "0").tolist()), "accuracy")
        held += low <= 0.85 <= high
    assert 180 <= held <= 200


def test_an_unknown_metric_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'gini'.*accuracy"):
        measured(predictions(["1"], ["1"]), metric="gini")


def test_every_metric_of_the_registry_says_what_it_is() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.definition.endswith(".")


def test_no_predictions_give_empty_buckets() -> None:
    found = measured(predictions([], []))
    assert len(found) == 2
    assert found["predicted"].sum() == 0
    assert found["value"].isna().all()
