"""The rows of the list of episodes, and the sentences beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.usecases import anomaly_list, anomaly_why
from app.usecases.anomaly_words import basis, sentence
from app.usecases.service_words import Unusual
from data.catalog.commit import forget_files
from data.queries import verdicts
from data.queries.anomalies import list_anomalies, save
from data.records import Anomaly
from data.store import Store
from tests.app import unusual
from tests.data.builders import at

ONE = Anomaly("shop", "latency_ms", (), at(5), at(8), 0.8, 40.0, 10.0, 30.0, "up", "expected range")


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ({}, 2.0),
        ({"observed": 0.0, "direction": "down"}, 2.0),
        ({"expected_low": 30.0}, 100.0),
        ({"observed": 60.0, "expected_low": 0.0}, 2.0),
        ({"observed": 0.2, "expected_low": 0.6, "expected_high": 1.0, "direction": "down"}, 2.0),
        ({"observed": 1e9}, 100.0),
    ],
)
def test_how_far_out_is_in_half_widths_of_the_range(change: dict[str, Any], times: float) -> None:
    assert anomaly_list.times_out(replace(ONE, **change)) == pytest.approx(times)


def test_an_episode_that_a_scan_dates_anew_is_found_by_what_was_said_of_it(store: Store) -> None:
    save(store.catalog, [ONE])
    verdicts.give(store.catalog, "Mara", ONE, "real", "")
    later = replace(ONE, start=at(6))
    save(store.catalog, [later])
    with store.snapshot() as snap:
        assert anomaly_list.find(snap, ONE.anomaly_id) == later
        assert verdicts.of(snap, later) is not None
        assert anomaly_list.find(snap, "x" * 16) is None
    verdicts.give(store.catalog, "Mara", later, "expected", "")
    with store.snapshot() as snap:
        assert [one.verdict for one in snap.state.verdicts] == ["expected"]


def test_an_episode_of_forgotten_records_still_tells_what_is_known(store: Store) -> None:
    unusual.scanned(store)
    forget_files(store.catalog, (1,))
    with store.snapshot() as snap:
        (one,) = list_anomalies(snap)
        found = anomaly_why.load(snap, one, UTC)
    assert found.lane is None
    assert found.sentence.startswith("The records of this episode are gone")


def test_the_sentence_says_what_was_seen_expected_how_far_out_and_for_how_long() -> None:
    tuesday = datetime(2026, 11, 24, 14, tzinfo=UTC)
    odd = Unusual("p95 latency", "ms", 812.0, 240.0, 60.0, tuesday, 18 * 60, None, seasonal=True)
    said = sentence(odd, basis(604_800.0, 8, 0.0), UTC).replace("\u00a0", " ")
    assert said == (
        "P95 latency 812 ms, expected 240 ± 60 ms for a Tuesday 14:00 (median of 8 weeks), "
        "9.5 times the usual spread, for 18 min."
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((604_800.0, 8, 0.0), "median of 8 weeks"),
        ((86_400.0, 1, 0.0), "median of 1 day"),
        ((720.0, 4, 0.0), "median of 4 cycles of 12 min"),
        ((None, 0, 1_800.0), "median of the 30 min around it"),
    ],
)
def test_the_sentence_says_what_was_expected_is_the_median_of(given: tuple[Any, int, float], words: str) -> None:
    assert basis(*given).replace("\u00a0", " ") == words
