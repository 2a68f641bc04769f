"""The features of a model: how far each moved in the window, what that cost, and how well they were filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import drift, inputs
from analytics.drift.cells import cut
from analytics.drift.cost import BOOTSTRAPS, Cost, cost
from analytics.drift.histogram import histogram
from analytics.drift.sample import kind_of, levels_of, numbers_of
from app.format import value
from app.usecases.model_history import ModelHistory
from app.usecases.model_losses import losses
from app.usecases.model_view import FeatureLine, Histogram
from data.records import FeatureSource, Incident

MOST_ROWS = 40_000  # of each window: more would not change what is seen
LEAST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Compared:
    """The features of two sets of predictions side by side, and what their shift cost."""

    lines: tuple[FeatureLine, ...]
    cost: Cost

    @property
    def drifted(self) -> tuple[str, ...]:
        """Names of those that drifted, the dearest first."""
        return tuple(line.name for line in self.lines if line.drifted)


NOTHING = Compared((), Cost({}))


def compare(
    history: ModelHistory,
    reference: np.ndarray,
    current: np.ndarray,
    incidents: Sequence[Incident] = (),
    intervals: bool = True,
) -> Compared:
    """Features of the predictions marked in ``current`` against those marked in ``reference``, shapes (n,)."""
    usual, now = _some(reference), _some(current)
    if min(len(usual), len(now)) < LEAST_ROWS or not len(history.features.columns):
        return NOTHING
    tables = history.features.iloc[usual], history.features.iloc[now]
    report = drift.compare(*tables)
    loss = losses(history).to_numpy(float)
    cells = {str(name): cut(tables[0][name], tables[1][name]) for name in history.features.columns}
    found = cost(cells, loss[usual], loss[now], draws=BOOTSTRAPS if intervals else 0)
    stated = {f.name: f for f in history.model.features}
    limit = history.limits.drift_limit
    lines = [_line(name, report, tables, found, stated.get(name), incidents, limit) for name in cells]
    return Compared(tuple(sorted(lines, key=_dear)), found)


def _some(marks: np.ndarray) -> np.ndarray:
    """Positions of the marked rows, evenly thinned where there are too many."""
    places = np.flatnonzero(marks)
    if len(places) <= MOST_ROWS:
        return places
    return places[np.linspace(0, len(places) - 1, MOST_ROWS).astype(np.int64)]


def _dear(line: FeatureLine) -> tuple[float, float, str]:
    return -(line.lost[0] if line.lost else 0.0), -line.effect, line.name


def _line(
    name: str,
    report: drift.DriftReport,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    found: Cost,
    stated: FeatureSource | None,
    incidents: Sequence[Incident],
    limit: float,
) -> FeatureLine:
    reference, current = (table[name] for table in tables)
    lost = found.features.get(name)
    source = stated.source if stated and stated.source != "request" else ""
    effect = float(report.features["effect"].to_numpy(float)[report.features.index.get_loc(name)])
    numeric = kind_of(reference, current) == "numeric"
    return FeatureLine(
        name=name,
        effect=effect,
        drifted=name in report.drifted and effect >= limit,
        lost=(lost.value, lost.low, lost.high) if lost else None,
        histogram=_histogram(name, reference, current),
        nulls=float(current.isna().mean()),
        defaults=_default_share(current, stated),
        strange=_strange(reference, current, numeric),
        numeric=numeric,
        source=source,
        incident_id=next((i.incident_id for i in incidents if source and source in i.services), ""),
    )


def _default_share(current: pd.Series, stated: FeatureSource | None) -> float:
    """Share at the fall-back value; a missing one counts among the nulls alone."""
    if stated is None or stated.default is None:
        return np.nan
    frame = current.to_frame()
    return float((inputs.defaulted(frame, {stated.name: stated.default}) & current.notna().to_numpy()).mean())


def _strange(reference: pd.Series, current: pd.Series, numeric: bool) -> float:
    """Share of the window outside the range of the reference, or of levels that it does not hold."""
    if numeric:
        usual, now = numbers_of(reference), numbers_of(current)
        if np.isnan(usual).all():
            return np.nan
        return float(((now < np.nanmin(usual)) | (now > np.nanmax(usual))).mean())
    known = set(levels_of(reference).unique())
    return float((~levels_of(current).isin(known) & current.notna()).mean())


def _histogram(name: str, reference: pd.Series, current: pd.Series) -> Histogram:
    found = histogram(reference, current)
    if found.names:
        most = int(np.argmax(found.current))
        words = f"{name}: most often {found.names[most]}, {value(float(found.current[most]), 'share')} of the window, "
        words += f"{value(float(found.reference[most]), 'share')} of the reference"
    else:
        middle = [
            float(np.nanmedian(numbers_of(part))) if part.notna().any() else np.nan for part in (current, reference)
        ]
        words = f"{name}: median {value(middle[0])} in the window, {value(middle[1])} in the reference"
    return Histogram(found.reference, found.current, words)


def points(found: Cost) -> Mapping[str, float]:
    """What each feature cost, in units of the loss; only those that can be told."""
    return {name: one.value for name, one in found.features.items() if one is not None}
