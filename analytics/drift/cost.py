"""What a shift of inputs cost: the part of a loss that would go away if a feature were distributed as before.

The model itself is not asked, so this is an estimate from what was observed: the decomposition of Oaxaca (1973) and
Blinder (1973) with one pooled model that also knows the window (Jann 2008). The loss of a prediction is regressed on
the cells of all features together and on whether it lies in the window,

    loss = a + w [in the window] + sum over features f of b_f(cell of f),

and feature f lost ``sum over its cells of (share in the window - share in the reference) b_f(cell)``. The parts and
the rest w add up to the whole loss. Features that moved in the same rows share what those rows lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        _sums(_codes(cells.values(), starts, side), loss, int(starts[-1]), window)
        for window, (side, loss) in enumerate((("reference", reference_loss), ("current", current_loss)))
    ]
    rng = np.random.default_rng(seed)
    weights = [_weights(len(part.counts), draws, rng) for part in sums]
    parts = np.array([_parts(sums, (a, b), starts) for a, b in zip(*weights, strict=True)])
    ends = np.quantile(parts[1:], (0.025, 0.975), axis=0) if draws else np.full((2, parts.shape[1]), np.nan)
    told = zip(parts[0].tolist(), ends[0].tolist(), ends[1].tolist(), strict=True)
    return {name: Lost(v, min(low, v), max(high, v)) for name, (v, low, high) in zip(cells, told, strict=True)}


def _codes(cells: Iterable[Cells], starts: Ints, side: str) -> Ints:
    """Column of each row and feature, shape (n, features)."""
    columns = [getattr(one, side) + start for one, start in zip(cells, starts[:-1], strict=True)]
    return np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Per block of rows: normal equations (blocks, p, p) and (blocks, p), cell counts of all rows, and rows."""

    gram: Floats
    moment: Floats
    shares: Floats
    counts: Floats


def _sums(codes: Ints, loss: Floats, width: int, window: int) -> _Sums:
    blocks = np.array_split(np.arange(len(loss)), min(BLOCKS, len(loss)))
    gram, moment = np.zeros((len(blocks), width, width)), np.zeros((len(blocks), width))
    shares, counts = np.zeros((len(blocks), width)), np.zeros(len(blocks))
    for i, rows in enumerate(blocks):
        table = np.zeros((len(rows), width), np.float32)
        table[:, 0], table[:, 1] = 1, window
        np.put_along_axis(table, codes[rows], 1, axis=1)
        shares[i], counts[i] = table.sum(axis=0), len(rows)
        known = ~np.isnan(loss[rows])
        gram[i], moment[i] = table[known].T @ table[known], table[known].T @ loss[rows][known]
    return _Sums(gram, moment, shares, counts)


def _weights(blocks: int, draws: int, rng: np.random.Generator) -> Floats:
    """How often each block is drawn, (1 + draws, blocks); the first is the sample itself."""
    drawn = rng.multinomial(blocks, np.full(blocks, 1 / blocks), draws)
    return np.vstack([np.ones(blocks), drawn])


def _parts(sums: list[_Sums], weights: tuple[Floats, Floats], starts: Ints) -> Floats:
    gram = sum(np.tensordot(w, part.gram, 1) for w, part in zip(weights, sums, strict=True))
    moment = sum(w @ part.moment for w, part in zip(weights, sums, strict=True))
    ridge = np.full(len(moment), RIDGE)  # type: ignore[arg-type]
    ridge[:2] = 1e-9
    effects = np.linalg.solve(gram + np.diag(ridge), moment)
    usual, now = (w @ part.shares / (w @ part.counts) for w, part in zip(weights, sums, strict=True))
    moved = (now - usual) * effects
    return np.add.reduceat(moved, starts[:-1])
