"""What is expected of a measure after its last sample: how far one can look, what is said, and when nothing can be."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from app.format import NBSP
from app.usecases.ahead import NO_QUANTITY, look_ahead
from app.usecases.ahead_history import MOST_SAMPLES
from app.usecases.ahead_view import Ahead
from app.usecases.left_out import OPEN_END, Stretch
from app.usecases.signals import Signal
from tests.app.usecases.ahead_data import START, daily, noise, signal

DAY_S = 86_400.0


def look(one: Signal, ahead_s: float | None = None) -> Ahead:
    return look_ahead(one, ahead_s, UTC)


def latency(values: Any, **given: Any) -> Signal:
    return signal(values, role="latency", unit="ms", measure="p95 latency", **given)


def test_a_day_ahead_is_a_day_of_values_in_a_range_after_the_last_sample() -> None:
    found = look(latency(daily()))
    last = START + pd.Timedelta(minutes=5 * (14 * 288 - 1))
    assert found.last == last
    assert (found.horizon_s, len(found.ts)) == (DAY_S, 288)
    assert found.ts[0] == np.datetime64((last + pd.Timedelta("5min")).tz_localize(None), "us")
    came = 120 + 40 * np.sin(2 * np.pi * np.arange(288) / 288)
    assert np.abs(found.expected - came).mean() < 6
    assert (found.lower <= found.expected).all()
    assert (found.upper >= found.expected).all()


def test_one_sentence_tells_what_is_expected_at_the_end_in_the_zone_of_the_reader() -> None:
    found = look_ahead(latency(daily()), 6 * 3600, ZoneInfo("Europe/Berlin"))
    middle = f"{found.expected[-1]:.0f}"
    assert found.sentence.startswith(f"P95 latency: {middle}{NBSP}ms expected in 6{NBSP}h, Sun 15{NBSP}Nov, 06:55; ")
    assert f"between {found.lower[-1]:.0f}{NBSP}ms and {found.upper[-1]:.0f}{NBSP}ms" in found.sentence


def test_the_backtest_is_said_in_words() -> None:
    found = look(latency(daily()))
    assert found.backtest is not None
    assert found.tested.startswith("Tested from 16 moments of the history: its errors are 0.")
    assert "which is better" in found.tested
    assert f"of 90{NBSP}% promised" in found.tested


@pytest.mark.parametrize(
    ("days", "choices"),
    [(0.2, [900, 3600]), (2.1, [900, 3600, 21_600, DAY_S]), (15, [900, 3600, 21_600, DAY_S, 7 * DAY_S])],
)
def test_one_can_look_as_far_as_the_history_was_tested(days: float, choices: list[float]) -> None:
    found = look(latency(daily(days)))
    assert list(found.choices_s) == choices
    for each in choices:
        assert len(look(latency(daily(days)), each).ts) == each / 300


def test_too_far_is_answered_with_what_would_be_enough() -> None:
    found = look(latency(daily(2)), 7 * DAY_S)
    assert not len(found.ts)
    assert found.sentence.startswith(f"7{NBSP}days ahead needs more than 2{NBSP}weeks of history in sight, and there")
    assert len(look(latency(daily(14.1)), 7 * DAY_S).ts) == 7 * 288


def test_the_next_longer_look_says_what_it_needs() -> None:
    found = look(latency(daily(3)))
    assert found.enough == f"7{NBSP}days ahead needs more than 2{NBSP}weeks of history in sight."
    assert found.enough_s == pytest.approx(14 * DAY_S, rel=0.01)


def test_a_stated_season_is_a_choice_and_where_one_looks_first() -> None:
    wave = 50 + 5 * np.sin(2 * np.pi * np.arange(400) / 12)
    found = look(latency(wave, step="1min", seasons_s=(720.0,)))
    assert found.horizon_s == 720
    assert found.expected == pytest.approx(50 + 5 * np.sin(2 * np.pi * np.arange(400, 412) / 12), abs=0.5)
    assert f"Its source states a season of 12{NBSP}min." in found.notes


def test_what_is_left_out_is_not_learned_from() -> None:
    values = daily()
    values[2000:2600] += 900
    left = Stretch(*(START.to_pydatetime() + timedelta(minutes=5 * i) for i in (2000, 2600)), "INC-0001 (confirmed)")
    without, with_it = look(latency(values, left_out=(left,))), look(latency(values))
    assert without.upper.max() < 250 < with_it.upper.max()
    assert any("INC-0001 (confirmed)" in note for note in without.notes)
    assert len(without.lane.ts) == len(values), "what happened is still drawn"


def test_an_incident_that_is_still_open_is_looked_over() -> None:
    values = daily()
    values[-100:] += 900
    begun = START.to_pydatetime() + timedelta(minutes=5 * (len(values) - 100))
    found = look(latency(values, left_out=(Stretch(begun, OPEN_END, "INC-0002 (confirmed)"),)), 6 * 3600)
    assert found.last is not None
    assert found.ts[0] > np.datetime64(found.last.replace(tzinfo=None))
    assert len(found.ts) == 72
    assert found.expected.max() < 250


def test_a_share_ends_at_one() -> None:
    share = np.clip(0.97 + noise(2000, 0.02), 0, 1)
    found = look(signal(share, unit="share"))
    assert found.upper.max() <= 1
    assert look(signal(share * 1.5, unit="share")).upper.max() > 1, "this one went over"


def test_many_samples_are_averaged_and_that_is_said() -> None:
    found = look(latency(np.repeat(daily(7), 10), step="30s"), DAY_S)
    assert len(found.lane.ts) <= MOST_SAMPLES
    assert any(note.startswith("20,160 samples are in sight; averages of ") for note in found.notes)
    assert found.expected.mean() == pytest.approx(120, abs=5)


def test_up_or_down_is_not_forecast() -> None:
    found = look(signal(np.ones(500), role="availability", unit="bool", bad_direction="down"))
    assert (found.sentence, len(found.ts), found.choices_s) == (NO_QUANTITY, 0, ())


ODD: dict[str, Any] = {
    "none": [],
    "one": [5.0],
    "nineteen": np.arange(19.0),
    "forty": noise(40),
    "constant": np.full(500, 4.0),
    "no number": [np.nan, np.inf, -np.inf] * 200,
    "holes": np.where(np.arange(900) % 7 == 0, np.nan, 50 + noise(900)),
    "too large": noise(500, 1e308),
    "tiny": noise(500, 1e-300),
    "step": np.r_[np.zeros(300), np.full(300, 1e9)],
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("ahead_s", [None, 1.0, 900.0, 1e9])
def test_odd_series_are_answered_in_words(name: str, ahead_s: float | None) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = look_ahead(signal(ODD[name]), ahead_s, UTC)
    assert found.sentence.endswith(".")
    assert np.isfinite([*found.expected, *found.lower, *found.upper]).all()
    assert len(found.ts) == len(found.expected) == len(found.lower) == len(found.upper)


def test_too_few_samples_say_how_many_it_takes() -> None:
    assert look(signal([5.0])).sentence == (
        "Nothing can be said of disk used yet: it needs 20 samples in sight, and has 1."
    )


def test_a_constant_stays_what_it_is() -> None:
    found = look(signal(np.full(500, 4.0)))
    assert (found.expected == 4).all()
    assert (found.lower == 4).all()


def test_gaps_disorder_and_doubles_change_little_and_are_said() -> None:
    whole = latency(daily())
    index = np.random.default_rng(1).permutation(np.r_[0:1500, 2200:4032, 100:110])
    found, plain = look(replace(whole, values=whole.values.iloc[index])), look(whole)
    assert found.expected == pytest.approx(plain.expected, abs=25)
    assert any("gap without samples" in note for note in found.notes)
    assert any(note.startswith("10 rows of a moment that has one already") for note in found.notes)


def test_a_series_of_decades_has_its_own_lengths() -> None:
    found = look(signal(10 + np.arange(60) / 10, step="365D"))
    assert found.choices_s == (3 * 365 * DAY_S,)
    assert isinstance(found.last, datetime)


def test_ten_thousand_points_take_well_under_a_second_of_cpu() -> None:
    one = latency(daily(35)[:10_000])
    look(one)  # what is imported on the way is not counted
    begun = time.process_time()
    look(one)
    assert time.process_time() - begun < 0.8
