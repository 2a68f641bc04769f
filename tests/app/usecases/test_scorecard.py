"""The detector's scorecard from what people said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.usecases import scorecard
from data.queries import verdicts
from data.queries.anomalies import save
from data.records import Anomaly, VerdictWord
from data.store import Store
from tests.data.builders import at

DAY = 24 * 60


def episode(minute: float) -> Anomaly:
    return Anomaly("shop", "latency_ms", (), at(minute), at(minute + 5), 0.8, 412.5, 10.0, 30.0, "up", "expected range")


def judged(store: Store, said: dict[float, VerdictWord]) -> scorecard.Scorecard:
    save(store.catalog, [episode(minute) for minute in (*said, 99 * DAY)])
    for minute, word in said.items():
        verdicts.give(store.catalog, "Mara", episode(minute), word, "")
    with store.snapshot() as snap:
        return scorecard.load(snap, UTC)


def test_precision_is_the_share_of_real_ones_among_those_judged(store: Store) -> None:
    found = judged(store, {0: "real", DAY: "real", DAY + 60: "expected", 3 * DAY: "not useful"})
    assert found.headline.replace("\u00a0", " ") == "50 % were real (15 % to 85 %), n = 4"
    assert found.below.replace("\u00a0", " ") == "2 real, 1 expected, 1 not useful; 4 of 5 episodes judged."
    assert [(step.real, step.judged) for step in found.steps] == [(1, 1), (1, 2), (0, 0), (0, 1)]


def test_where_nobody_judged_it_says_so(store: Store) -> None:
    found = judged(store, {})
    assert (found.headline, found.steps) == ("Nobody has judged an episode yet.", ())


@pytest.mark.parametrize("days", [1, 11, 40, 400, 4_000, 40_000])
def test_however_long_it_lasts_there_are_a_few_steps_that_hold_all(days: int) -> None:
    said: list[tuple[datetime, VerdictWord]] = [(at(0), "real"), (at(0) + timedelta(days=days), "expected")]
    found = scorecard.steps(said, UTC)
    assert len(found) <= scorecard.STEPS + 1
    assert sum(step.judged for step in found) == 2


def test_the_interval_of_a_share_never_leaves_it() -> None:
    for n in range(1, 40):
        for hits in range(n + 1):
            low, high = scorecard.wilson(hits, n)
            assert 0 <= low <= hits / n + 1e-12
            assert hits / n - 1e-12 <= high <= 1
