"""What a shift of inputs cost: the part of a loss that would go away if a feature were distributed as before.

The model itself is not asked, so this is an estimate from what was observed: the decomposition of Oaxaca (1973) and
Blinder (1973) with one pooled model that also knows the window (Jann 2008). The loss of a prediction is regressed on
the cells of all features together and on whether it lies in the window,

    loss = a + w [in the window] + sum over features f of b_f(cell of f),

and feature f lost ``sum over its cells of (share in the window - share in the reference) b_f(cell)``. The parts and
the rest w add up to the whole loss. Features that moved in the same rows share what those rows lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.drift.cells import Cells

MIN_LABELS = 100  # labelled predictions of either window
LEAST_OVERLAP = 0.02  # of the window in cells that the reference knows, or the feature cannot be told from the window
BOOTSTRAPS = 200
BLOCKS = 50  # stretches of each window that are drawn together: errors come in stretches
RIDGE = 2.0  # rows of no effect added to each cell


@dataclass(frozen=True, slots=True)
class Lost:
    """Mean loss that a feature's shift cost, in units of the loss, with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cost:
    """``features`` by name, None where a feature cannot be told from the window; ``total`` is the whole loss and
    ``rest`` what no feature accounts for. ``reason`` says why there is nothing, "" where there is."""

    features: Mapping[str, Lost | None]
    total: float = np.nan
    rest: float = np.nan
    reason: str = ""


def cost(
    cells: Mapping[str, Cells],
    reference_loss: Floats,
    current_loss: Floats,
    *,
    draws: int = BOOTSTRAPS,
    seed: int = 0,
) -> Cost:
    """Split the loss of a window over the features that moved in it.

    ``cells`` cover the rows of both windows in order of time, ``reference_loss`` (n,) and ``current_loss`` (m,) the
    same rows, NaN where no label is in. Without ``draws`` the intervals are NaN.
    """
    labelled = [~np.isnan(loss) for loss in (reference_loss, current_loss)]
    few = min(int(known.sum()) for known in labelled)
    if few < MIN_LABELS:
        return Cost(dict.fromkeys(cells), reason=f"needs {MIN_LABELS} labels in either window, has {few}")
    told = {name: one for name, one in cells.items() if len(one.names) > 1 and _overlap(one) >= LEAST_OVERLAP}
    same = {name: Lost(0.0, 0.0, 0.0) for name, one in cells.items() if len(one.names) == 1}
    total = float(np.nanmean(current_loss) - np.nanmean(reference_loss))
    if not told:
        return Cost({name: same.get(name) for name in cells}, total, total)
    found = _split(told, reference_loss, current_loss, draws, seed)
    rest = total - sum(one.value for one in found.values())
    return Cost({name: found.get(name, same.get(name)) for name in cells}, total, rest)


def _overlap(one: Cells) -> float:
    """Share of the window in cells that hold reference rows."""
    return float(one.current_shares[one.reference_shares > 0].sum())


def _split(
    cells: Mapping[str, Cells], reference_loss: Floats, current_loss: Floats, draws: int, seed: int
) -> dict[str, Lost]:
    starts = 2 + np.concatenate([[0], np.cumsum([len(one.names) for one in cells.values()])])
    sums = [
        _sums([getattr(one, side) for one in cells.values()], loss, starts, window)
        for window, (side, loss) in enumerate((("reference", reference_loss), ("current", current_loss)))
    ]
    rng = np.random.default_rng(seed)
    parts = _parts(sums, [_weights(len(part.rows), draws, rng) for part in sums], starts)
    ends = np.quantile(parts[1:], (0.025, 0.975), axis=0) if draws else np.full((2, parts.shape[1]), np.nan)
    told = zip(parts[0].tolist(), ends[0].tolist(), ends[1].tolist(), strict=True)
    return {name: Lost(v, min(low, v), max(high, v)) for name, (v, low, high) in zip(cells, told, strict=True)}


@dataclass(frozen=True, slots=True)
class _Sums:
    """Per block of rows: normal equations (blocks, p, p) and (blocks, p), counts of all rows (blocks, p), and rows."""

    gram: Floats
    moment: Floats
    counts: Floats
    rows: Floats


def _sums(codes: Sequence[Ints], loss: Floats, starts: Ints, window: int) -> _Sums:
    """Columns are 1, the window, and an indicator per cell; products of indicators are counts of pairs."""
    blocks = min(BLOCKS, len(loss))
    block = np.arange(len(loss)) * blocks // len(loss)
    known = ~np.isnan(loss)
    ones = np.zeros(len(loss), np.int64)
    columns = [(0, 1, ones), (1, 1, ones)] if window else [(0, 1, ones)]
    columns += [(int(a), int(b - a), one) for a, b, one in zip(starts[:-1], starts[1:], codes, strict=True)]
    width = int(starts[-1])
    gram, moment, counts = np.zeros((blocks, width, width)), np.zeros((blocks, width)), np.zeros((blocks, width))
    for at, size, one in columns:
        place = block * size + one
        counts[:, at : at + size] = np.bincount(place, minlength=blocks * size).reshape(blocks, size)
        weighed = np.bincount(place[known], loss[known], blocks * size)
        moment[:, at : at + size] = weighed.reshape(blocks, size)
        for at2, size2, two in columns:
            pairs = np.bincount(place[known] * size2 + two[known], minlength=blocks * size * size2)
            gram[:, at : at + size, at2 : at2 + size2] = pairs.reshape(blocks, size, size2)
    return _Sums(gram, moment, counts, np.bincount(block, minlength=blocks).astype(np.float64))


def _weights(blocks: int, draws: int, rng: np.random.Generator) -> Floats:
    """How often each block is drawn, (1 + draws, blocks); the first is the sample itself."""
    drawn = rng.multinomial(blocks, np.full(blocks, 1 / blocks), draws)
    return np.vstack([np.ones(blocks), drawn])


def _parts(sums: Sequence[_Sums], weights: Sequence[Floats], starts: Ints) -> Floats:
    """Loss per feature and draw, shape (1 + draws, features)."""
    width = int(starts[-1])
    ridge = np.diag(np.concatenate([[1e-9, 1e-9], np.full(width - 2, RIDGE)]))
    pairs = list(zip(weights, sums, strict=True))
    gram = sum((w @ part.gram.reshape(len(part.rows), -1) for w, part in pairs), start=np.zeros(1))
    moment = sum((w @ part.moment for w, part in pairs), start=np.zeros(1))
    effects = np.linalg.solve(gram.reshape(-1, width, width) + ridge, moment[..., None])[..., 0]
    usual, now = (w @ part.counts / (w @ part.rows)[:, None] for w, part in pairs)
    found: Floats = np.add.reduceat((now - usual) * effects, starts[:-1], axis=1)
    return found
