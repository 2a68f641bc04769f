"""How good is a detector, on labelled series? The measures, without point adjustment: with it, random scores look best.

VUS-PR is the volume under the precision-recall surface (Paparrizos et al. 2022, as TSB-AD computes it, 21 buffers);
AUC-PR the average precision point by point. An event is caught when an alarm lies within two samples of it; alarms
elsewhere count once per episode, and again every four gaps, or a detector that always alarms would score one alarm.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]
TOLERANCE = 2  # samples
REPEAT = 4  # gaps
BUFFERS = 21
THRESHOLDS = 250
NO_PERIOD = 125
LONGEST_PERIOD = 200


def events_of(labels: Labels) -> list[tuple[int, int]]:
    """First and last index of every run of ones."""
    edges = np.diff(np.r_[0, labels, 0])
    pairs = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True)
    return [(int(first), int(last)) for first, last in pairs]


def buffer_of(values: Numbers, lags: int = 400) -> int:
    """Lag of the highest autocorrelation peak in samples, at most 200; 125 where there is none."""
    x = values[:20_000] - values[:20_000].mean()
    if len(x) < 20 or x.std() == 0:
        return NO_PERIOD
    spectrum = np.fft.rfft(x, 2 * len(x))
    acf = np.fft.irfft(spectrum * np.conj(spectrum))[: min(lags + 1, len(x))]
    acf = (acf / acf[0])[3:]
    peaks = np.flatnonzero((acf[1:-1] > acf[:-2]) & (acf[1:-1] > acf[2:])) + 1
    best = int(peaks[np.argmax(acf[peaks])]) if len(peaks) else 0
    return min(best + 3, LONGEST_PERIOD) if 3 <= best <= 300 else NO_PERIOD


def vus_pr(labels: Labels, scores: Numbers, window: int) -> float:
    """Mean over buffers of the area under precision and recall, labels softened by the buffer."""
    order = np.argsort(-scores, kind="stable")
    at = scores[order][np.linspace(0, len(labels) - 1, THRESHOLDS).astype(int)]
    flagged = np.searchsorted(-scores[order], -at, side="right")
    hits = np.cumsum(labels[order])[flagged - 1]
    widths = np.unique(np.linspace(0, window, BUFFERS).astype(int))
    return float(np.mean([_area(labels, scores, int(w), order, at, flagged, hits) for w in widths]))


def _area(labels: Labels, scores: Numbers, w: int, order: Labels, at: Numbers, flagged: Labels, hits: Labels) -> float:
    events, positives = events_of(labels), labels.sum()
    peaks = np.array([scores[a : b + 1].max() for a, b in _widened(events, w, len(labels))])
    found = (peaks[None, :] >= at[:, None]).mean(axis=1)
    true = np.cumsum(_softened(labels, events, w)[order])[flagged - 1]
    recall = np.minimum(true / ((2 * positives + true - hits) / 2), 1) * found
    return float(np.dot(np.diff(np.r_[0, recall]), true / flagged))


def _softened(labels: Labels, events: list[tuple[int, int]], w: int) -> Numbers:
    soft = labels.astype(np.float64)
    for a, b in events if w else []:
        after = np.arange(b + 1, min(b + w // 2 + 1, len(labels)))
        soft[after] += np.sqrt(1 - (after - b) / w)
        before = np.arange(max(a - w // 2, 0), a)
        soft[before] += np.sqrt(1 - (a - before) / w)
    return np.minimum(1, soft)


def _widened(events: list[tuple[int, int]], w: int, count: int) -> list[tuple[int, int]]:
    half, out, start = w // 2, [], max(events[0][0] - w // 2, 0)
    for (_, last), (following, _) in pairwise(events):
        if last + half < following - half:
            out.append((start, last + half))
            start = following - half
    return [*out, (start, min(events[-1][1] + half, count - 1))]


def event_counts(labels: Labels, scores: Numbers, threshold: float, gap: int) -> tuple[int, int]:
    """Caught events and false alarm episodes at one threshold."""
    alarms = np.flatnonzero(scores >= threshold)
    near, caught = np.zeros(len(labels), dtype=bool), 0
    for first, last in events_of(labels):
        a, b = max(first - TOLERANCE, 0), min(last + TOLERANCE, len(labels) - 1)
        near[a : b + 1] = True
        caught += bool(np.searchsorted(alarms, b, "right") > np.searchsorted(alarms, a, "left"))
    outside = alarms[~near[alarms]]
    if not len(outside):
        return caught, 0
    cuts = np.flatnonzero(np.diff(outside) > gap)
    starts, ends = outside[np.r_[0, cuts + 1]], outside[np.r_[cuts, len(outside) - 1]]
    return caught, int((1 + (ends - starts) // (REPEAT * gap)).sum())


def f1(caught: float, events: float, false: float) -> float:
    """Harmonic mean of event precision and event recall."""
    return 2 * caught / (events + caught + false) if caught else 0.0
