"""Class names as they are meant, and as codes that arrays can compare."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.arrays import Ints

POSITIVE = frozenset({"1.0", "true", "yes", "positive"})


def class_codes(predicted: pd.Series, truth: pd.Series) -> tuple[Ints, Ints, int]:
    """Both columns as codes of one set of classes, and its size; of two classes the positive one is 1.

    "1", "1.0" and "TRUE" are what their producers meant: numbers are compared as numbers, words without case.
    """
    both = pd.concat([predicted, truth], ignore_index=True)
    codes, written = pd.factorize(both)
    meant = [plain(word) for word in written]
    names = sorted(set(meant), key=lambda name: (name in POSITIVE, name))
    if len(names) == 1 and names[0] in POSITIVE:
        names = ["", *names]
    lookup = np.array([names.index(name) for name in meant], dtype=np.int64)
    merged = lookup[codes] if len(lookup) else np.zeros(len(codes), np.int64)
    return merged[: len(predicted)], merged[len(predicted) :], len(names)


def plain(word: object) -> str:
    """A class name as it is meant, so that different spellings of one class compare equal."""
    text = str(word).strip().casefold()
    try:
        return str(float(text))
    except ValueError:
        return text
