"""Why the detector found an episode, and which label value carries it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import pytest

from analytics.anomaly import detect
from analytics.anomaly.carriers import carriers
from analytics.anomaly.explain import explain

MINUTES = pd.date_range("2026-11-02", periods=1_440, freq="1min", tz="UTC")


def noisy(seed: int = 0) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).normal(20, 1, len(MINUTES)), index=MINUTES)


@pytest.mark.parametrize(("samples", "height", "longest_s"), [(2, 40.0, 240), (120, 24.0, 128 * 60)])
def test_a_spike_shows_in_short_windows_and_a_small_shift_in_long_ones(
    samples: int, height: float, longest_s: float
) -> None:
    series = noisy()
    series.iloc[700 : 700 + samples] = height
    found = explain(series, MINUTES[700], MINUTES[700 + samples])
    assert found is not None
    windows = [part for part in found.parts if part.window_s is not None]
    assert (windows[0].window_s <= 240) == (longest_s <= 240)
    assert sum(part.share for part in found.parts) == pytest.approx(1)


def test_strength_passes_the_threshold_where_detect_raises_an_alarm() -> None:
    series = noisy()
    series.iloc[700:710] = 40
    (episode,) = detect(series).episodes
    found = explain(series, episode.start, episode.end)
    assert found is not None
    assert found.strength / (found.strength + found.threshold) == pytest.approx(episode.peak_score, rel=1e-6)
    quiet = explain(series, MINUTES[100], MINUTES[120])
    assert quiet is not None
    assert quiet.strength < quiet.threshold


def test_a_lasting_step_is_no_jump_to_the_forest() -> None:
    series = noisy()
    series.iloc[700:760] = 30
    found = explain(series, MINUTES[730], MINUTES[740])
    assert found is not None
    assert found.feature in ("shift", "spread", "deviation")


def test_too_little_history_is_not_explained() -> None:
    assert explain(noisy()[:10], MINUTES[0], MINUTES[10]) is None
    assert explain(noisy(), MINUTES[-1] + pd.Timedelta("1h"), MINUTES[-1] + pd.Timedelta("2h")) is None


LABELS = [{"route": r, "zone": z} for r in ("/pay", "/cart") for z in ("a", "b")]


def shifted(by: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    expected = np.full((30, 4), 10.0)
    during = np.zeros(30, dtype=bool)
    during[10:20] = True
    observed = expected.copy()
    observed[10:20] += by
    return observed, expected, during


@pytest.mark.parametrize("how", ["sum", "mean"])
def test_the_label_value_that_moved_carries_it(how: Literal["sum", "mean"]) -> None:
    observed, expected, during = shifted([30, 30, 0, 0])
    first, *_ = carriers(observed, expected, during, LABELS, how)
    assert (first.label, first.value, first.share) == ("route", "/pay", 1.0)
    assert first.without == 0


def test_what_all_carry_alike_is_carried_by_half_where_counts_are_added() -> None:
    observed, expected, during = shifted([30, 30, 30, 30])
    assert {one.share for one in carriers(observed, expected, during, LABELS, "sum")} == {0.5}
    assert {one.share for one in carriers(observed, expected, during, LABELS, "mean")} == {0.0}


def test_a_value_against_which_the_others_moved_carries_more_than_all() -> None:
    observed, expected, during = shifted([40, 40, -10, -10])
    first, *_ = carriers(observed, expected, during, LABELS, "sum")
    assert (first.value, round(first.share, 2)) == ("/pay", 1.33)


def test_nothing_is_carried_where_nothing_moved_or_nothing_was_measured() -> None:
    observed, expected, during = shifted([0, 0, 0, 0])
    assert carriers(observed, expected, during, LABELS, "sum") == ()
    assert carriers(observed * np.nan, expected, during, LABELS, "sum") == ()


def test_a_series_without_samples_meanwhile_speaks_for_nobody() -> None:
    observed, expected, during = shifted([30, 30, 0, 0])
    observed[:, 3] = np.nan
    first, *_ = carriers(observed, expected, during, LABELS, "sum")
    assert (first.label, first.value) == ("route", "/pay")
