"""Measures that people count from log lines: kept as a statement, counted anew at every look, judged like any other.

Nothing of them is stored but what is to be counted: what a file brought goes with the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from app.errors import AppError
from app.usecases.fields import one_line
from app.usecases.rescan import rescan
from app.usecases.signals import Signal, informed
from data import kept, log_templates
from data.queries import log_counts, log_measures, metrics
from data.queries.log_filter import LogFilter
from data.records import LogMeasure
from data.store import Snapshot, Store

LADDER_S: Final = (60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800)
MOST_BUCKETS: Final = 1_500
MOST_MEASURES: Final = 50
NAME_CHARS: Final = 90
PREFIX: Final = "c:"
LOUD: Final = ("ERROR", "FATAL")


class NothingToCount(AppError):
    """Neither a template nor the value of a field is chosen."""


class TooMany(AppError):
    """More measures than pages can count at every look."""


def listed(snap: Snapshot) -> tuple[LogMeasure, ...]:
    """All of them, by name."""
    return log_measures.measures(snap)


def key(measure: LogMeasure) -> str:
    """Of its signals."""
    return f"{PREFIX}{log_templates.template_id(measure.name)}"


def metric(measure: LogMeasure) -> str:
    """Of its signals and their episodes."""
    return f"log_lines:{log_templates.template_id(measure.name)}"


def words(measure: LogMeasure) -> str:
    """What people call it."""
    return f"log lines, {_short(measure)}"


def count(store: Store, who: str, some: LogFilter, loud: bool = False) -> tuple[str, int]:
    """Keep the template, or the value of a field, of a filter as a measure of its service or of all.

    Returns its name and the number of the change. Raises `NothingToCount`, `TooMany` and `NameTaken`.
    """
    if not (some.template or some.field):
        raise NothingToCount("No template and no value is chosen.", "Choose one on the Logs page.")
    with store.snapshot() as snap:
        if len(listed(snap)) >= MOST_MEASURES:
            raise TooMany(f"There are {MOST_MEASURES} measures of logs already.", "Stop counting one of them first.")
    field, value = ("template", some.template) if some.template else (some.field, some.value)
    counts = {"field": field, "value": value, "service": some.service, "loud": loud}
    name = _name(counts)
    change = kept.count_lines(store.catalog, who, name, counts)
    rescan(store, who)
    return name, change


def stop(store: Store, who: str, measure_key: str) -> tuple[str, int]:
    """Count the measure of this key no more. Raises NothingToCount where it is gone."""
    with store.snapshot() as snap:
        found = next((one for one in listed(snap) if key(one) == measure_key), None)
    if found is None:
        raise NothingToCount("This is not counted any more.", "Open the page anew.")
    change = kept.stop_counting(store.catalog, who, found.name)
    rescan(store, who)
    return found.name, change


def is_loud(snap: Snapshot, some: LogFilter, start: datetime, end: datetime) -> bool:
    """Whether most of the lines of a template are errors."""
    if not some.template:
        return False
    frame = log_counts.over_time(snap, some, start, end, 86_400, budget_s=1.0).frame
    counts = frame.groupby("severity")["n"].sum()
    return bool(counts.reindex(LOUD).sum() * 2 > counts.sum())


def of_service(snap: Snapshot, service: str) -> tuple[LogMeasure, ...]:
    """Those that may have lines of a service."""
    return tuple(one for one in listed(snap) if one.counts.get("service") in ("", service))


def owns(snap: Snapshot, service: str, signal_key: str) -> bool:
    """Whether a key is that of a measure which a service may have."""
    return any(key(one) == signal_key for one in of_service(snap, service))


def counted_signals(snap: Snapshot, service: str, start: datetime, end: datetime) -> Iterator[Signal]:
    """The measures of a service over ``[start, end)``; of one that never had such a line there is none.

    A minute without such a line counts as none, from the first line of the service to the newest record of the store.
    """
    yield from informed(snap, "logs", _counted(snap, service, start, end))


def _counted(snap: Snapshot, service: str, start: datetime, end: datetime) -> Iterator[Signal]:
    measures, logged, newest = of_service(snap, service), log_measures.logged(snap, service), metrics.span(snap)
    if not measures or logged is None or newest is None:
        return
    first, last = max(start, logged[0]), min(end, newest[1] + timedelta(microseconds=1))
    step_s = _step(end - start)
    index = _buckets(first, last, step_s)
    for one in measures if len(index) else ():
        frame = log_measures.counted(snap, one, service, index[0], index[-1] + _width(step_s), step_s).set_index(
            "bucket"
        )
        if not frame.empty or one.counts.get("service") == service:
            yield _signal(one, service, frame, index, step_s)


def _step(length: timedelta) -> int:
    return next((s for s in LADDER_S if length.total_seconds() / s <= MOST_BUCKETS), LADDER_S[-1])


def _buckets(first: datetime, last: datetime, step_s: int) -> pd.DatetimeIndex:
    """Starts of the buckets that lie wholly in ``[first, last)``: half a minute would look like a fall."""
    step = f"{step_s}s"
    start, end = pd.Timestamp(first).ceil(step), pd.Timestamp(last).floor(step)
    return pd.date_range(start, end, freq=step, inclusive="left").as_unit("us")


def _width(step_s: int) -> timedelta:
    return timedelta(seconds=step_s)


def _signal(measure: LogMeasure, service: str, frame: pd.DataFrame, index: pd.DatetimeIndex, step_s: int) -> Signal:
    loud = bool(measure.counts.get("loud"))
    over = pd.Series(index + pd.Timedelta(seconds=step_s), index)
    known_at = frame["known_at"].reindex(index)
    return Signal(
        key=key(measure),
        side="service",
        owner=service,
        name=service,
        measure=words(measure),
        role="errors" if loud else "traffic",
        unit="/min",
        bad_direction="up" if loud else "both",
        values=frame["n"].reindex(index, fill_value=0).astype(float) / (step_s / 60),
        known_at=known_at.where(known_at > over, over),
        metric=metric(measure),
    )


def _short(measure: LogMeasure) -> str:
    field, value = measure.counts["field"], str(measure.counts["value"])
    said = one_line(value, NAME_CHARS)
    return f"“{said}”" if field == "template" else f"{one_line(field, NAME_CHARS)} “{said}”"


def _name(counts: dict[str, Any]) -> str:
    """A name that no other lines have: what is cut off still makes a difference."""
    field, value, service = (str(counts[name]) for name in ("field", "value", "service"))
    said = one_line(value, NAME_CHARS) if field == "template" else one_line(f"{field}: {value}", NAME_CHARS)
    whole = f"{said} of {service or 'every service'}"
    exact = repr((field, value, service))
    plain = field == "template" and said == value and len(whole) <= 2 * NAME_CHARS - 40
    return whole if plain else f"{whole[: 2 * NAME_CHARS - 60]} ({log_templates.template_id(exact)})"
