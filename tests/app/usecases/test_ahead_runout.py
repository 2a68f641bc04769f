"""Where limits come from, when they are reached, and when an error budget is spent."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import numpy as np
import pytest

from app.format import NBSP
from app.usecases.ahead import look_ahead
from app.usecases.ahead_limits import limit_of, no_limit
from app.usecases.ahead_runout import of_budget, of_limit
from app.usecases.ahead_view import Limit, RunOutView
from data.records import MetricMeaning, Objective
from tests.app.usecases.ahead_data import daily, filling, noise, signal

WHOLE = Limit(100.0, "stated", guessed=False)
OBJECTIVE = Objective("disk", 250, "<=", 0.95, 28 * 86_400)


def guessed(**given: Any) -> float | None:
    found = limit_of(signal(given.pop("values", [50.0] * 30), **given), given.pop("meaning", None))
    assert found is None or found.guessed
    return None if found is None else found.value


def told(values: Any, limit: Limit = WHOLE, **given: Any) -> RunOutView:
    found = of_limit(signal(values, **given), limit, UTC)
    assert found is not None
    return found


def test_what_a_person_stated_is_no_guess_and_comes_first() -> None:
    meaning = MetricMeaning("disk", "saturation", "percent", "up", limit=80.0)
    assert limit_of(signal([50.0] * 30), meaning) == Limit(80.0, "stated", guessed=False)
    assert limit_of(signal([50.0] * 30, role="business", unit=""), meaning) is not None


def test_of_what_fills_up_a_limit_is_guessed() -> None:
    assert guessed(unit="percent") == 100
    assert guessed(unit="share", values=[0.4] * 30) == 1
    assert guessed(unit="bytes", bad_direction="down") == 0
    assert guessed(unit="percent", bad_direction="down") == 0


def test_nothing_else_is_guessed() -> None:
    assert guessed(unit="bytes") is None
    assert guessed(unit="percent", role="errors") is None
    assert guessed(unit="percent", values=[50.0, 250.0] * 20) is None, "four cores are no whole"
    counter = MetricMeaning("disk", "saturation", "s", "down", "counter")
    assert limit_of(signal([50.0] * 30, bad_direction="down"), counter) is None


def test_that_no_limit_is_known_is_said_of_what_fills_up_alone() -> None:
    busy = signal([50.0, 250.0] * 20)
    assert no_limit(busy, limit_of(busy, None)).startswith(f"It went over 100{NBSP}%, so that is not where it ends.")
    assert no_limit(signal([5.0] * 30, role="latency", unit="ms"), None) == ""
    assert no_limit(busy, WHOLE) == ""


def test_a_disk_that_fills_says_when_with_its_interval() -> None:
    found = told(filling(per_day=2.0, start=60))  # 88 % after two weeks, so six days are left
    assert found.at is not None
    assert found.earliest is not None
    assert found.latest is not None
    end = signal(filling()).values.index[-1].to_pydatetime()
    assert found.at - end == pytest.approx(timedelta(days=6), abs=timedelta(hours=12))
    assert found.earliest < found.at < found.latest
    assert found.sentence.startswith(f"Reaches 100{NBSP}% in ")
    assert f"about {found.at:%a} {found.at.day}{NBSP}Nov" in found.sentence
    assert found.soon.startswith(f"disk used reaches 100{NBSP}% in ")


def test_free_space_runs_down_to_nothing() -> None:
    found = told(40 - (filling() - 60), Limit(0.0, "", guessed=True), bad_direction="down", unit="bytes")
    assert found.sentence.startswith(f"Reaches 0{NBSP}B in ")
    assert found.at is not None


def test_what_does_not_grow_is_not_said_to_run_out() -> None:
    for values in (60 + noise(4032, 0.3), np.full(500, 42.0)):
        found = told(values)
        assert found.at is None
        assert found.sentence.startswith(f"As it goes, 100{NBSP}% is not reached within ")
        assert found.soon == ""


@pytest.mark.parametrize(("value", "direction", "limit"), [(85.0, "up", 80.0), (3.0, "down", 5.0)])
def test_past_its_limit_it_is_reached_and_not_on_the_way_back(value: float, direction: str, limit: float) -> None:
    found = told(np.full(100, value), Limit(limit, "stated", guessed=False), bad_direction=direction)
    assert found.sentence == f"{limit:g}{NBSP}% is reached."


def test_too_little_history_says_nothing_of_a_limit() -> None:
    assert of_limit(signal([50.0] * 19), WHOLE, UTC) is None


def test_a_budget_that_is_used_says_when_it_is_spent() -> None:
    slow = np.where(np.arange(4032) % 30 == 0, 400.0, 100.0)  # 3.3 % of the time, 5 % are allowed over 28 days
    found = of_budget(signal(slow, unit="ms", measure="p95 latency"), OBJECTIVE, UTC)
    assert found is not None
    assert found.sentence.startswith(f"Error budget of p95 latency within 250{NBSP}ms: 67{NBSP}% left. Spent in ")
    assert found.at is not None


def test_a_budget_nobody_used_and_one_that_is_gone() -> None:
    calm = of_budget(signal(np.full(500, 100.0), unit="ms"), OBJECTIVE, UTC)
    gone = of_budget(signal(np.full(4032, 400.0), unit="ms"), OBJECTIVE, UTC)
    assert calm is not None
    assert calm.sentence.endswith(f"100{NBSP}% left. Nothing of it was used in sight.")
    assert gone is not None
    assert gone.sentence.endswith("is spent.")


def test_a_look_ahead_tells_limit_and_budgets_of_its_own_metric() -> None:
    other = Objective("another", 1, "<=", 0.9, 3600)
    limit = Limit(400.0, "stated", guessed=False)
    found = look_ahead(signal(daily()), None, UTC, limit=limit, objectives=(OBJECTIVE, other))
    assert len(found.run_outs) == 2
    assert found.limit is not None
