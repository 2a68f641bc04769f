"""The alarm rate that a sweep measures, and how it is said."""

from __future__ import annotations

import pytest

from app.jobs import run_here
from app.usecases import alarm_rate, score_all, thresholds
from app.usecases.alarm_rate import Rates
from data.store import Store
from tests.app import unusual

RATES = Rates(2, 30, 4.0, (0.1, 0.5, 2.0), (1, 2, 8))


def test_a_sweep_replays_the_budgets_and_what_is_set_is_among_them(store: Store) -> None:
    unusual.fill(store)
    thresholds.save(store, "Mara", "alarms_per_week", 0.77)
    assert alarm_rate.latest(store) is None
    score_all.ask(store)
    run_here(store, score_all.SCORE, lambda share, words: None)
    found = alarm_rate.latest(store)
    assert found is not None
    assert 0.77 in found.budgets
    assert found.series == found.of == 3
    assert list(found.alarms) == sorted(found.alarms)
    assert found.alarms[-1] >= 2, "both faults are told with the largest budget"


@pytest.mark.parametrize(("budget", "alarms"), [(0.5, 2), (0.6, 2), (100, 8), (0.001, 1)])
def test_the_nearest_budget_that_was_replayed_speaks(budget: float, alarms: int) -> None:
    assert alarm_rate.rate(RATES, budget) == (alarms, alarms / 4)


def test_the_words_hold_the_counts_behind_the_rate() -> None:
    assert alarm_rate.words(RATES, 0.5).replace("\u00a0", " ") == (
        "Set to 0.5, it would have raised 0.50 per series and week: 2 alarms in 4.0 weeks of 2 series of 30 together."
    )
