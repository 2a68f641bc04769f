"""A small store with something unusual in it: an hour of requests by route, one of which fails for three minutes."""

from __future__ import annotations

import numpy as np

from app.usecases.scan import scan
from data.records import Edge, Incident, MetricMeaning
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples

STEP_S = 10
COUNT = 60 * 60 // STEP_S
ROUTES = ("/pay", "/cart")
OTHER = ("shop", "cache_entries")  # a measure that nobody understands the direction of


def fill(store: Store) -> None:
    """From minute 30 to 33 requests on /pay are slow; a deploy comes five minutes earlier."""
    rng = np.random.default_rng(3)
    series = {route: make_series("shop", "latency_p95_ms", {"route": route}) for route in ROUTES}
    values = {route: 40 + 2 * rng.standard_normal(COUNT) for route in ROUTES}
    values["/pay"][30 * 6 : 33 * 6] = 400
    other = make_series(*OTHER)
    entries = 1_000 + 5 * rng.standard_normal(COUNT)
    entries[40 * 6 : 42 * 6] = 200
    rows = [row for route in ROUTES for row in samples(series[route], values[route].tolist(), step_s=STEP_S)]
    rows += samples(other, entries.tolist(), step_s=STEP_S)
    deploy = {"ts": at(25), "known_at": at(25), "kind": "deploy", "service": "shop", "title": "shop 1.8 deployed"}
    put(
        store,
        series=[*series.values(), other],
        edges=[Edge("shop", "db")],
        meanings=[MetricMeaning("cache_entries", "other", "", "both")],
        metrics=rows,
        events=[deploy],
    )


def scanned(store: Store) -> None:
    """The store filled, and looked through by a scan."""
    fill(store)
    scan(store)


def incident() -> Incident:
    """One that a person made of it."""
    return Incident(
        "", "Pay slow", "critical", "resolved", at(30), resolved_at=at(34), services=("shop",), found_by="Mara"
    )
