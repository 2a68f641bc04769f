"""One signal taken apart: what of it is trend, what season, and what is left to be judged."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from analytics.decompose import Decomposition, decompose
from app.format import duration
from app.usecases.season_words import lengths as lengths_of
from app.usecases.service_judged import Judged, chart_lane, peak
from app.usecases.service_lane import Floats, State
from app.usecases.service_view import Apart


def take_apart(judged: Judged, state: State) -> Apart:
    """The signal's trend, season and remainder with hindsight; a signal without samples gives empty arrays."""
    parts = decompose(judged.signal.values, seasons=judged.signal.seasons)
    return Apart(
        lane=chart_lane(judged, state),
        trend=_floats(parts.trend),
        season=_floats(parts.season),
        remainder=_floats(parts.remainder),
        at=_moment(judged),
        trend_words=f"over {duration(_length_s(judged))}",
        season_words=season_words(parts, judged.signal.seasons_s),
        spread=usual_spread(judged.band),
        notes=(*filter(None, [judged.signal.made]), *parts.notes),
    )


def usual_spread(band: pd.DataFrame) -> float:
    """Half the width of the expected band, in the median."""
    width = (band["upper"] - band["lower"]).median()
    return float(width) / 2 if np.isfinite(width) else 0.0


def season_words(parts: Decomposition, stated_s: tuple[float, ...] = ()) -> str:
    """``repeats every 6 min``, and whether that was found or ``stated_s`` by the source; or that nothing repeats."""
    lengths = [duration(period.total_seconds()) for period in parts.periods]
    if not lengths:
        return f"too short for {lengths_of(stated_s)}" if stated_s else "none found"
    return f"repeats every {' and '.join(lengths)}{', as stated' if stated_s else ''}"


def value_at(apart: Apart, column: Floats) -> float:
    """The value of a part at the moment that the page speaks of; NaN where there is none."""
    i = int(np.searchsorted(apart.lane.ts, np.datetime64(apart.at.replace(tzinfo=None), "us")))
    return float(column[i]) if i < len(column) else float("nan")


def _moment(judged: Judged) -> datetime:
    if judged.main is not None:
        return peak(judged.signal, judged.main)[0].to_pydatetime()
    known = judged.signal.values.dropna().index
    return known[-1].to_pydatetime() if len(known) else datetime.fromtimestamp(0, UTC)


def _length_s(judged: Judged) -> float:
    index = judged.signal.values.index
    return (index[-1] - index[0]).total_seconds() if len(index) else 0.0


def _floats(series: pd.Series) -> Floats:
    return series.to_numpy(dtype=float)
