"""What the browser needs to replay an incident: every piece with the time it could be known, as finite JSON.

The arrays of values are in the figure; here is what it has no place for. Times are epoch milliseconds, words are ready
to show. Nothing of it is written into the page before its time (``assets/diptych_clock.js`` decides).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from app.charts import diptych_words as words
from app.charts.diptych import PERFORMANCE_WIDTHS, has_band, room_below
from app.charts.diptych_geometry import Geometry, geometries
from app.charts.diptych_samples import Samples, milliseconds, numbers, thinned
from app.format import PageZone, zone_for
from app.usecases.incident_view import IncidentView, Lane, Onset, PerformanceFrame, PerformanceLane, Span

Json = dict[str, Any]


def payload(
    view: IncidentView, *, zone: str = "UTC", links: Mapping[str, str] | None = None, logs: Span | None = None
) -> Json:
    """``links`` are addresses by lane key: where the evidence of a lane can be looked at further; ``logs`` is the span
    whose lines can be compared with those before."""
    said = zone_for(ZoneInfo(zone), view.zoom_recording.start, view.zoom_recording.end)
    return {
        "id": view.incident_id,
        "zone": zone,
        "dated": isinstance(said, PageZone) and said.dated,
        "year": said.year if isinstance(said, PageZone) else None,
        "zooms": {name: _span(getattr(view, f"zoom_{name}")) for name in ("onset", "incident", "recording")},
        "arrivals": milliseconds(view.arrivals).tolist(),
        "detected": _ms(view.detected_at) if view.detected_at else None,
        "reachedMs": None if view.reached_model_s is None else round(view.reached_model_s * 1000),
        "stepMs": step_ms(view),
        "notes": list(view.notes),
        "cause": view.cause,
        "logs": _span(logs) if logs else None,
        "lanes": _lanes(view),
        "performance": [_performance(lane) for lane in view.performance],
        "onsets": _onsets(view, said, links or {}),
        "thread": [list(pair) for pair in view.thread],
        "geometry": {name: {k: _geometry(g) for k, g in pair.items()} for name, pair in geometries(view).items()},
        **_stated(view),
    }


def step_ms(view: IncidentView) -> int:
    """The usual step between samples of the lanes that moved: what one press of shift and arrow moves."""
    steps = [np.median(np.diff(milliseconds(lane.ts))) for lane in view.lanes if len(lane.ts) > 1 and not lane.quiet]
    return max(round(float(min(steps, default=5000.0))), 1)


def _stated(view: IncidentView) -> Json:
    """What is told in words, step by step."""
    return {
        "titles": [{"known": _ms(t.known_from), "title": t.title, "small": t.small} for t in view.titles],
        "verdicts": [
            {"known": _ms(v.known_from), "kind": v.kind, "headline": v.headline, "sentence": v.sentence}
            | {"advice": v.advice, "bar": v.bar, "share": _finite(v.explained_share), "labels": v.labels_percent}
            for v in view.verdicts
        ],
        "events": [
            {"ts": _ms(e.ts), "known": _ms(e.known_at), "kind": e.kind, "title": e.title, "service": e.service}
            | {"source": e.source, "tag": e.tag, "mark": e.mark, "href": e.href}
            for e in sorted(view.events, key=lambda event: event.ts)
        ],
        "evidence": [
            {"sign": e.sign, "text": e.text, "figure": e.figure, "known": _ms(e.known_from)}
            | {"until": _ms(e.known_until) if e.known_until else None}
            for e in view.evidence
        ],
    }


def _lanes(view: IncidentView) -> list[Json]:
    return [_lane(lane, thinned(view, lane)) for lane in view.lanes]


def _lane(lane: Lane, own: Samples) -> Json:
    return {
        **{name: getattr(lane, name) for name in ("key", "side", "kind", "name", "measure", "unit", "quiet")},
        "bad": lane.bad_direction,
        "below": room_below(lane.bad_direction),
        "band": has_band(lane),
        "limit": lane.limit,
        "limitText": words.limit_text(lane),
        "known": own.known,
        "lowerKnown": own.lower_known,
        "upperKnown": own.upper_known,
        "text": words.texts(lane, own),
        "expected": words.expectations(lane, own.lower, own.upper),
        "expectedKnown": words.expectations(lane, own.lower_known, own.upper_known),
        "thinned": own.thinned,
    }


def _performance(lane: PerformanceLane) -> Json:
    edges = [_finite(lane.lower), _finite(lane.upper)]
    usual = "" if edges[0] is None or edges[1] is None else f"usual\u00a0{words.between(edges[0], edges[1], '')}"
    return {
        **{name: getattr(lane, name) for name in ("key", "name", "metric")},
        "bucket": milliseconds(lane.bucket_start).tolist(),
        "bucketMs": round(lane.bucket_s * 1000),
        "lower": edges[0],
        "upper": edges[1],
        "usual": usual,
        "widths": PERFORMANCE_WIDTHS,
        "complete": lane.labels_needed,
        "frames": _changes(lane),
    }


def _changes(lane: PerformanceLane) -> list[Json]:
    """Each frame as what differs from the one before: ``[bucket, value, estimate, labelled, predicted]``."""
    before: list[tuple[Any, ...]] = [(None, None, 0.0, 0.0)] * len(lane.bucket_start)
    found = []
    for frame in lane.frames:
        rows = _rows(frame)
        changed = [[i, *row] for i, (row, old) in enumerate(zip(rows, before, strict=True)) if row != old]
        found.append({"known": _ms(frame.known_from), "changes": changed})
        before = rows
    return found


def _rows(frame: PerformanceFrame) -> list[tuple[Any, ...]]:
    counts = (np.nan_to_num(frame.labelled), np.nan_to_num(frame.predicted))
    columns = (numbers(frame.value), numbers(frame.estimate), *(numbers(count) for count in counts))
    return list(zip(*columns, strict=True))


def _onsets(view: IncidentView, zone: tzinfo, links: Mapping[str, str]) -> list[Json]:
    return [_onset(view, o, zone, links) for o in sorted(view.onsets, key=lambda onset: (onset.order, onset.happened))]


def _onset(view: IncidentView, o: Onset, zone: tzinfo, links: Mapping[str, str]) -> Json:
    """Of performance the worst is a bucket's, as in the figure: several were judged together to tell that it moved."""
    grown = _grown(view, o, zone)
    bucket = grown[-1][1] if grown and any(p.key == o.lane for p in view.performance) else o.worst
    when = {"happened": _ms(o.happened), "known": _ms(o.known)}
    said = {"title": o.title, "detail": o.detail, "worst": bucket, "grown": grown}
    return {"lane": o.lane, "order": o.order, **when, **said, "href": links.get(o.lane, "")}


def _grown(view: IncidentView, onset: Onset, zone: tzinfo) -> list[tuple[int, str]]:
    for lane in view.lanes:
        if lane.key == onset.lane:
            return words.worst_steps(lane, thinned(view, lane), onset, zone)
    return [
        step for p in view.performance if p.key == onset.lane for step in words.performance_worst_steps(p, onset, zone)
    ]


def _geometry(geometry: Geometry) -> Json:
    shape = geometry.shape
    rows = [{**asdict(row), "labelTop": row.label_top} for row in geometry.rows]
    bare = [asdict(one) for one in geometry.bare]
    size = {"bare": bare, "height": geometry.height, "hingeTop": geometry.hinge_top, "hinge": shape.hinge}
    return size | {"left": shape.left, "right": shape.right, "label": shape.label, "rows": rows}


def _span(span: Span) -> list[int]:
    return [_ms(span.start), _ms(span.end)]


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _finite(x: float | None) -> float | None:
    return None if x is None or not np.isfinite(x) else float(x)
