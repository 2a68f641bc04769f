"""The expected range alone is the one that a full detection gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.anomaly import Mode, detect, expect


@pytest.mark.parametrize("mode", ["full", "causal"])
def test_expected_range_alone_equals_that_of_the_detection(mode: Mode) -> None:
    noise = np.random.default_rng(0).gamma(2, 2, 400)
    series = pd.Series(20 + noise, pd.date_range("2026-01-01", periods=400, freq="5s", tz="UTC"))
    series.iloc[100:140], series.iloc[200] = 400.0, np.nan
    whole, alone = detect(series, mode=mode), expect(series, mode=mode)
    for name in ("expected", "lower", "upper"):
        pd.testing.assert_series_equal(alone[name], getattr(whole, name), check_names=False)
