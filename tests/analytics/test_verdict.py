"""The verdict: what is certain by construction must come out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.verdict import Verdict, judge

T0 = pd.Timestamp("2026-01-01", tz="UTC")
RATE = 12  # predictions per second


def at(seconds: float) -> pd.Timestamp:
    return T0 + pd.Timedelta(seconds=seconds)


BASELINE, DURING, OUTAGE = (at(0), at(600)), (at(600), at(900)), (at(600), at(810))


def history(*errors: tuple[float, float, float], base: float = 0.09, seed: int = 0) -> pd.DataFrame:
    """900 s of predictions with error rate ``base``, and another in each (start, end, rate)."""
    seconds = np.arange(0, 900, 1 / RATE)
    rate = np.full(len(seconds), base)
    for start, end, other in errors:
        rate[(seconds >= start) & (seconds < end)] = other
    wrong = np.random.default_rng(seed).random(len(seconds)) < rate
    return pd.DataFrame({"ts": T0 + pd.to_timedelta(seconds, unit="s"), "loss": wrong.astype(float)})


def decide(losses: pd.DataFrame, **more: Any) -> Verdict:
    return judge(losses, **({"baseline": BASELINE, "during": DURING, "outages": [OUTAGE]} | more))


@pytest.mark.parametrize("seed", range(5))
def test_a_loss_inside_the_outage_alone_is_the_outage(seed: int) -> None:
    verdict = decide(history((600, 810, 0.27), seed=seed))
    assert verdict.kind == "infra"
    assert verdict.share > 0.85
    assert verdict.low <= verdict.share <= verdict.high


@pytest.mark.parametrize("seed", range(5))
def test_a_loss_without_an_outage_is_the_model(seed: int) -> None:
    assert decide(history((600, 900, 0.25), seed=seed), outages=[]).kind == "model"


def test_a_loss_that_starts_when_the_outage_is_over_is_the_model() -> None:
    assert decide(history((820, 900, 0.4))).kind == "model"


def test_a_loss_half_inside_is_both_and_the_split_is_near_the_truth() -> None:
    verdict = decide(history((600, 900, 0.30)), outages=[(at(600), at(750))])
    assert verdict.kind == "both"
    assert verdict.share == pytest.approx(0.5, abs=0.1)
    assert verdict.loss == pytest.approx(0.21, abs=0.03)
    assert verdict.explained + (verdict.loss - verdict.explained) == pytest.approx(verdict.loss)


def test_an_outage_that_cost_no_accuracy_is_neither() -> None:
    assert decide(history()).kind == "neither"


def test_predictions_on_defaults_count_as_inside_though_no_service_reported_an_outage() -> None:
    losses = history((600, 810, 0.3))
    seconds = (losses["ts"] - T0).dt.total_seconds()
    assert decide(losses, outages=[], affected=(seconds >= 600) & (seconds < 810)).kind == "infra"


def test_missing_labels_leave_it_open_and_say_how_many_are_in() -> None:
    losses = history((600, 810, 0.27))
    late = losses["ts"] >= at(760)
    verdict = decide(losses.assign(loss=losses["loss"].mask(late)))
    assert verdict.kind == "unknown"
    assert verdict.labels_in == pytest.approx(160 / 300, abs=0.01)


def test_too_few_labels_leave_it_open() -> None:
    losses = history((600, 810, 0.27))
    assert decide(losses, during=(at(600), at(602))).kind == "unknown"
    assert decide(losses.iloc[:0]).kind == "unknown"


def test_the_words_of_the_bar_add_up() -> None:
    verdict = decide(history((600, 810, 0.27)))
    assert verdict.during_value == pytest.approx(verdict.baseline - verdict.loss)


def test_same_input_same_bytes_and_order_of_rows_does_not_matter() -> None:
    losses = history((600, 810, 0.27))
    shuffled = losses.sample(frac=1, random_state=1)
    first, again, mixed = decide(losses), decide(losses), decide(shuffled)
    assert asdict(first) == asdict(again)
    assert asdict(mixed) == pytest.approx(asdict(first))


def test_chance_alone_is_rarely_called_a_loss() -> None:
    kinds = [decide(history(seed=seed)).kind for seed in range(40)]
    assert kinds.count("neither") >= 39


def test_a_regression_loss_is_split_in_its_own_unit() -> None:
    losses = history().assign(loss=lambda t: 1.5 + (t["ts"] >= at(600)) * 2.0)
    verdict = decide(losses, outages=[DURING])
    assert verdict.kind == "infra"
    assert (verdict.baseline, verdict.during_value, verdict.loss) == pytest.approx((1.5, 3.5, 2.0))
