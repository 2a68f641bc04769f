"""A service that nobody measured is told by its log lines: on Health, on its page and by a scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.usecases import health, scan, service
from app.usecases.incident_view import Span
from app.usecases.log_signals import keys, log_signals, measured_or_logged
from app.usecases.signals import Signal
from data.queries.incidents import list_incidents
from data.records import Series, Service
from data.store import Store
from tests.data.builders import NOON, at, put, samples

UTC_ZONE = ZoneInfo("UTC")
SPAN = Span(at(0), at(240))


def lines(minutes: Iterable[float], failing: Sequence[float] = (), service: str = "shop") -> list[dict[str, Any]]:
    """One line at each minute; those between the two minutes of ``failing`` are errors."""
    return [_line(at(m), bool(failing) and failing[0] <= m < failing[1], service) for m in minutes]


def _line(ts: datetime, error: bool, service: str) -> dict[str, Any]:
    words, severity = ("order failed", "ERROR") if error else ("order placed", "INFO")
    return {"ts": ts, "service": service, "severity": severity, "message": words, "known_at": ts}


def every(step: float, until: float = 240) -> list[float]:
    return [i * step for i in range(int(until / step))]


def logged(store: Store, rows: list[dict[str, Any]]) -> None:
    put(store, services=(Service("shop"),), logs=rows)


def found(store: Store, start: datetime = SPAN.start, end: datetime = SPAN.end) -> tuple[Signal, ...]:
    with store.snapshot() as snap:
        return measured_or_logged(snap, "shop", start, end)


@pytest.fixture
def failing(store: Store) -> Store:
    """Four hours of ten lines a minute, of which all failed for twenty minutes."""
    logged(store, lines(every(0.1), failing=(120, 140)))
    return store


def test_lines_per_minute_and_the_share_of_errors(failing: Store) -> None:
    volume, errors = found(failing)
    assert (volume.measure, volume.unit, errors.measure, errors.unit) == ("log lines", "/min", "logged errors", "share")
    assert volume.values.median() == 10
    at_noon_two = errors.values[pd.Timestamp(at(125))]
    assert (errors.values.iloc[0], at_noon_two) == (0.0, 1.0)
    assert errors.counts is not None
    assert errors.counts.sum() == 2400


def test_health_tells_of_the_errors_and_shows_the_row(failing: Store) -> None:
    with failing.snapshot() as snap:
        view = health.load(snap, SPAN.start, SPAN.end, UTC_ZONE)
        detail = health.detail(snap, keys("shop")[1], SPAN, UTC_ZONE)
    assert view.headline.startswith("Shop logged errors left what is expected for 20")
    assert view.rows[0].state == "degraded"
    assert view.rows[0].key == keys("shop")[1]
    assert detail.lane is not None
    assert detail.lane.measure == "logged errors"


def test_a_scan_makes_an_incident_of_them_and_the_page_of_the_service_draws_both(failing: Store) -> None:
    assert scan.scan(failing) == 1
    with failing.snapshot() as snap:
        (incident,) = list_incidents(snap)
        page = service.load(snap, "shop", SPAN, UTC_ZONE)
    assert incident.services == ("shop",)
    assert at(115) <= incident.started_at <= at(125)
    assert [lane.measure for lane in page.lanes] == ["logged errors", "log lines"]


def test_lines_that_come_once_an_hour_are_counted_by_the_hour(store: Store) -> None:
    bursts = [60 * hour + 5 + second / 60 for hour in range(48) for second in range(60)]
    logged(store, lines(bursts))
    volume, _ = found(store, at(0), at(48 * 60))
    assert volume.values.tolist() == [1.0] * 47, "the last hour is not over"


def test_a_service_that_fell_silent_has_none_to_the_end(store: Store) -> None:
    logged(store, [*lines(every(0.1, until=120)), *lines(every(1), service="gateway")])
    volume, errors = found(store)
    assert (volume.values[pd.Timestamp(at(130)) :] == 0).all()
    assert errors.values[pd.Timestamp(at(130)) :].isna().all(), "no line is neither well nor ill"


def test_after_the_newest_record_nobody_is_silent(failing: Store) -> None:
    volume, _ = found(failing, at(0), at(600))
    assert (volume.values == 10).all()


def test_a_bucket_that_the_range_cuts_says_nothing_of_the_volume(failing: Store) -> None:
    volume, _ = found(failing, at(0.5), at(239.5))
    assert (volume.values == 10).all()


def test_without_severities_only_the_volume_speaks(store: Store) -> None:
    logged(store, [{**line, "severity": None} for line in lines(every(0.5))])
    assert [signal.measure for signal in found(store)] == ["log lines"]


def test_what_is_measured_speaks_before_its_log_lines(store: Store) -> None:
    series = Series(7, "shop", "latency_p95_ms")
    put(
        store, series=(series,), services=(Service("shop"),), metrics=samples(series, [20.0] * 60), logs=lines(every(1))
    )
    assert [signal.metric for signal in found(store)] == ["latency_p95_ms"]


def test_metrics_that_nobody_can_judge_are_not_called_missing(store: Store) -> None:
    series = Series(7, "shop", "value")
    put(store, series=(series,), services=(Service("shop"),), metrics=samples(series, [20.0] * 60))
    with store.snapshot() as snap:
        view = health.load(snap, NOON, NOON + timedelta(hours=1), UTC_ZONE)
    assert view.rows[0].nothing == "no measure of known meaning"
    assert view.headline == "Nothing that was recorded in this range can be judged."


def test_nothing_is_told_of_a_range_without_lines(failing: Store) -> None:
    with failing.snapshot() as snap:
        assert log_signals(snap, "shop", at(600), at(700)) == ()
