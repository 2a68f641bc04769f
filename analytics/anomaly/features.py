"""What is left of a series seen through several windows: a spike shows in short ones, a small shift in long ones."""

from __future__ import annotations

import numpy as np

from analytics.arrays import MAD_TO_SIGMA, Bools, Floats, robust_sigma, rolling_mean, rolling_median

LONGEST_S = 43_200.0  # half a day: a shift that lasts longer is the trend's business
LONGEST_SAMPLES = (8, 128)  # at least and at most, whatever the distance of samples
SPREAD_WINDOW = 12
SCALE_SAMPLES = 1_000  # causal: how far back a feature's own scale looks
RELEASED = (1.0, 2.0)  # causal: a long window may say so much, and so many times what the newest two samples say


def windows_of(step_s: float) -> tuple[int, ...]:
    """Windows in samples: 1, 2, 4 and so on up to half a day."""
    longest = int(np.clip(LONGEST_S / step_s, *LONGEST_SAMPLES))
    return tuple(2**power for power in range(longest.bit_length()))


def shifts(deviation: Floats, windows: tuple[int, ...], taught: Bools | None = None, *, causal: bool) -> Floats:
    """Mean deviation over each window in units of its own usual size, log1p of the absolute value. Shape (m, windows).

    The scale is at least that of independent samples, 1/sqrt(window): neighbours that move together raise it.
    In hindsight it is the usual size of the samples ``taught``, or of all.
    """
    columns = []
    for window in windows:
        mean = np.abs(rolling_mean(deviation, window, causal=causal))
        columns.append(np.log1p(mean / _scale(mean, 1 / np.sqrt(window), taught, causal=causal)))
    return np.stack(columns, axis=1)


def forest_features(deviation: Floats, shift: Floats, taught: Bools | None = None, *, causal: bool) -> Floats:
    """Columns for the isolation forest: signed deviation, shifts, jump, local spread. Shape (m, k)."""
    jump = np.abs(np.diff(deviation, prepend=deviation[:1]))
    jump = np.log1p(jump / _scale(jump, 0.5, taught, causal=causal))
    spread = np.log1p(np.sqrt(np.maximum(rolling_mean(deviation**2, SPREAD_WINDOW, causal=causal), 0)))
    signed = np.sign(deviation) * shift[:, 0]
    return np.column_stack([signed, shift[:, 1:], jump, spread])


def strength_of(shift: Floats, *, causal: bool) -> Floats:
    """Root mean square over the windows: large where several windows agree. Shape (m,).

    Windows that look backwards still hold what is over: they are let go as soon as the newest samples are usual again.
    """
    if causal:
        held, times = RELEASED
        shift = np.minimum(shift, held + times * shift[:, :2].max(axis=1)[:, None])
    strength: Floats = np.sqrt(np.mean(shift**2, axis=1))
    return strength


def _scale(size: Floats, least: float, taught: Bools | None, *, causal: bool) -> Floats | float:
    if causal:
        return np.maximum(MAD_TO_SIGMA * rolling_median(size, SCALE_SAMPLES, causal=True), least)
    size = size if taught is None else size[taught]
    return max(robust_sigma(size), MAD_TO_SIGMA * float(np.median(size)), least)
