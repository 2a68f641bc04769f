"""Which values of which fields came more or less often in one window than in another, and which numbers moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats
from analytics.changes.tally import Tally, tally
from analytics.changes.words import measured_sentence, named_sentence, volume_sentence
from analytics.templates import mine

ALPHA = 0.05
LEAST_ODDS = 1.25  # times the odds, either way: in millions of records a change too small to matter is significant too
LEAST_DISTANCE = 0.05  # of the distributions of a number (Kolmogorov-Smirnov)
LEAST_COUNT = 5  # records of a value in both windows together; fewer prove nothing
TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a field (None where the field is a measured number as a whole). ``before`` and ``during`` are shares
    of the records of each window, for a number its medians; ``q_value`` is Benjamini-Hochberg's."""

    field: str
    value: str | None
    before: float
    during: float
    q_value: float
    evidence: float
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """``changes``, those with most evidence first; ``tested`` how many values were asked about; ``volume`` in words."""

    changes: tuple[Change, ...]
    tested: int
    volume: str


@dataclass(frozen=True, slots=True)
class _Asked:
    field: str
    value: str | None
    before: float
    during: float
    p_value: float
    evidence: float
    matters: bool
    sentence: str


def compare(
    before: pd.DataFrame,
    during: pd.DataFrame,
    *,
    seconds: tuple[float, float] | None = None,
    lines: str | None = None,
    alpha: float = ALPHA,
) -> ChangeReport:
    """What changed between two windows of records, over every column that both have.

    ``seconds`` are the lengths of the windows, for the rate in words; ``lines`` names a column of text whose templates
    are compared instead of its values. On windows without a change nothing is reported in 1 - ``alpha`` of all cases.
    """
    fields = [str(name) for name in before.columns if name in during.columns and name != lines]
    tallies = [tally(name, before[name], during[name]) for name in fields]
    if lines is not None:
        tallies.append(tally(TEMPLATE, _templates(before[lines]), _templates(during[lines])))
    return rank(tallies, records=(len(before), len(during)), seconds=seconds, alpha=alpha)


def rank(
    tallies: Sequence[Tally],
    *,
    records: tuple[int, int],
    seconds: tuple[float, float] | None = None,
    alpha: float = ALPHA,
) -> ChangeReport:
    """The same from counts. ``records`` are all records of each window, those without the field included."""
    volume = volume_sentence(records, seconds)
    if not min(records):
        return ChangeReport((), 0, volume)
    asked = [one for some in tallies for one in (_moved(some) if some.measured else _named(some, records))]
    if not asked:
        return ChangeReport((), 0, volume)
    q_values = _q_values(np.array([one.p_value for one in asked]))
    found = [
        Change(one.field, one.value, one.before, one.during, float(q), one.evidence, one.sentence)
        for one, q in zip(asked, q_values, strict=True)
        if q <= alpha and one.matters
    ]
    found.sort(key=lambda change: (-change.evidence, change.field, change.value or ""))
    return ChangeReport(tuple(found), len(asked), volume)


def _templates(lines: pd.Series) -> pd.Series:
    mined = mine(None if pd.isna(line) else str(line) for line in lines)
    return pd.Series(pd.Categorical.from_codes(mined.template_ids, pd.Index(mined.templates)))


def _named(some: Tally, records: tuple[int, int]) -> list[_Asked]:
    """A two by two table for every value: with it or without it, before or during."""
    enough = some.before + some.during >= LEAST_COUNT
    if len(some.values) == 2 and enough.all() and int((some.before + some.during).sum()) == sum(records):
        enough[0] = False  # of two values the more frequent one says the same the other way round
    b, d = some.before[enough].astype(float), some.during[enough].astype(float)
    n, m = float(records[0]), float(records[1])
    p_values, evidence = _p_values(b, d, n, m), _evidence(b, d, n, m)
    odds = ((d + 0.5) * (n - b + 0.5)) / ((b + 0.5) * (m - d + 0.5))
    matters = (odds >= LEAST_ODDS) | (odds <= 1 / LEAST_ODDS)
    values = [str(value) for value, kept in zip(some.values, enough, strict=True) if kept]
    return [
        _Asked(some.field, value, b[i] / n, d[i] / m, p_values[i], evidence[i], bool(matters[i]),
               named_sentence(some.field, value, (int(b[i]), int(d[i])), records))
        for i, value in enumerate(values)
    ]  # fmt: skip


def _p_values(b: Floats, d: Floats, n: float, m: float) -> Floats:
    """Two-sided: chi-square with Yates' correction where all four cells are expected to hold five, else binomial."""
    from scipy.special import bdtr, bdtrc, chdtrc

    both = b + d
    expected = both * m / (n + m)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.maximum(np.abs(d - expected) - 0.5, 0)
        square = gap**2 * (1 / expected + 1 / (both - expected) + 1 / (m - expected) + 1 / (n - both + expected))
    smallest = np.minimum.reduce([expected, both - expected, m - expected, n - both + expected])
    tries, share = both.astype(np.int64), m / (n + m)
    exact = 2 * np.minimum(bdtr(d, tries, share), np.where(d > 0, bdtrc(d - 1, tries, share), 1.0))
    values: Floats = np.where(smallest >= LEAST_COUNT, chdtrc(1, np.nan_to_num(square)), np.minimum(exact, 1))
    return values


def _evidence(b: Floats, d: Floats, n: float, m: float) -> Floats:
    """Twice the log likelihood ratio of two shares against one (G)."""
    from scipy.special import xlogy

    share = (b + d) / (n + m)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = xlogy(b, b / n / share) + xlogy(d, d / m / share)
        rest = xlogy(n - b, (1 - b / n) / (1 - share)) + xlogy(m - d, (1 - d / m) / (1 - share))
    evidence: Floats = 2 * (parts + np.nan_to_num(rest))
    return evidence


def _moved(some: Tally) -> list[_Asked]:
    """Kolmogorov-Smirnov at the edges of the cells, which is conservative."""
    from scipy.special import kolmogorov

    n, m = float(some.before.sum()), float(some.during.sum())
    if min(n, m) < LEAST_COUNT:
        return []
    first, second = np.cumsum(some.before) / n, np.cumsum(some.during) / m
    distance = float(np.abs(first - second).max())
    weight = np.sqrt(n * m / (n + m))
    medians = _median(some, first), _median(some, second)
    sentence = measured_sentence(some.field, medians, rose=bool((first - second).sum() > 0))
    evidence = float(4 * (weight * distance) ** 2)
    matters = distance >= LEAST_DISTANCE
    return [_Asked(some.field, None, *medians, float(kolmogorov(weight * distance)), evidence, matters, sentence)]


def _median(some: Tally, reached: Floats) -> float:
    """The edge below which half of the numbers lie."""
    edges = np.asarray(some.values, dtype=np.float64)
    return float(edges[min(int(np.searchsorted(reached, 0.5)), len(edges) - 2)])


def _q_values(p_values: Floats) -> Floats:
    """Benjamini and Hochberg's; loading scipy.stats for it would take most of a second."""
    order = np.argsort(p_values)
    risen = np.clip(p_values, 0, 1)[order] * len(order) / np.arange(1, len(order) + 1)
    q_values = np.empty(len(order))
    q_values[order] = np.minimum(np.minimum.accumulate(risen[::-1])[::-1], 1.0)
    return q_values
