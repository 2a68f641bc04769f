"""The estimate stands in for accuracy while labels are out; it must be near what the labels then say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.performance import estimate


def log(n: int, centre: float, seed: int, overconfident: float = 1.0) -> pd.DataFrame:
    """A binary model whose true chance is known; ``overconfident`` bends the logged score away from it."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(centre, 1.5, n)
    chance = 1 / (1 + np.exp(-logit))
    truth = rng.random(n) < chance
    score = 1 / (1 + np.exp(-logit * overconfident))
    said = score >= 0.5
    return pd.DataFrame({"y_pred": np.where(said, "1", "0"), "y_true": np.where(truth, "1", "0"), "y_score": score})


def accuracy(rows: pd.DataFrame) -> float:
    return float((rows["y_pred"] == rows["y_true"]).mean())


@pytest.mark.parametrize("overconfident", [1.0, 3.0])
def test_it_follows_inputs_that_moved_where_the_model_is_less_sure(overconfident: float) -> None:
    reference = log(4_000, 1.5, 0, overconfident)
    harder = log(2_000, 0.0, 1, overconfident)
    found = estimate(reference, harder[["y_pred", "y_score"]])
    assert accuracy(reference) - accuracy(harder) > 0.04
    assert found.value == pytest.approx(accuracy(harder), abs=0.025)
    assert found.n == 2_000
    assert found.metric == "accuracy"


def test_the_score_may_be_that_of_the_predicted_class() -> None:
    def confidence(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(y_score=np.maximum(rows["y_score"], 1 - rows["y_score"]))

    reference, harder = confidence(log(4_000, 1.5, 0)), confidence(log(2_000, 0.0, 1))
    assert estimate(reference, harder).value == pytest.approx(accuracy(harder), abs=0.025)


def test_the_interval_holds_what_the_labels_say_in_nine_of_ten_trials() -> None:
    held = 0
    for seed in range(40):
        reference, current = log(1_500, 1.0, seed), log(300, 0.5, 1_000 + seed)
        found = estimate(reference, current)
        held += found.low <= accuracy(current) <= found.high
    assert held >= 36


def test_fewer_predictions_give_a_wider_interval() -> None:
    reference = log(4_000, 1.0, 0)
    few, many = estimate(reference, log(50, 1.0, 1)), estimate(reference, log(2_000, 1.0, 1))
    assert few.high - few.low > 3 * (many.high - many.low)


def test_too_few_labels_or_no_scores_give_no_estimate() -> None:
    rows = log(200, 1.0, 0)
    assert np.isnan(estimate(rows.iloc[:49], rows).value)
    assert np.isnan(estimate(rows.assign(y_true=None), rows).value)
    assert np.isnan(estimate(rows, rows.drop(columns="y_score")).value)
    assert np.isnan(estimate(rows, rows.iloc[:0]).value)


def test_a_class_never_seen_before_is_judged_like_the_others() -> None:
    rows = log(400, 1.0, 0)
    found = estimate(rows, rows.assign(y_pred="7").iloc[:50])
    assert 0 <= found.low <= found.value <= found.high <= 1
