"""The same over the period before: drawn behind what is shown, at the same place of the range."""

from __future__ import annotations

from datetime import tzinfo

import numpy as np
import pandas as pd

from app.format import span as span_words
from app.usecases.incident_view import Span
from app.usecases.model_history import load
from app.usecases.model_look import of_version, versions
from app.usecases.model_page import find
from app.usecases.model_signals import by_bucket
from app.usecases.service_lane import ChartLane, Floats, Ghost
from app.usecases.stamps import times
from data.store import Snapshot

PREVIOUS = "previous"


def before(span: Span) -> Span:
    """The period of the same length that ends where ``span`` begins."""
    return Span(span.start - (span.end - span.start), span.start)


def words(span: Span, zone: tzinfo, found: Ghost | None) -> str:
    """From when the line behind is, or that there is nothing to draw."""
    when = span_words(before(span).start, span.start, zone)
    return (
        f"Thin grey line: the period before, {when}."
        if found
        else f"Nothing was measured in the period before, {when}."
    )


def of_lane(lane: ChartLane | None, span: Span) -> Ghost | None:
    """A lane over the period before as the line behind that of ``span``."""
    return None if lane is None else _moved(lane.ts, lane.value, span)


def of_model(snap: Snapshot, name: str, version: str, span: Span) -> Ghost | None:
    """The metric of a model over the period before by prediction time; buckets that wait for labels are left out."""
    earlier = before(span)
    history = load(snap, find(snap, name), earlier.start, earlier.end)
    if history is None:
        return None
    own = of_version(history, version if version in versions(history) else "")
    table = by_bucket(own)
    settled = table["labelled"] >= own.limits.labels_needed * table["predicted"]
    middle = pd.DatetimeIndex(table.index) + own.bucket / 2
    return _moved(times(middle), table["value"].where(settled).to_numpy(float), span)


def _moved(ts: np.ndarray, value: Floats, span: Span) -> Ghost | None:
    """None where no value is known."""
    length = np.timedelta64(round((span.end - span.start).total_seconds() * 1e6), "us")
    moved: np.ndarray = ts + length
    return Ghost(moved, value) if np.isfinite(value).any() else None
