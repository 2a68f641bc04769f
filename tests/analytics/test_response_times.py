"""How long until detected, acknowledged, resolved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.response_times import DEFINITIONS, ResponseTime, response_time

START = datetime(2026, 11, 21, 14, tzinfo=UTC)


def after(*seconds: float | None) -> list[tuple[datetime, datetime | None]]:
    return [(START, None if s is None else START + timedelta(seconds=s)) for s in seconds]


def test_without_anything_counted_there_is_no_figure_and_no_zero() -> None:
    assert response_time([]) == ResponseTime(None, None, 0)
    assert response_time(after(None, None)) == ResponseTime(None, None, 0)


def test_what_was_not_reached_does_not_count() -> None:
    assert response_time(after(60, None, 120)) == ResponseTime(90, 114, 2)


def test_a_moment_before_the_start_is_left_out_and_one_at_the_start_is_zero() -> None:
    assert response_time(after(-5, 0)) == ResponseTime(0, 0, 1)


def test_one_incident_is_its_own_median_and_percentile() -> None:
    assert response_time(after(42)) == ResponseTime(42, 42, 1)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_median_and_percentile_lie_within_what_was_seen(seconds: list[int]) -> None:
    found = response_time(after(*seconds))
    assert found.median_s is not None
    assert found.p90_s is not None
    assert min(seconds) <= found.median_s <= found.p90_s <= max(seconds)
    assert found.n == len(seconds)


def test_every_figure_has_its_definition() -> None:
    assert set(DEFINITIONS) == {"MTTD", "MTTA", "MTTR"}
    assert "open incident" in DEFINITIONS["MTTR"]
