"""Causal scores know nothing of the future: those of a prefix are the prefix of those of the whole, byte by byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.anomaly import AnomalyResult, detect
from analytics.anomaly.expectation import refits
from tests.analytics.series import TEN, real


def columns(result: AnomalyResult) -> np.ndarray:
    return np.column_stack([result.scores, result.expected, result.lower, result.upper])


@pytest.mark.parametrize("path", TEN, ids=lambda p: p.stem)
def test_twenty_random_prefixes_of_a_real_series_score_as_the_whole_does(path: Path) -> None:
    series = real(path, longest=1_200)
    whole = columns(detect(series, mode="causal"))
    for cut in np.random.default_rng(7).integers(1, len(series), 20):
        part = columns(detect(series.iloc[:cut], mode="causal"))
        assert part.tobytes() == whole[:cut].tobytes(), f"a prefix of {cut} differs"


def test_the_first_samples_already_keep_their_numbers() -> None:
    series = real(TEN[0], longest=90)
    whole = columns(detect(series, mode="causal"))
    for cut in range(1, 90):
        assert columns(detect(series.iloc[:cut], mode="causal")).tobytes() == whole[:cut].tobytes()


def test_hindsight_does_change_with_what_comes_later() -> None:
    """Guards the tests above: were full mode compared the same way, they would fail."""
    series = real(TEN[0], longest=1_500)
    whole, part = detect(series).expected, detect(series.iloc[:700]).expected
    assert not part.equals(whole.iloc[:700])


def test_refits_cover_every_sample_once_at_positions_that_do_not_depend_on_the_length() -> None:
    long, short = list(refits(1_000)), list(refits(300))
    assert [s for a, b in long for s in range(a, b)] == list(range(1_000))
    assert short[:-1] == long[: len(short) - 1]


def test_an_alarm_is_raised_when_the_fault_begins_not_later() -> None:
    rng = np.random.default_rng(3)
    index = pd.date_range("2026-03-01", periods=400, freq="5s", tz="UTC")
    series = pd.Series(20 + rng.normal(0, 1, 400), index=index)
    series.iloc[250:] += 40
    scores = detect(series, mode="causal").scores
    assert (scores.iloc[:250] < 0.5).all()
    assert scores.iloc[250] >= 0.5
