"""One signal taken apart: observed, trend, season, remainder, each in a lane of its own on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any

import numpy as np

from app.charts import signals
from app.charts.lanes import APART, APART_NARROW
from app.usecases.incident_view import Span
from app.usecases.service_lane import ChartLane, Floats
from app.usecases.service_view import Apart


def figure(apart: Apart, span: Span, zone: tzinfo = UTC) -> dict[str, Any]:
    """The figure; the remainder carries the usual spread as its band and the diamonds, for it is what is judged."""
    return signals.figure(parts(apart), (), span, zone, wide=APART, narrow=APART_NARROW)


def parts(apart: Apart) -> Sequence[ChartLane]:
    """The four lanes from above."""
    none = np.full(len(apart.lane.ts), np.nan)
    bare = replace(apart.lane, expected=none, lower=none, upper=none, limit=None, peaks=False)
    spread = np.where(np.isnan(apart.remainder), np.nan, apart.spread)
    return (
        replace(bare, key="observed"),
        replace(bare, key="trend", value=apart.trend, quiet=True),
        replace(bare, key="season", value=apart.season, quiet=True),
        replace(_judged(apart, spread), key="remainder"),
    )


def _judged(apart: Apart, spread: Floats) -> ChartLane:
    """The remainder with its diamonds where it, and not the signal, stands at the peak."""
    at = [
        int(np.searchsorted(apart.lane.ts, np.datetime64(e.peak_at.replace(tzinfo=None)))) for e in apart.lane.episodes
    ]
    found = zip(apart.lane.episodes, at, strict=True)
    moved = tuple(replace(e, peak=float(apart.remainder[i])) for e, i in found if i < len(apart.remainder))
    bare = replace(apart.lane, expected=np.zeros_like(spread), limit=None, episodes=moved)
    return replace(bare, value=apart.remainder, lower=-spread, upper=spread)
