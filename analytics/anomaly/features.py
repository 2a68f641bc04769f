"""What is left of a series seen through several windows: a spike shows in short ones, a small shift in long ones."""

from __future__ import annotations

import numpy as np

from analytics.arrays import MAD_TO_SIGMA, Floats, robust_sigma, rolling_mean, rolling_median

WINDOWS = (1, 2, 4, 8, 16, 32)  # samples
SPREAD_WINDOW = 12
SCALE_SAMPLES = 1_000  # causal: how far back a feature's own scale looks


def shifts(deviation: Floats, *, causal: bool) -> Floats:
    """Mean deviation over each window in units of its own usual size, log1p of the absolute value. Shape (m, windows).

    The scale is at least that of independent samples, 1/sqrt(window): neighbours that move together raise it.
    """
    columns = []
    for window in WINDOWS:
        mean = np.abs(rolling_mean(deviation, window, causal=causal))
        columns.append(np.log1p(mean / _scale(mean, 1 / np.sqrt(window), causal=causal)))
    return np.stack(columns, axis=1)


def forest_features(deviation: Floats, shift: Floats, *, causal: bool) -> Floats:
    """Columns for the isolation forest: signed deviation, shifts, jump, local spread, flat stretch. Shape (m, k)."""
    jump = np.abs(np.diff(deviation, prepend=deviation[:1]))
    jump = np.log1p(jump / _scale(jump, 0.5, causal=causal))
    spread = np.log1p(np.sqrt(np.maximum(rolling_mean(deviation**2, SPREAD_WINDOW, causal=causal), 0)))
    signed = np.sign(deviation) * shift[:, 0]
    return np.column_stack([signed, shift[:, 1:], jump, spread])


def strength_of(shift: Floats) -> Floats:
    """Root mean square over the windows: large where several windows agree. Shape (m,)."""
    strength: Floats = np.sqrt(np.mean(shift**2, axis=1))
    return strength


def _scale(size: Floats, least: float, *, causal: bool) -> Floats | float:
    if causal:
        return np.maximum(MAD_TO_SIGMA * rolling_median(size, SCALE_SAMPLES, causal=True), least)
    return max(robust_sigma(size), MAD_TO_SIGMA * float(np.median(size)), least)
