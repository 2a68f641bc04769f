"""The axes of the figure of a model, and which of its inputs have a colour of their own."""

from __future__ import annotations

import numpy as np

from app.charts import tokens
from app.charts.thin import Floats
from app.charts.values import value_range
from app.usecases.model_view import InputLane, InputLine, PerformanceSeries
from app.usecases.service_lane import seconds

FOOT = 0.14  # of the metric's lane, below the lines, for the bars that count labels
LEAST_SHARE = 0.05
COLORS = (tokens.MODEL, tokens.SERIES_1, tokens.SERIES_2)


def metric_range(one: PerformanceSeries | None) -> tuple[float, float]:
    """The value axis of the metric, with room below its lines for the counts."""
    if one is None:
        return 0.0, 1.0
    edges = np.array([one.lower, one.upper, one.worst])
    before = one.ghost.value if one.ghost else np.array([])
    low, high = value_range(one.value, one.estimate, one.left_out, edges, before)
    return low - FOOT * (high - low), high


def middle(one: PerformanceSeries) -> Floats:
    """Milliseconds at the middle of each bucket."""
    return (seconds(one.start) + one.bucket_s / 2) * 1000


def named(fed: InputLane) -> list[InputLine]:
    """The lines that have a colour and a name of their own."""
    return [one for one in fed.lines if one.marked][: len(COLORS)]


def input_range(fed: InputLane | None) -> tuple[float, float]:
    """The value axis of the lower lane, from 0; a share that hardly moved is not blown up."""
    lines = fed.lines if fed else ()
    most = max((float(np.nanmax(one.value)) for one in lines if np.isfinite(one.value).any()), default=0.0)
    return 0.0, max(1.15 * most, 1.6 * (fed.limit or LEAST_SHARE) if fed else 1.0)
