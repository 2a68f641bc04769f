"""What expectation is not learned from: confirmed incidents, episodes judged real, maintenance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.anomaly import detect, expect

HOURS = pd.date_range("2026-10-05", periods=24 * 28, freq="1h", tz="UTC")
STRETCH = (HOURS[24 * 10], HOURS[24 * 24])


def daily(seed: int = 0) -> pd.Series:
    wave = 100 + 30 * np.sin(2 * np.pi * np.arange(len(HOURS)) / 24)
    return pd.Series(wave + np.random.default_rng(seed).normal(0, 2, len(HOURS)), index=HOURS)


def broken() -> pd.Series:
    """Half of the history is an incident."""
    series = daily()
    series[(series.index >= STRETCH[0]) & (series.index < STRETCH[1])] += 200
    return series


def test_a_long_incident_that_is_left_out_does_not_become_the_usual() -> None:
    inside = slice(STRETCH[0] + pd.Timedelta("2D"), STRETCH[1] - pd.Timedelta("2D"))
    learned = (expect(broken())["expected"] - daily())[inside].abs().median()
    left = (expect(broken(), left_out=[STRETCH])["expected"] - daily())[inside].abs().median()
    assert learned > 100
    assert left < 10


def test_what_is_left_out_is_judged_all_the_same() -> None:
    found = detect(broken(), left_out=[STRETCH])
    assert any(
        e.start <= STRETCH[0] + pd.Timedelta("2h") and e.end >= STRETCH[1] - pd.Timedelta("2h") for e in found.episodes
    )
    assert any("left out" in note for note in found.notes)


def test_nothing_left_out_is_nothing_changed() -> None:
    whole, none = (
        expect(broken()),
        expect(broken(), left_out=[(HOURS[-1] + pd.Timedelta("1D"), HOURS[-1] + pd.Timedelta("2D"))]),
    )
    pd.testing.assert_frame_equal(whole, none)


def test_where_too_little_would_be_left_all_of_it_teaches() -> None:
    pd.testing.assert_frame_equal(expect(daily(), left_out=[(HOURS[0], HOURS[-5])]), expect(daily()))


def test_as_known_then_nothing_is_left_out_for_it_was_said_later() -> None:
    known = detect(broken(), mode="causal", left_out=[STRETCH]).scores
    assert known.to_numpy().tobytes() == detect(broken(), mode="causal").scores.to_numpy().tobytes()
