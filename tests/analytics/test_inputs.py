"""Predictions on default or missing features."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.inputs import default_share, defaulted

DEFAULTS = {"pace": 5.55, "zone": "none", "age": None}


def table(rows: list[tuple[object, object, object]]) -> pd.DataFrame:
    index = pd.date_range("2026-01-01", periods=len(rows), freq="1s", tz="UTC")
    return pd.DataFrame(rows, columns=["pace", "zone", "age"], index=index)


def test_only_rows_with_every_stored_feature_at_its_default_count() -> None:
    rows = table([(5.55, "none", None), (5.55, "none", 3.0), (1.0, "none", None), (5.55, "a", None)])
    assert defaulted(rows, DEFAULTS).tolist() == [True, False, False, False]


def test_a_missing_feature_counts_as_not_answered() -> None:
    rows = table([(np.nan, None, np.nan)])
    assert defaulted(rows, DEFAULTS).tolist() == [True]


def test_a_default_that_lost_its_last_digit_is_still_the_default() -> None:
    assert defaulted(pd.DataFrame({"pace": [5.55 + 1e-12]}), {"pace": 5.55}).tolist() == [True]


def test_without_stored_features_nothing_stands_on_defaults() -> None:
    rows = table([(5.55, "none", None)])
    assert not defaulted(rows, {}).any()
    assert not defaulted(rows, {"other": 1.0}).any()


def test_share_per_bucket_and_buckets_without_predictions_are_gaps() -> None:
    rows = table([(5.55, "none", None)] * 5 + [(1.0, "a", 1.0)] * 5)
    rows.index = rows.index.append(rows.index[:0])[:10]
    late = rows.set_axis(rows.index + pd.Timedelta(seconds=20))
    share = default_share(pd.concat([rows, late]), DEFAULTS, bucket=pd.Timedelta(seconds=5))
    assert share["share"].fillna(-1).tolist() == [1.0, 0.0, -1, -1, 1.0, 0.0]
    assert share["n"].tolist() == [5, 5, 0, 0, 5, 5]


def test_no_predictions_no_buckets() -> None:
    assert default_share(table([]), DEFAULTS, bucket=pd.Timedelta(seconds=5)).empty
