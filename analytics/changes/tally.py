"""Exact counts of every value of a field in two windows; a measured number is counted between edges instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrays import Floats, Ints

MISSING = "(none)"
FEW_NUMBERS = 40  # a number with no more distinct values (a status, a size class) is a name
MOST_VALUES = 2_000  # of a field, the most frequent of both windows; an id that is always new cannot change
SAMPLE = 10_000  # numbers that edges are chosen from
EDGES = 64


@dataclass(frozen=True, slots=True)
class Tally:
    """``values`` (k,) of a field and how many records had each ``before`` and ``during`` (k,).

    Of a measured number ``values`` are the upper edges of half-open cells, the last one infinite.
    """

    field: str
    values: tuple[object, ...]
    before: Ints
    during: Ints
    measured: bool = False


def tally(field: str, before: pd.Series, during: pd.Series) -> Tally:
    """Counts of one field. Booleans, text and numbers of few values are names; times and lists count as text."""
    if _is_number(before) and _is_number(during):
        sample = _sample(before, during)
        if len(np.unique(sample)) > FEW_NUMBERS:
            return _cells(field, before, during, sample)
    first, second = _counts(before), _counts(during)
    values = sorted(
        first.keys() | second.keys(), key=lambda value: (-first.get(value, 0) - second.get(value, 0), value)
    )
    values = values[:MOST_VALUES]
    return Tally(field, tuple(values), _column(first, values), _column(second, values))


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _sample(before: pd.Series, during: pd.Series) -> Floats:
    """Some numbers of each window, evenly spread over it."""
    parts = [
        some.iloc[:: max(1, len(some) // SAMPLE)].to_numpy(np.float64, na_value=np.nan) for some in (before, during)
    ]
    sample: Floats = np.concatenate(parts)
    finite: Floats = sample[np.isfinite(sample)]
    return finite


def _cells(field: str, before: pd.Series, during: pd.Series, sample: Floats) -> Tally:
    edges = np.unique(np.quantile(sample, np.linspace(0, 1, EDGES + 1)[1:-1]))
    return Tally(
        field, (*edges.tolist(), float("inf")), _between(before, edges), _between(during, edges), measured=True
    )


def _between(numbers: pd.Series, edges: Floats) -> Ints:
    known = numbers.to_numpy(np.float64, na_value=np.nan)
    known = known[~np.isnan(known)]
    return np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1).astype(np.int64)


def _counts(values: pd.Series) -> dict[str, int]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = np.bincount(values.cat.codes.to_numpy().astype(np.int64) + 1, minlength=len(values.cat.categories) + 1)
        named = zip((MISSING, *map(_name, values.cat.categories)), codes.tolist(), strict=True)
        return {name: count for name, count in named if count}
    found = pc.value_counts(_array(values))
    counts: dict[str, int] = {}
    for value, count in zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True):
        counts[_name(value)] = counts.get(_name(value), 0) + count
    return counts


def _array(values: pd.Series) -> pa.Array:
    try:
        found = pa.array(values, from_pandas=True)
        return pa.array(values.astype(str)) if pa.types.is_nested(found.type) else found
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # values of several kinds in one column
        return pa.array(values.astype(str))


def _name(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return MISSING
    return f"{value:g}" if isinstance(value, float) else str(value)


def _column(counts: dict[str, int], values: list[str]) -> Ints:
    return np.array([counts.get(value, 0) for value in values], dtype=np.int64)
