"""Which features of a window differ from a reference: by more than chance, and by enough to matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats
from analytics.drift.sample import Kind, kind_of, sample_of
from analytics.drift.statistics import STATISTICS, Found, Statistic

LEAST_EFFECT = 0.1  # with enough rows any difference is significant: below this it changes no decision
DEFAULT: dict[Kind, str] = {"numeric": "ks", "categorical": "chi_square", "constant": "chi_square"}
MIN_ROWS = 30  # of a window: fewer say nothing


@dataclass(frozen=True, slots=True)
class DriftReport:
    """``features`` has a row per feature (its index), strongest effect first, with columns kind, statistic (its name),
    value, effect, p_value, p_adjusted, drifted, nulls_reference, nulls_current; ``drifted`` names those that drifted.
    """

    features: pd.DataFrame
    drifted: tuple[str, ...]
    n_reference: int
    n_current: int


def compare(
    reference: pd.DataFrame, current: pd.DataFrame, *, alpha: float = 0.05, statistic: str | None = None
) -> DriftReport:
    """Compare every feature (column) of two windows of rows.

    A feature has drifted when its p-value, adjusted over all features by Holm's method (1979), is below ``alpha`` and
    its effect is at least 0.1. Both windows are samples: neither is taken for the truth. Numbers are compared by
    Kolmogorov-Smirnov, levels by chi-square, unless ``statistic`` names another. A column that one window lacks counts
    as null there. Raises ValueError for an unknown statistic, or one that cannot compare a feature's kind.
    """
    names = list(dict.fromkeys([*reference.columns, *current.columns]))
    rows = [_row(_column(reference, name), _column(current, name), statistic) for name in names]
    features = pd.DataFrame(rows, index=pd.Index([str(name) for name in names], name="feature"), columns=_COLUMNS)
    features["p_adjusted"] = holm(features["p_value"].to_numpy(np.float64))
    features["drifted"] = (features["p_adjusted"] < alpha) & (features["effect"] >= LEAST_EFFECT)
    features = features.sort_values("effect", ascending=False, kind="stable")
    return DriftReport(features, tuple(features.index[features["drifted"]]), len(reference), len(current))


_COLUMNS = ["kind", "statistic", "value", "effect", "p_value", "nulls_reference", "nulls_current"]


def _row(reference: pd.Series, current: pd.Series, statistic: str | None) -> tuple[object, ...]:
    kind = kind_of(reference, current)
    chosen = statistic_for(kind, statistic)
    first, second = sample_of(reference, kind), sample_of(current, kind)
    too_few = min(first.n, second.n) < MIN_ROWS
    found = Found(np.nan, 0.0, 1.0) if too_few else chosen.compare(first, second)
    shares = (s.nulls / s.n if s.n else np.nan for s in (first, second))
    return kind, chosen.name, *found, *shares


def statistic_for(kind: Kind, name: str | None = None) -> Statistic:
    """The statistic of that name, or the default for a kind. Raises ValueError when it does not exist or fit."""
    wanted = name or DEFAULT[kind]
    if wanted not in STATISTICS:
        raise ValueError(f"No statistic is called {wanted!r}. There are {', '.join(STATISTICS)}.")
    if kind not in STATISTICS[wanted].kinds:
        raise ValueError(f"{STATISTICS[wanted].label} cannot compare a {kind} feature. Use {DEFAULT[kind]}.")
    return STATISTICS[wanted]


def holm(p_values: Floats | Sequence[float]) -> Floats:
    """p-values adjusted so that the chance of any false alarm among them stays below the level (Holm 1979)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _column(table: pd.DataFrame, name: object) -> pd.Series:
    return table[name] if name in table else pd.Series(np.nan, index=table.index)
