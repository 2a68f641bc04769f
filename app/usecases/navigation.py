"""What the frame around the pages knows of the store: its span, what is open, and where a word leads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from app.format import count
from app.usecases import logs_links, words
from data.catalog.state import CatalogState
from data.queries import logs, metrics, predictions
from data.segments import SegmentInfo
from data.snapshot import Snapshot
from data.store import Store

#: Records of each kind that make one point of a line.
POINTS: Final = {"metrics": 1, "predictions": 60, "logs": 60, "events": 4}
LENGTHS: Final = tuple(timedelta(days=days) for days in (1, 7, 30, 90, 366))
ENOUGH_POINTS: Final = 100
SOME_POINTS: Final = 1
MOST_PATTERNS: Final = 300
MARGIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation; ``key`` goes there after g."""

    label: str
    path: str
    key: str


@dataclass(frozen=True, slots=True)
class Summary:
    """``first`` and ``last`` are the span of all records by their own time, None where there are none."""

    generation: int
    first: datetime | None
    last: datetime | None
    open_incidents: int


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a word in the search dialog leads to.

    ``kind`` is page, view, service, model, metric, feature, incident or log.
    """

    kind: str
    label: str
    detail: str
    href: str

    def as_json(self) -> dict[str, str]:
        """For the browser, which sets all of it as text."""
        return asdict(self)


def data_span(snap: Snapshot) -> tuple[datetime, datetime] | None:
    """First and last time at which anything happened, both inclusive."""
    return metrics.span(snap)


def telling_length(snap: Snapshot) -> timedelta:
    """How far back a page must look to have something to show: a day of dense records, a year of rare ones.

    Where the newest records are a few far from the others, as one line with a wrong year is, it looks back over all.
    """
    spans = {kind: _span_of(snap, kind) for kind in POINTS}
    per_day = [_points(snap, kind) / max(days, 1.0) for kind, days in spans.items() if days is not None]
    densest = max(per_day, default=0.0)
    usual = next((length for length in LENGTHS if densest * (length / LENGTHS[0]) >= ENOUGH_POINTS), LENGTHS[-1])
    span = data_span(snap)
    whole = span[1] - span[0] if span else usual
    told = (length for length in LENGTHS if length >= usual and span and _told(snap, span[1] - length) >= SOME_POINTS)
    return next(told, max(whole, usual))


def _told(snap: Snapshot, since: datetime) -> float:
    """Points of the richest kind since then; records are taken to lie evenly in their segments."""
    return max(sum(_since(s, since) for s in snap.segments(kind)) / _rows_per_point(snap, kind) for kind in POINTS)


def _since(segment: SegmentInfo, since: datetime) -> float:
    if segment.min_ts is None or segment.max_ts is None or segment.max_ts < since:
        return 0.0
    length = (segment.max_ts - segment.min_ts).total_seconds()
    share = (segment.max_ts - since).total_seconds() / length if length else 1.0
    return segment.rows * min(share, 1.0)


def _span_of(snap: Snapshot, kind: str) -> float | None:
    """Days from the first to the last record of a kind."""
    found = [(s.min_ts, s.max_ts) for s in snap.segments(kind) if s.min_ts is not None and s.max_ts is not None]
    if not found:
        return None
    return (max(last for _, last in found) - min(first for first, _ in found)) / timedelta(days=1)


def _points(snap: Snapshot, kind: str) -> float:
    """Records of a kind as points of a line: a sample is one, so many predictions, log lines or events make one."""
    return sum(segment.rows for segment in snap.segments(kind)) / _rows_per_point(snap, kind)


def _rows_per_point(snap: Snapshot, kind: str) -> float:
    return POINTS[kind] * (max(1, snap.state.series.num_rows) if kind == "metrics" else 1)


def summary(store: Store) -> Summary:
    """For the navigation."""
    with store.snapshot() as snap:
        span = data_span(snap)
        open_now = sum(incident.status == "open" for incident in snap.state.incidents)
        first, last = span or (None, None)
        return Summary(snap.generation, first, last, open_now)


def find(
    store: Store, asked: str, most: int, pages: Sequence[Entry] = (), logged: Sequence[Hit] = ()
) -> tuple[Hit, ...]:
    """Everything whose name or title holds all of ``asked``, ``pages`` too; names that begin with them first.

    ``logged`` is what `logged_hits` found.
    """
    with store.snapshot() as snap:
        hits = [*(Hit("page", page.label, "", page.path) for page in pages), *_everything(snap.state), *logged]
    hits = list(dict.fromkeys(hits))
    wanted = asked.casefold().split()
    fitting = [hit for hit in hits if all(word in f"{hit.label} {hit.detail}".casefold() for word in wanted)]
    first = wanted[0] if wanted else ""
    return tuple(sorted(fitting, key=lambda hit: not hit.label.casefold().startswith(first))[:most])


def logged_hits(snap: Snapshot) -> tuple[Hit, ...]:
    """What stands in records alone: features and log patterns of their last day, each with the page that shows it."""
    return (*_logged_features(snap), *_patterns(snap))


def _logged_features(snap: Snapshot) -> Iterator[Hit]:
    end = _end_of(snap, "predictions")
    if end is not None:
        for model, names in sorted(predictions.feature_names(snap, end - LENGTHS[0], end).items()):
            yield from (_feature(model, name) for name in names)


def _feature(model: str, name: str) -> Hit:
    return Hit("feature", name, f"of {model}", f"/model/{quote(model, safe='')}")


def _patterns(snap: Snapshot) -> Iterator[Hit]:
    end = _end_of(snap, "logs")
    if end is None:
        return
    for one in logs.patterns(snap, end - LENGTHS[0], end, limit=MOST_PATTERNS).to_dict("records"):
        if isinstance(one["service"], str) and one["service"]:
            about = f"{one['service']}, {count(int(one['n']), 'line')}"
            address = logs_links.to_template(
                one["service"], str(one["pattern"]), one["first_ts"] - MARGIN, one["last_ts"] + MARGIN
            )
            yield Hit("log", str(one["pattern"]), about, address)


def _end_of(snap: Snapshot, kind: str) -> datetime | None:
    """Just after the last record of a kind."""
    last = max((s.max_ts for s in snap.segments(kind) if s.max_ts is not None), default=None)
    return last + timedelta(milliseconds=1) if last is not None else None


def _metrics(state: CatalogState) -> Iterator[Hit]:
    for one in state.series.to_pylist():
        if not one["service"]:
            continue
        said = words.labels(tuple(json.loads(one["labels"] or "{}").items()))
        label = words.plain_name(one["metric"]) + (f", {said}" if said else "")
        metric = urlencode({"metric": f"s:{one['series_id']}"})
        address = f"/service/{quote(one['service'], safe='')}?{metric}"
        yield Hit("metric", label, f"{one['metric']} of {one['service']}", address)


def _everything(state: CatalogState) -> Iterator[Hit]:
    for view in state.saved_views:
        yield Hit("view", view.name, f"saved by {view.who}", view.address)
    for service in state.services:
        yield Hit("service", service.name, service.owner or service.team, f"/service/{quote(service.name, safe='')}")
    for model in state.models:
        where = f"runs on {model.service}" if model.service else ""
        yield Hit("model", model.name, where, f"/model/{quote(model.name, safe='')}")
    yield from _metrics(state)
    yield from (_feature(model.name, one.name) for model in state.models for one in model.features)
    for incident in sorted(state.incidents, key=lambda found: found.started_at, reverse=True):
        yield Hit("incident", incident.incident_id, incident.title, f"/incident/{quote(incident.incident_id, safe='')}")
