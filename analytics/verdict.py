"""Was it the world, the model, or an outage? How much of a model's loss lies inside an outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats

Kind = Literal["infra", "model", "both", "neither", "unknown"]
Interval = tuple[pd.Timestamp, pd.Timestamp]

MIN_LABELS = 50  # labelled predictions in either window; with fewer the interval says nothing
SIGNIFICANT_Z = 3.0  # a loss under three standard errors is what calm minutes show too
MIN_LOSS_SHARE = 0.02  # of the baseline loss scale: a loss that nobody would act on
MOSTLY = 0.8  # an outage that explains this much leaves nothing to retrain for
HARDLY = 0.25  # one that explains no more than this is beside the point
BOOTSTRAPS = 400
BLOCK_S = 15.0  # errors come in stretches: resample stretches, not single predictions


@dataclass(frozen=True, slots=True)
class Verdict:
    """``loss`` = mean loss during - before, ``explained`` the part inside the outage, both in units of the loss.

    ``share low high`` (0-1) is explained / loss with its 95 % bootstrap interval; NaN where there is no loss to split.
    ``baseline`` and ``during_value`` are 1 - mean loss for a 0/1 loss (accuracy), the mean loss itself otherwise.
    """

    kind: Kind
    loss: float
    explained: float
    share: float
    low: float
    high: float
    n: int
    labels_in: float
    baseline: float
    during_value: float


def judge(
    losses: pd.DataFrame,
    *,
    baseline: Interval,
    during: Interval,
    outages: Sequence[Interval] = (),
    affected: pd.Series | None = None,
    labels_needed: float = 0.8,
    seed: int = 0,
) -> Verdict:
    """Split the loss of a model between an outage and the rest.

    ``losses`` has a row per prediction: ``ts``, ``loss`` (NaN while its label is not in); ``affected`` marks, on the
    same index, predictions made on fall-back inputs. A prediction is inside the outage when its time lies in one of
    ``outages`` (half-open) or it is marked. The excess of a prediction is its loss minus the baseline's mean; explained
    is the sum of the excess inside, over all labelled predictions of ``during``. "unknown" while fewer than
    ``labels_needed`` of the labels are in or there are fewer than 50.
    """
    before, inside_window = _within(losses, baseline), _within(losses, during)
    base, current = _labelled(losses[before]), losses[inside_window]
    labelled = current["loss"].notna().to_numpy()
    labels_in = float(labelled.mean()) if len(current) else 0.0
    hit = (_inside(current["ts"], outages) | _marked(affected, current.index))[labelled]
    loss = current["loss"].to_numpy(float)[labelled]
    binary = bool(np.isin(np.concatenate([base, loss]), (0, 1)).all())
    if len(base) < MIN_LABELS or len(loss) < MIN_LABELS:
        return _open(base, loss, labels_in, binary)
    excess = loss - base.mean()
    blocks = _blocks(current["ts"][labelled])
    total, explained = float(excess.mean()), float(np.where(hit, excess, 0.0).mean())
    split = _split(total, explained, *_interval(excess, hit, blocks, seed))
    kind: Kind = "unknown"
    if labels_in >= labels_needed:
        kind = _kind(split, _significant(base, loss), bool(hit.any()))
    return _verdict(kind, split, base, loss, labels_in, binary)


@dataclass(frozen=True, slots=True)
class _Split:
    total: float
    explained: float
    share: float
    low: float
    high: float


def _split(total: float, explained: float, low: float, high: float) -> _Split:
    if total <= 0:
        return _Split(total, explained, np.nan, np.nan, np.nan)
    return _Split(total, explained, float(np.clip(explained / total, 0, 1)), low, high)


def _kind(split: _Split, significant: bool, any_hit: bool) -> Kind:
    if not significant or not split.total > 0:
        return "neither"
    if not any_hit or split.share <= HARDLY:
        return "model"
    return "infra" if split.share >= MOSTLY else "both"


def _significant(base: Floats, loss: Floats) -> bool:
    """Whether the mean loss rose by more than chance and by enough to matter (Welch's statistic against 3)."""
    rise = loss.mean() - base.mean()
    error = np.sqrt(base.var() / len(base) + loss.var() / len(loss))
    return bool(rise > SIGNIFICANT_Z * error and rise > MIN_LOSS_SHARE * max(base.mean() + base.std(), 1e-12))


def _interval(excess: Floats, hit: Bools, blocks: np.ndarray, seed: int) -> tuple[float, float]:
    """95 % interval of the explained share, by resampling blocks of time with replacement."""
    count = int(blocks.max()) + 1
    total = np.bincount(blocks, excess, count)
    inside = np.bincount(blocks, np.where(hit, excess, 0.0), count)
    draws = np.random.default_rng(seed).integers(0, count, (BOOTSTRAPS, count))
    totals, insides = total[draws].sum(axis=1), inside[draws].sum(axis=1)
    shares = np.clip(insides[totals > 0] / totals[totals > 0], 0, 1)
    if not len(shares):
        return np.nan, np.nan
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(low), float(high)


def _blocks(ts: pd.Series) -> np.ndarray:
    seconds = (ts - ts.min()).dt.total_seconds().to_numpy()
    return np.unique(seconds // BLOCK_S, return_inverse=True)[1]


def _within(losses: pd.DataFrame, span: Interval) -> Bools:
    return ((losses["ts"] >= span[0]) & (losses["ts"] < span[1])).to_numpy()


def _inside(ts: pd.Series, spans: Sequence[Interval]) -> Bools:
    marks = np.zeros(len(ts), bool)
    for start, end in spans:
        marks |= ((ts >= start) & (ts < end)).to_numpy()
    return marks


def _marked(affected: pd.Series | None, index: pd.Index) -> Bools:
    if affected is None:
        return np.zeros(len(index), bool)
    return affected.reindex(index).fillna(False).to_numpy(bool)


def _labelled(losses: pd.DataFrame) -> Floats:
    return losses["loss"].dropna().to_numpy(float)


def _open(base: Floats, loss: Floats, labels_in: float, binary: bool) -> Verdict:
    return _verdict("unknown", _Split(np.nan, np.nan, np.nan, np.nan, np.nan), base, loss, labels_in, binary)


def _verdict(kind: Kind, split: _Split, base: Floats, loss: Floats, labels_in: float, binary: bool) -> Verdict:
    return Verdict(
        kind=kind,
        loss=split.total,
        explained=split.explained,
        share=split.share,
        low=split.low,
        high=split.high,
        n=len(loss),
        labels_in=labels_in,
        baseline=_value(base, binary),
        during_value=_value(loss, binary),
    )


def _value(loss: Floats, binary: bool) -> float:
    if not len(loss):
        return np.nan
    return float(1 - loss.mean()) if binary else float(loss.mean())
