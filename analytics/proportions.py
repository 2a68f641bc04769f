"""The expected range of a share that is counted per bucket: accuracy, predictions on defaults, errors of calls."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.arrays import MAD_TO_SIGMA

WIDTHS = 3.0  # of the standard error: about one calm bucket in 370 lies outside
WARM_UP = 8  # buckets before a causal range is stated
FLOOR = 0.01  # half-width that no share is narrower than: 1 point is not worth a person's time


def band(values: pd.Series, counts: pd.Series, *, causal: bool = False) -> pd.DataFrame:
    """Expected share and its range per bucket, columns ``expected lower upper``, index of ``values`` (m,).

    ``values`` are shares 0-1, ``counts`` the records behind each. Centre: median of the buckets (with ``causal`` of
    those before). Width: 3 times the larger of the binomial standard error at that bucket's count and the robust
    spread between neighbouring buckets, which a change of level does not widen; NaN while fewer than 8 are known.
    """
    known = values.where(counts > 0)
    centre = _median(known, causal)
    step = known.dropna().diff().abs().reindex(known.index)
    spread = (MAD_TO_SIGMA / np.sqrt(2) * _median(step, causal)).fillna(0.0)
    half = np.maximum(half_width(centre, counts), WIDTHS * spread + FLOOR)
    frame = pd.DataFrame({"expected": centre, "lower": (centre - half).clip(0, 1), "upper": (centre + half).clip(0, 1)})
    return frame.where(centre.notna(), axis=0)


def half_width(share: pd.Series, counts: pd.Series) -> pd.Series:
    """Three binomial standard errors of a ``share`` counted over ``counts`` records, and a point more."""
    variance = (share * (1 - share)).clip(lower=0) / counts.clip(lower=1)
    return WIDTHS * variance**0.5 + FLOOR


def range_of(share: float, counts: pd.Series) -> tuple[float, float]:
    """The ends, within 0-1, of the range of a ``share`` at the usual one of ``counts``; NaN where none is above 0."""
    usual = counts[counts > 0].median()
    half = float(half_width(pd.Series([share]), pd.Series([usual])).iloc[0])
    return max(share - half, 0.0), min(share + half, 1.0)


def pool(values: pd.Series, counts: pd.Series, buckets: int) -> tuple[pd.Series, pd.Series]:
    """Shares and counts over the trailing ``buckets``, own one included: what a single bucket is too small to show."""
    weights = counts.where(values.notna(), 0)
    hits = (values.fillna(0) * weights).rolling(buckets, min_periods=1).sum()
    pooled = weights.rolling(buckets, min_periods=1).sum()
    return (hits / pooled).where(pooled > 0), pooled


def _median(values: pd.Series, causal: bool) -> pd.Series:
    if causal:
        return values.expanding(min_periods=WARM_UP).median().shift(1)
    enough = values.notna().sum() >= WARM_UP
    return pd.Series(values.median() if enough else np.nan, index=values.index)
