"""What an excursion says of its peak: how far out, against which range, judged by what."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analytics import anomaly, proportions
from app.usecases.judgement import (
    RANGE_DETECTOR,
    SCORE_DETECTOR,
    alarmed,
    excursions,
    expected_range,
    onset_between,
    pooled,
)
from app.usecases.learnt import Lesson
from app.usecases.signals import Signal

COUNT = 240


def signal(values: np.ndarray, **fields: object) -> Signal:
    index = pd.date_range("2026-11-22", periods=len(values), freq="5s", tz="UTC")
    series = pd.Series(values, index=index)
    plain = Signal("k", "service", "shop", "shop", "latency", "latency", "ms", "up", series, index.to_series())
    return dataclasses.replace(plain, **fields)


def noise() -> np.ndarray:
    return 40 + 3 * np.random.default_rng(3).standard_normal(COUNT)


def shares(dip: float, *, trailing: int = 1) -> Signal:
    values = np.full(COUNT, 0.9)
    values[100:120] = dip
    counts = pd.Series(50.0, index=signal(values).values.index)
    return signal(values, side="model", metric="performance", bad_direction="down", counts=counts, pooled=trailing)


def test_what_stays_inside_is_no_excursion() -> None:
    assert excursions(signal(noise())) == ()


def test_what_goes_far_out_needs_no_detector() -> None:
    values = noise()
    values[100:120] = 900
    (one,) = excursions(signal(values))
    band = expected_range(signal(values), "full").loc[one.onset.peak_ts]
    assert (one.detector, one.peak_score, one.onset.peak_value) == (RANGE_DETECTOR, 1.0, 900)
    assert (one.expected_low, one.expected_high) == (band["lower"], band["upper"])


def test_what_is_less_plain_has_the_score_and_range_of_the_detector() -> None:
    values = noise()
    values[100:130] += 22
    (one,) = excursions(signal(values))
    result = anomaly.detect(signal(values).values, mode="full")
    assert one.detector == SCORE_DETECTOR
    assert one.peak_score in {episode.peak_score for episode in result.episodes}
    assert (one.expected_low, one.expected_high) == (
        result.lower[one.onset.peak_ts],
        result.upper[one.onset.peak_ts],
    )


@pytest.mark.parametrize("trailing", [1, 4])
def test_a_counted_share_is_scored_by_its_distance_in_widths_of_the_range_that_judged_it(trailing: int) -> None:
    (one,) = excursions(shares(0.7, trailing=trailing))
    band = expected_range(shares(0.7), "full")
    _, judged = pooled(shares(0.7, trailing=trailing), band)
    at = judged.loc[one.onset.peak_ts]
    width = at["upper"] - at["lower"]
    assert one.peak_score == pytest.approx(0.5 + 0.5 * min(1, (at["lower"] - one.onset.peak_value) / width))
    assert 0.5 < one.peak_score < 1
    assert one.expected_high - one.expected_low == width


def test_the_worse_the_share_the_higher_its_score_up_to_one() -> None:
    scores = [excursions(shares(dip))[0].peak_score for dip in (0.7, 0.6, 0.2, 0.0)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] == 1


def test_a_range_without_width_is_left_in_full() -> None:
    values = np.where(np.arange(COUNT) // 20 == 5, 0.4, 0.0)
    limited = signal(values, limit=0.0)
    (one,) = excursions(limited)
    assert (one.expected_low, one.expected_high, one.peak_score) == (0.0, 0.0, 1.0)


def test_half_a_width_outside_is_half_way_from_alarm_to_certain() -> None:
    values = np.where(np.arange(COUNT) // 20 == 5, 0.3, 0.0)
    (one,) = excursions(signal(values, limit=0.2))
    assert one.peak_score == pytest.approx(0.75)


def test_one_bucket_of_few_records_is_no_excursion() -> None:
    lone = shares(0.9)
    lone.values.iloc[100] = 0.0
    assert proportions.band(lone.values, pd.Series(50.0, index=lone.values.index))["lower"].iloc[100] > 0
    assert excursions(lone) == ()


FIRST, SECOND = 300, 900
TWO = 40 + 3 * np.random.default_rng(3).standard_normal(2_000)
TWO[FIRST : FIRST + 6] += 40
TWO[SECOND : SECOND + 30] += 60
START = pd.Timestamp("2026-11-22", tz="UTC")


def judged(place: int, *, real: bool, said_after: str = "90min") -> Lesson:
    begin = START + pd.Timedelta(seconds=5 * place)
    return Lesson(begin, begin + pd.Timedelta("25s"), real, "Mara", START + pd.Timedelta(said_after))


def places(values: np.ndarray, *lessons: Lesson) -> list[int]:
    found = excursions(signal(values, lessons=lessons))
    return [round((one.start - START).total_seconds() / 5) for one in found]


def test_what_is_no_stronger_than_what_was_not_useful_is_not_raised_what_was_judged_stays() -> None:
    not_useful, real = judged(SECOND, real=False), judged(FIRST, real=True)
    assert places(TWO) == [FIRST, SECOND]
    assert places(TWO, not_useful) == [SECOND]
    assert places(TWO, judged(FIRST, real=False)) == [FIRST, SECOND], "the other is stronger"
    assert places(TWO, not_useful, real) == [FIRST, SECOND]


def test_what_goes_far_out_is_raised_whatever_was_said() -> None:
    values = TWO.copy()
    values[1_500:1_530] = 900
    assert places(values, judged(1_500, real=False), judged(SECOND, real=False))[-1] == 1_500
    values[1_700:1_730] = 900
    assert places(values, judged(1_500, real=False))[-1] == 1_700


@pytest.mark.parametrize(("said_after", "alarms"), [("90min", False), ("9h", True)])
def test_an_alarm_as_known_then_is_silenced_by_what_was_said_before_it(said_after: str, alarms: bool) -> None:
    values = TWO.copy()
    values[1_500:1_530] += 40
    asked = signal(values, lessons=(judged(SECOND, real=False, said_after=said_after),))
    band = expected_range(asked, "causal")
    onset = onset_between(asked, band, asked.values.index[1_480])
    assert onset is not None
    assert (alarmed(asked, band, onset) is not None) == alarms


def loss(mended_s: float, seed: int = 0) -> Signal:
    """A model that is wrong in a tenth of its answers, from second 1,800 until it is mended in four of ten."""
    rng = np.random.default_rng(seed)
    at_s = np.sort(rng.uniform(0, 3_600, 14_400))
    wrong = rng.random(len(at_s)) < np.where((at_s >= 1_800) & (at_s < mended_s), 0.4, 0.1)
    ts = START + pd.to_timedelta(at_s, unit="s")
    records = pd.DataFrame({"ts": ts, "value": wrong.astype(float), "known_at": ts})
    grouped = records.groupby(records["ts"].dt.floor("30s"))["value"]
    values = 1 - grouped.mean()
    told = {"metric": "performance", "bad_direction": "down", "counts": grouped.size().astype(float), "pooled": 4}
    known = values.index.to_series()
    return dataclasses.replace(signal(noise()), side="model", values=values, known_at=known, records=records, **told)


@pytest.mark.parametrize("mended_s", [2_010, 2_222, 2_700])
def test_a_loss_ends_with_the_records_that_are_right_again_not_with_its_trailing_buckets(mended_s: float) -> None:
    (one,) = excursions(loss(mended_s))
    assert abs((one.end - START).total_seconds() - mended_s) < 20
    assert one.onset.ended is not None
    assert one.onset.ended >= one.end, "as known then it ends with its buckets"
