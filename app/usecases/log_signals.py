"""What the log lines of a service say where nobody measured it: how many there are, and how many tell of errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pandas as pd

from app.usecases.log_measures import counted_signals
from app.usecases.signals import Signal, informed, series_of, service_signals
from data.queries import logs, metrics
from data.records import BadDirection, Role
from data.store import Snapshot

LADDER_S = (60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800)
MOST_BUCKETS, FEWEST_BUCKETS = 1_500, 12
USUAL_LINES = 20  # in a bucket that is worth judging
FILLED = 0.9  # share of buckets with lines from which on an empty one says something


def keys(service: str) -> tuple[str, str]:
    """The keys of both signals."""
    return f"l:{service}:lines", f"l:{service}:errors"


def measured_or_logged(
    snap: Snapshot, service: str, start: datetime, end: datetime, *, means: bool = False
) -> tuple[Signal, ...]:
    """The judged signals of a service; of one that has no measure to judge, those of its log lines.

    Measures that people count from its log lines stand behind either. ``means`` is as in `service_signals`.
    """
    counted = counted_lines(snap, service, start, end)
    if series_of(snap, service):
        return (*service_signals(snap, service, start, end, means=means), *counted)
    return (*log_signals(snap, service, start, end), *counted)


def counted_lines(snap: Snapshot, service: str, start: datetime, end: datetime) -> tuple[Signal, ...]:
    """What people count of its lines."""
    return tuple(counted_signals(snap, service, start, end))


def log_signals(snap: Snapshot, service: str, start: datetime, end: datetime) -> tuple[Signal, ...]:
    """Lines per minute, and the share of errors where severities are stated; nothing where no line is in the range.

    After the newest record of the store there is no silence: nothing is known of what went on.
    """
    newest = metrics.span(snap)
    end = min(end, newest[1] + timedelta(seconds=1)) if newest else end
    least_s = next((s for s in LADDER_S if (end - start).total_seconds() / s <= MOST_BUCKETS), LADDER_S[-1])
    found = logs.volume(snap, start, end, least_s, service)
    if found.empty:
        return ()
    frame = _coarse_enough(_filled(found.set_index("bucket"), least_s, end), least_s)
    return tuple(informed(snap, "logs", _signals(frame, service, start, end)))


def _filled(frame: pd.DataFrame, step_s: int, end: datetime) -> pd.DataFrame:
    """With a row for every bucket from the first line on, also where the service fell silent."""
    last = max(frame.index[-1], pd.Timestamp(end) - pd.Timedelta(seconds=step_s))
    index = pd.date_range(frame.index[0], last.floor(f"{step_s}s"), freq=f"{step_s}s")
    counts = frame[["n", "errors", "stated"]].reindex(index, fill_value=0)
    return counts.assign(known_at=frame["known_at"].reindex(index))


def _coarse_enough(frame: pd.DataFrame, least_s: int) -> pd.DataFrame:
    """In the smallest buckets that are filled and hold some lines, as long as enough of them are left."""
    chosen = frame
    for step_s in (s for s in LADDER_S if s >= least_s and s % least_s == 0):
        coarse = _coarser(frame, step_s)
        if len(coarse) < FEWEST_BUCKETS:
            break
        chosen = coarse
        if (coarse["n"] > 0).mean() >= FILLED and coarse["n"].median() >= USUAL_LINES:
            break
    return chosen


def _coarser(frame: pd.DataFrame, step_s: int) -> pd.DataFrame:
    parts = frame.groupby(_times(frame).floor(f"{step_s}s"))
    made = parts[["n", "errors", "stated"]].sum().assign(known_at=parts["known_at"].max())
    return made.asfreq(f"{step_s}s")


def _signals(frame: pd.DataFrame, service: str, start: datetime, end: datetime) -> Iterator[Signal]:
    step = _step(frame)
    over = pd.Series(_times(frame) + step, frame.index)
    known_at = frame["known_at"].where(frame["known_at"] > over, over)
    inside = (over - step >= pd.Timestamp(start)) & (over <= pd.Timestamp(end))
    per_minute = frame["n"].astype(float) / (step / pd.Timedelta("1min"))
    lines, errors = keys(service)
    if inside.any():
        yield _signal(lines, service, "log lines", "traffic", "/min", "both", per_minute[inside], known_at[inside])
    if frame["stated"].any():
        share = (frame["errors"] / frame["n"]).where(frame["n"] > 0)
        yield _signal(errors, service, "logged errors", "errors", "share", "up", share, known_at, frame["n"])


def _step(frame: pd.DataFrame) -> pd.Timedelta:
    at = _times(frame)
    return at[1] - at[0] if len(at) > 1 else pd.Timedelta(seconds=LADDER_S[0])


def _times(frame: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(frame.index)


def _signal(
    key: str,
    service: str,
    measure: str,
    role: Role,
    unit: str,
    bad_direction: BadDirection,
    values: pd.Series,
    known_at: pd.Series,
    counts: pd.Series | None = None,
) -> Signal:
    return Signal(
        key=key,
        side="service",
        owner=service,
        name=service,
        measure=measure,
        role=role,
        unit=unit,
        bad_direction=bad_direction,
        values=values,
        known_at=known_at,
        metric="log_lines" if role == "traffic" else "log_error_share",
        counts=counts,
    )
