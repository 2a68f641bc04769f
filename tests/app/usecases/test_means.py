"""Pages over a long range judge means and say so; what looks for incidents judges every sample."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.usecases import health, service
from app.usecases.health_members import service_member
from app.usecases.incident_view import Span
from app.usecases.service_chosen import any_series
from app.usecases.signals import read, series_of, service_signals
from data.queries import coarse, registry
from data.records import Service
from data.series import make_series
from data.store import Snapshot, Store
from tests.data.builders import at, put, samples

MINUTES = 1_500
LATENCY, SERVED = make_series("shop", "http_request_duration_ms"), make_series("shop", "http_requests_total")
ODD = make_series("shop", "colour")
START, END = at(0), at(MINUTES)
SAID = "Means over 5\u00a0min: the range holds more than 1\u202f000\u00a0samples of it."


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "MOST_SAMPLES", 1_000)


@pytest.fixture
def filled(store: Store) -> Store:
    """Latency that doubles for an hour; a counter of two requests a second."""
    latency = 100 + np.random.default_rng(2).random(MINUTES)
    latency[900:960] *= 2
    rows = [*samples(LATENCY, list(latency)), *samples(SERVED, [120.0 * i for i in range(MINUTES)])]
    rows += samples(ODD, [float(i % 7) for i in range(MINUTES)])
    put(store, 1, series=[LATENCY, SERVED, ODD], services=[Service("shop")], metrics=rows)
    return store


@contextmanager
def shop(store: Store) -> Iterator[tuple[Snapshot, Service]]:
    with store.snapshot() as snap:
        yield snap, service.find(snap, "shop")


def test_a_page_judges_means(filled: Store) -> None:
    with shop(filled) as (snap, one):
        member = service_member(snap, one, START, END)
    signals = [a.judged.signal for a in member.assessed]
    assert {len(s.values) for s in signals if s.metric == LATENCY.metric} == {MINUTES // 5}
    assert {s.made for s in signals} == {SAID}
    (excursion,) = next(a for a in member.assessed if a.judged.signal.metric == LATENCY.metric).judged.excursions
    assert (excursion.start, excursion.end) == (at(900), at(960))


def test_the_rate_of_a_counter_over_a_long_range_is_that_of_a_short_one(filled: Store) -> None:
    with filled.snapshot() as snap:
        long, short = (
            next(s for s in service_signals(snap, "shop", START, end, means=True) if s.metric == SERVED.metric)
            for end in (END, START + timedelta(minutes=60))
        )
    assert (long.mean_over_s, short.mean_over_s, short.made) == (300, 0, "")
    assert set(long.values) == set(short.values) == {2.0}


def test_what_looks_for_incidents_judges_every_sample(filled: Store) -> None:
    with filled.snapshot() as snap:
        assert {s.mean_over_s for s in service_signals(snap, "shop", START, END)} == {0}
        series, meaning = series_of(snap, "shop")[0]
        assert len(read(snap, series, meaning, START, END).values) >= MINUTES - 1


def test_health_and_service_say_that_they_show_means(filled: Store) -> None:
    with filled.snapshot() as snap:
        assert health.load(snap, START, END, UTC).small.endswith(" · means over 5\u00a0min")
        assert "means" not in health.load(snap, START, at(600), UTC).small
        assert service.load(snap, "shop", Span(START, END), UTC).small.endswith(" · means over 5\u00a0min")
        assert "means" not in service.load(snap, "shop", Span(START, at(600)), UTC).small


@pytest.mark.parametrize(("end", "notes"), [(END, (SAID,)), (at(900), ())])
def test_a_signal_taken_apart_says_how_it_was_made(filled: Store, end: datetime, notes: tuple[str, ...]) -> None:
    with filled.snapshot() as snap:
        found = service.apart(snap, "shop", Span(START, end), f"s:{LATENCY.series_id}")
    assert found.notes[: len(notes)] == notes
    assert all(note.startswith("Means") == (note in notes) for note in found.notes)


def test_a_series_asked_for_comes_as_means_too(filled: Store) -> None:
    with shop(filled) as (snap, one):
        found = any_series(snap, one, f"s:{ODD.series_id}", START, END)
        assert registry.meanings(snap)[ODD.metric].role == "other"
    assert found is not None
    assert (found.mean_over_s, len(found.values)) == (300, MINUTES // 5)
