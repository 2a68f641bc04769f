"""Any measure of a service looked ahead of, from the store; and what of all of them runs out soon."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from app.usecases import log_measures
from app.usecases.health_members import service_member
from app.usecases.incident_view import Span
from app.usecases.service import find
from app.usecases.service_ahead import ahead, soon
from app.usecases.service_view import Soon
from data.errors import NotFound
from data.queries.log_filter import LogFilter
from data.records import MetricMeaning, Season, Series, Service
from data.store import Store
from tests.app.usecases.ahead_data import filling, noise
from tests.data.builders import NOON, at, put, samples

UTC_ZONE = ZoneInfo("UTC")
SPAN = Span(NOON, at(14 * 1440 + 1))
DISK, FREE, HITS = (
    Series(1, "shop", "disk_used_percent"),
    Series(2, "shop", "disk_free_bytes"),
    Series(3, "shop", "x_total"),
)


def fill(store: Store, series: Series, values: Sequence[float], *meanings: MetricMeaning, number: int = 1) -> None:
    rows = samples(series, list(values), step_s=300)
    put(store, number, series=(series,), services=(Service("shop"),), meanings=meanings, metrics=rows)


def said_soon(store: Store, span: Span = SPAN) -> tuple[Soon, ...]:
    with store.snapshot() as snap:
        return soon(snap, service_member(snap, find(snap, "shop"), span.start, span.end), UTC_ZONE)


def test_a_guessed_limit_is_said_to_be_one_and_a_stated_one_not(store: Store) -> None:
    fill(store, DISK, filling(per_day=2.5))
    with store.snapshot() as snap:
        found = ahead(snap, find(snap, "shop"), SPAN, "s:1", None, UTC_ZONE)
    assert found.limit is not None
    assert (found.limit.value, found.limit.guessed) == (100, True)
    (one,) = said_soon(store)
    assert (one.key, one.guessed) == ("s:1", True)
    put(store, 2, meanings=(MetricMeaning("disk_used_percent", "saturation", "percent", "up", limit=98.0),))
    (one,) = said_soon(store)
    assert not one.guessed
    assert one.words.startswith("disk used reaches 98\u00a0% in ")


def test_what_runs_out_after_a_week_or_perhaps_never_is_not_said(store: Store) -> None:
    fill(store, DISK, filling(per_day=0.8, start=60))
    fill(store, FREE, 1e9 + noise(4032, 1e8), number=2)
    assert said_soon(store) == ()


def test_half_a_day_in_sight_says_nothing_of_two_days_ahead(store: Store) -> None:
    fill(store, DISK, 60 + np.arange(4032) / 288 * 2.5)
    assert len(said_soon(store)) == 1
    assert said_soon(store, Span(at(14 * 1440 - 720), at(14 * 1440 + 1))) == ()


def test_a_counter_is_looked_ahead_of_as_its_rate_through_its_resets(store: Store) -> None:
    count = np.cumsum(600 + noise(4032, 5))
    fill(store, HITS, [*count[:2000], *(count[2000:] - count[2000])])
    with store.snapshot() as snap:
        found = ahead(snap, find(snap, "shop"), SPAN, "s:3", None, UTC_ZONE)
    assert found.lane.unit == "/s"
    assert found.expected == pytest.approx(2.0, abs=0.05)


def test_the_season_that_a_source_states_holds_here_too(store: Store) -> None:
    wave = 50 + 5 * np.sin(2 * np.pi * np.arange(4032) / 100) + noise(4032, 0.5)
    put(
        store, series=(DISK,), services=(Service("shop"),), metrics=samples(DISK, list(wave), step_s=300),
        seasons=(Season("metrics", "shop", "disk_used_percent", (30_000.0,)),),
    )  # fmt: skip
    with store.snapshot() as snap:
        found = ahead(snap, find(snap, "shop"), SPAN, "s:1", None, UTC_ZONE)
    assert found.horizon_s == 30_000
    assert 30_000 in found.choices_s


def test_what_is_counted_from_logs_and_what_logs_say_by_themselves_is_looked_ahead_of(store: Store) -> None:
    told = [
        {"ts": at(n / 2), "service": "shop", "severity": "INFO", "message": f"order {n} placed"} for n in range(1440)
    ]
    put(store, services=(Service("shop"),), logs=told)
    log_measures.count(store, "Mara", LogFilter(service="shop", template="order <*> placed"))
    with store.snapshot() as snap:
        (one,) = log_measures.listed(snap)
        for key in (log_measures.key(one), "l:shop:lines"):
            found = ahead(snap, find(snap, "shop"), Span(NOON, at(721)), key, 3_600, UTC_ZONE)
            assert found.expected == pytest.approx(2.0)
            assert found.lane.unit == "/min"


def test_a_measure_that_is_not_there_is_said(store: Store) -> None:
    fill(store, DISK, filling())
    with store.snapshot() as snap, pytest.raises(NotFound, match="no sample in this range"):
        ahead(snap, find(snap, "shop"), SPAN, "s:999", None, UTC_ZONE)
