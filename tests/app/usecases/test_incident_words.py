"""Titles of incidents, from what moved alone."""

from __future__ import annotations

from dataclasses import replace

from app.usecases.incident_words import title
from tests.app.usecases.test_verdict_words import DEFAULTS, ERRORS, SLOW, STOPPED, WORSE, change


def test_title_tells_what_broke_and_what_it_did_to_the_model() -> None:
    assert title([STOPPED, SLOW], [DEFAULTS]) == "Feature-store stopped; recommender fell back to default features"
    assert title([ERRORS], []) == "Shop errors rose"
    assert title([], [WORSE], "model v4 deployed") == "Recommender lost accuracy after model v4 deployed"
    assert title([SLOW, ERRORS], []) == "Recommender slowed down; shop errors rose"
    assert title([], []) == "Nothing unusual is known yet."


def test_a_measure_that_begins_with_its_owner_does_not_say_it_twice() -> None:
    assert title([change("shop", "traffic", "shop orders")], []) == "Shop orders rose"


def test_title_says_nothing_twice() -> None:
    again = change("recommender", "latency", "p50 latency", at_s=20)
    assert title([SLOW, again], []) == "Recommender slowed down"
    assert title([SLOW, ERRORS, again], []) == "Recommender slowed down; shop errors rose"


def test_what_fails_in_part_has_not_stopped() -> None:
    part = change("frontend", "availability", "success")
    part = replace(part, signal=replace(part.signal, unit="percent"), onset=replace(part.onset, direction="down"))
    assert title([part], []) == "Frontend success fell"
