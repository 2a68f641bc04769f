from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.usecases import service_words as words
from app.usecases.service_words import Mover, Unusual
from data.records import Objective

AT = datetime(2026, 11, 21, 14, 6, 40, tzinfo=UTC)
SLOW = Unusual("p95 latency", "ms", 412, 118, 24, AT, 200, 14 * 86_400, seasonal=True)


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def headline(zone=UTC, **changes):
    return plain(words.headline(dataclasses.replace(SLOW, **changes), zone))


def why(movers=(), depends_on=2, **changes):
    return plain(words.why(dataclasses.replace(SLOW, **changes), movers, "recommender", depends_on))


def test_the_headline_says_what_was_measured_expected_when_and_for_how_long():
    assert headline() == "P95 latency 412 ms, expected 118 ± 24 ms for a Saturday 14:06, for 3 min 20 s."


def test_the_time_is_that_of_the_reader():
    assert "for a Sunday 03:06" in headline(ZoneInfo("Asia/Tokyo"), at=AT.replace(hour=18))


def test_the_weekday_is_named_only_where_the_expectation_knows_it():
    assert "at 14:06:40" in headline(seasonal=False)


def test_units_that_differ_are_both_written():
    assert "expected 2.0 s ± 300 ms" in headline(unit="s", expected=2.0, half_width=0.3)


def test_a_flat_expectation_has_no_spread():
    assert "expected 118 ms for" in headline(half_width=0)


def test_an_outage_is_said_as_such():
    assert headline(unit="bool", observed=0, expected=1) == "Down for 3 min 20 s, from 14:06:40."


def test_why_names_spread_history_and_what_moved_first():
    said = why([Mover("feature-store", 10, True)])
    assert said == (
        "Twelve times the usual spread; not seen in the 14 days before. "
        "feature-store stopped 10 s earlier and is the only thing it depends on that moved."
    )


def test_something_as_extreme_before_is_not_hidden():
    assert "not seen" not in why(calm_s=None)
    assert why(calm_s=None).startswith("Twelve times the usual spread. ")


def test_nothing_that_it_depends_on_moved():
    assert why().endswith("Nothing that recommender depends on moved.")
    assert "depends" not in why(depends_on=0)


@pytest.mark.parametrize(
    ("earlier", "said"),
    [(10, "10 s earlier"), (0, "at the same moment"), (-35, "35 s later"), (90, "1 min 30 s earlier")],
)
def test_order_is_said_in_seconds(earlier, said):
    assert said in why([Mover("db", earlier, False)])


def test_several_movers_the_earliest_leads():
    assert "db left what is expected 20 s earlier; cache moved too." in why(
        [Mover("cache", 5, True), Mover("db", 20, False)]
    )


def test_large_ratios_stay_readable():
    assert why(half_width=0.1).startswith("Over a hundred times")
    assert "times" not in why(half_width=290)


def test_calm_is_one_sentence():
    assert words.calm(6, "") == "All 6 measures stay inside what is expected."
    assert words.calm(1, "") == "Its measure stays inside what is expected."
    assert words.calm(0, "") == "No measure of this service can be judged yet."


def test_objectives_in_words():
    latency = (Objective("latency_p95_ms", 300, "<=", 0.995, 3600), "p95 latency", "ms")
    errors = (Objective("error_share", 0.02, "<=", 0.995, 3600), "errors", "share")
    up = (Objective("service_up", 1, ">=", 0.95, 240), "up", "bool")
    assert plain(words.objectives([latency])) == "p95 latency within 300 ms, 99.5 % of the time"
    both = "errors within 2 % and p95 latency within 300 ms, 99.5 % of the time"
    assert plain(words.objectives([errors, latency])) == both
    assert plain(words.objectives([latency, up])).endswith("99.5 % of the time; up, 95 % of the time")
    assert words.objectives([]) == ""


def test_the_small_line_says_what_is_not_stated():
    assert words.small_line("ok", "ok", "", "", None) == "in range and now · no owner stated · no objective stated"
    said = words.small_line("degraded", "ok", "personalisation", "p95 under 300 ms", 0.58)
    assert plain(said) == "in range, healthy now · owner: personalisation · p95 under 300 ms · budget left 58 %"
    assert words.small_line("critical", "critical", "x", "y", -2.3).endswith("budget spent")
