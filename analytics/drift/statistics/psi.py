"""Population stability index."""

from __future__ import annotations

import numpy as np

from analytics.arrays import Floats
from analytics.drift.sample import Sample, two_rows
from analytics.drift.statistics.descriptor import SAME, Found, Statistic

BINS = 10
HALF = 0.5  # added to every cell: the index of an empty cell would be infinite


def _compare(reference: Sample, current: Sample) -> Found:
    if not reference.n or not current.n:
        return SAME
    table = (_binned(reference, current) if len(reference.ordered) else two_rows(reference, current)) + HALF
    cells = table.shape[1]
    if cells < 2:
        return SAME
    from scipy.special import chdtrc

    p, q = table / table.sum(axis=1, keepdims=True)
    value = float(((q - p) * np.log(q / p)).sum())
    p_value = float(chdtrc(cells - 1, value / (1 / reference.n + 1 / current.n)))
    return Found(value, float(-np.expm1(-value)), p_value)


def _binned(reference: Sample, current: Sample) -> Floats:
    edges = np.unique(np.quantile(reference.ordered, np.arange(1, BINS) / BINS))
    rows = [
        np.bincount(np.searchsorted(edges, s.ordered, "left"), minlength=len(edges) + 1) for s in (reference, current)
    ]
    table = np.column_stack([np.stack(rows), [reference.nulls, current.nulls]]).astype(np.float64)
    return table[:, table.sum(axis=0) > 0]


PSI = Statistic(
    name="psi",
    label="Population stability index",
    kinds=("numeric", "categorical", "constant"),
    formula="PSI = sum over cells of (q - p) ln(q / p); effect 1 - exp(-PSI)",
    binning="10 quantile bins of the reference and one for nulls; one cell per level otherwise",
    zero_floor="0.5 added to the count of every cell",
    citation="Siddiqi 2006; p-value from PSI / (1/n + 1/m) ~ chi-square with cells - 1 degrees (Yurdakul 2018).",
    compare=_compare,
)
