"""An isolation forest (Liu, Ting, Zhou 2008) in whole arrays: all trees of one level at once.

A series of 720 samples is judged in a hundredth of a second; a forest made of tree objects takes a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.arrays import Floats

Whole = NDArray[np.intp]
EULER = 0.5772156649
AT_ONCE = 20_000  # samples times trees that walk down together


@dataclass(frozen=True, slots=True)
class Forest:
    """``levels`` hold for every node (trees, 2^level) the feature it looks at and where it cuts; a node that has
    nothing to part cuts at infinity. ``length`` (trees, leaves) is the way to each leaf, ``usual`` the way in a tree
    of random points."""

    levels: tuple[tuple[Whole, Floats], ...]
    length: Floats
    usual: float

    def alone(self, features: Floats) -> Floats:
        """How soon each row of (m, k) is isolated: near 1 at once, below 0.5 as late as most. Shape (m,)."""
        trees = np.arange(len(self.length), dtype=np.intp)[None, :]
        step = max(1, AT_ONCE // len(self.length))
        parts = [self._ways(features[at : at + step], trees).sum(axis=1) for at in range(0, len(features), step)]
        alone: Floats = 2 ** (-np.concatenate([np.empty(0), *parts]) / len(self.length) / self.usual)
        return alone

    def _ways(self, features: Floats, tree: Whole) -> Floats:
        rows, flat = np.arange(len(features))[:, None] * features.shape[1], np.ascontiguousarray(features).ravel()
        node: Whole = np.zeros((len(rows), tree.shape[1]), dtype=np.intp)
        for feature, cut in self.levels:
            at = tree * cut.shape[1] + node
            node = 2 * node + (flat.take(rows + feature.take(at)) > cut.take(at))
        ways: Floats = self.length.take(tree * self.length.shape[1] + node)
        return ways


def plant(history: Floats, *, trees: int, samples: int, seed: int) -> Forest:
    """A forest grown on rows of (m, k): each tree on ``samples`` of them, or on all where there are fewer."""
    rng = np.random.default_rng(seed)
    count, width = history.shape
    size = max(2, min(samples, count))
    picked = np.concatenate([_pick(rng, count, size) for _ in range(trees)])
    points, tree = history[picked], np.repeat(np.arange(trees), size)
    node, length, levels = np.zeros(trees * size, dtype=np.intp), np.zeros((trees, 1)), []
    for level in range(int(np.ceil(np.log2(size)))):
        nodes = 2**level
        at = tree * nodes + node
        feature = rng.integers(0, width, trees * nodes)
        value = points[np.arange(len(points)), feature[at]]
        cut = _cuts(value, at, rng.random(trees * nodes))
        node = 2 * node + (value > cut[at])
        length = np.repeat(length + np.isfinite(cut).reshape(trees, nodes), 2, axis=1)
        levels.append((feature.reshape(trees, nodes), cut.reshape(trees, nodes)))
    leaves = np.bincount(tree * length.shape[1] + node, minlength=length.size).reshape(length.shape)
    return Forest(tuple(levels), length + _rest(leaves), float(_rest(np.array([size]))[0]))


def _pick(rng: np.random.Generator, count: int, size: int) -> Whole:
    """Rows of one tree; of a long history with replacement, which saves the shuffling of all of it."""
    return rng.permutation(count)[:size] if count <= 4 * size else rng.integers(0, count, size)


def _cuts(value: Floats, at: Whole, share: Floats) -> Floats:
    low, high = np.full(len(share), np.inf), np.full(len(share), -np.inf)
    np.minimum.at(low, at, value)
    np.maximum.at(high, at, value)
    cuts = np.full(len(share), np.inf)
    parts = high > low
    cuts[parts] = low[parts] + share[parts] * (high[parts] - low[parts])
    return cuts


def _rest(points: NDArray[np.int64]) -> Floats:
    """The way that is still to go in a leaf of so many points: the mean depth of a binary search tree."""
    n = np.maximum(points, 2).astype(np.float64)
    way = 2 * (np.log(np.maximum(n - 1, 1)) + EULER) - 2 * (n - 1) / n
    return np.select([points > 2, points == 2], [way, 1.0], 0.0)
