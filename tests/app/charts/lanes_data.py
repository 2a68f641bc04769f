"""Hand-made lanes: half an hour, a sample every 5 s, calm but for a stretch of three minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from app.usecases.incident_view import EventMark, Span
from app.usecases.service_lane import ChartLane, LaneEpisode

START = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
SPAN = Span(START, START + timedelta(minutes=30))


def at(minutes):
    return START + timedelta(minutes=minutes)


def lane(key="latency", base=118.0, high=412.0, unit="ms", side="service", limit=None, n=360, **given):
    rng = np.random.default_rng(len(key))
    minute = np.arange(n) * 30 / n
    out = (minute >= 6) & (minute < 9)
    value = np.where(out, high, base) * (1 + 0.02 * rng.standard_normal(n))
    ts = np.datetime64(START.replace(tzinfo=None), "us") + (minute * 60e6).astype("timedelta64[us]")
    episode = LaneEpisode(at(6), at(9), at(7), high, "critical")
    facts = {
        "name": "recommender",
        "measure": key,
        "episodes": (episode,) if out.any() else (),
        "expected": np.full(n, base),
        "lower": np.full(n, 0.8 * base),
        "upper": np.full(n, 1.2 * base),
    }
    return ChartLane(key=key, side=side, unit=unit, ts=ts, value=value, limit=limit, **{**facts, **given})


def event(minutes, kind="alert", title="shop errors over 2 % for 1 min"):
    return EventMark(at(minutes), at(minutes), kind, title)
