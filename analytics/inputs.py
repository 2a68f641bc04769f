"""What a model was fed: predictions that stood on default or missing features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.arrays import Bools

CLOSE = 1e-9  # relative; a default that went through JSON is still the default


def defaulted(features: pd.DataFrame, defaults: Mapping[str, float | str | None]) -> Bools:
    """Which rows (m,) had every feature of ``defaults`` at its default or missing; none where ``defaults`` is empty."""
    columns = [name for name in defaults if name in features]
    if not columns:
        return np.zeros(len(features), bool)
    marks = [_at_default(features[name], defaults[name]) for name in columns]
    return np.asarray(np.logical_and.reduce(marks), dtype=np.bool_)


def _at_default(values: pd.Series, default: float | str | None) -> Bools:
    missing = np.asarray(values.isna(), dtype=np.bool_)
    if default is None:
        return missing
    if isinstance(default, str):
        return missing | (values.astype("str") == default).to_numpy()
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    return missing | np.asarray(np.isclose(numbers, default, rtol=CLOSE, atol=CLOSE), dtype=np.bool_)


def default_share(
    features: pd.DataFrame, defaults: Mapping[str, float | str | None], *, bucket: pd.Timedelta
) -> pd.DataFrame:
    """Share of predictions on defaults per bucket: columns ``share`` (NaN without predictions) and ``n``.

    ``features`` is indexed by prediction time (UTC); one row per prediction. Index: bucket starts without holes.
    """
    marks = pd.Series(defaulted(features, defaults).astype(float), index=features.index)
    if marks.empty:
        return pd.DataFrame({"share": [], "n": []}, index=pd.DatetimeIndex([], tz="UTC"))
    grouped = marks.groupby(pd.DatetimeIndex(marks.index).floor(bucket)).agg(["mean", "size"])
    grid = pd.date_range(grouped.index[0], grouped.index[-1], freq=bucket)
    table = grouped.reindex(grid)
    return pd.DataFrame({"share": table["mean"], "n": table["size"].fillna(0).astype(int)})
