"""One feature in one window, ready for every statistic: numbers with nulls counted, or levels with nulls as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.arrays import Floats

Kind = Literal["numeric", "categorical", "constant"]
NULL = "\x00null"  # no written level can be this one
FEW_LEVELS = 10  # a number with no more distinct values than this is a code, and is compared as one
RARE = 5  # a level seen less often in both windows together shares a cell with the other rare ones


@dataclass(frozen=True, slots=True)
class Sample:
    """``ordered`` (n - nulls,) ascending for a numeric feature, else empty; ``levels`` counts for any other."""

    n: int
    nulls: int
    ordered: Floats
    levels: pd.Series


def sample_of(values: pd.Series, kind: Kind) -> Sample:
    """Counts of one window. In a numeric feature what is no number is null."""
    if kind == "numeric":
        numbers = numbers_of(values)
        known = np.sort(numbers[~np.isnan(numbers)])
        return Sample(len(values), len(values) - len(known), known, pd.Series(dtype=np.int64))
    levels = levels_of(values).value_counts()
    return Sample(len(values), int(levels.get(NULL, 0)), np.zeros(0), levels)


def kind_of(reference: pd.Series, current: pd.Series | None = None) -> Kind:
    """How a feature is to be compared, from both windows, or from the reference alone where only the past may speak."""
    both = reference if current is None else pd.concat([reference, current], ignore_index=True)
    known = both.dropna()
    distinct = known.nunique()
    if distinct <= 1 and (known.empty or len(known) == len(both)):
        return "constant"
    numeric = pd.api.types.is_numeric_dtype(known) and not pd.api.types.is_bool_dtype(known)
    return "numeric" if numeric and distinct > FEW_LEVELS else "categorical"


def numbers_of(values: pd.Series) -> Floats:
    """Values as floats, NaN for what is no finite number."""
    numbers: Floats = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def levels_of(values: pd.Series) -> pd.Series:
    """Values as written levels; 1 and 1.0 are one, nulls are a level of their own."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        values = pd.Series(numbers_of(values), index=values.index)
    codes, found = pd.factorize(values)  # what is missing has the code -1, and so the last name
    names = np.array([*(str(level) for level in found.tolist()), NULL], dtype=object)
    return pd.Series(names[codes], index=values.index, dtype=object)


def two_rows(reference: Sample, current: Sample) -> Floats:
    """Counts (2, levels) of both windows over the union of their levels, so that unseen ones have a cell.

    Levels with fewer than five in both windows together share one, or the chi-square law would not hold.
    """
    return merge_rare(pd.concat([reference.levels, current.levels], axis=1).fillna(0).to_numpy(np.float64).T)


def merge_rare(table: Floats) -> Floats:
    """Counts (2, levels) with the rare levels in one cell."""
    rare = table.sum(axis=0) < RARE
    if rare.sum() < 2:
        return table
    return np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
