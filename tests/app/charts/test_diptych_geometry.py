"""The figure's measures are those of the design: pixels from the top, services above the hinge, models below."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from app.charts.diptych_geometry import PHONE, WIDE, geometries, measure
from tests.fixtures.incident_example import example, without_models, without_services


@pytest.fixture(scope="module")
def wide():
    return measure(example(), WIDE, folded=True)


def test_heights_are_those_of_the_design(wide) -> None:
    heights = {row.kind: row.height for row in wide.rows}
    assert heights == {"events": 52, "strip": 24, "signal": 64, "share": 64, "drift": 64, "performance": 104}
    assert (wide.shape.left, wide.shape.right, wide.shape.hinge) == (148, 128, 44)


def test_lanes_are_14_apart_and_stand_in_the_order_of_onset(wide) -> None:
    upper = [row for row in wide.rows if row.side == "service"]
    assert [row.key for row in upper] == ["events", "up:feature-store", "p95:recommender", "err:shop"]
    assert all(below.top - (above.top + above.height) == 14 for above, below in pairwise(upper))


def test_the_hinge_parts_services_from_models(wide) -> None:
    above = [row.top + row.height for row in wide.rows if row.side == "service"]
    below = [row.top for row in wide.rows if row.side == "model"]
    assert max(above) + 14 == wide.hinge_top
    assert min(below) == wide.hinge_top + 44 + 14


def test_performance_follows_the_inputs_it_is_made_of(wide) -> None:
    assert [row.kind for row in wide.rows if row.side == "model"] == ["share", "drift", "performance"]


def test_quiet_lanes_are_there_only_when_unfolded() -> None:
    shapes = geometries(example())["wide"]
    assert not any(row.key.startswith("quiet") for row in shapes["folded"].rows)
    assert sum(row.key.startswith("quiet") for row in shapes["open"].rows) == 3
    assert shapes["open"].height > shapes["folded"].height


def test_on_a_phone_words_stand_above_lower_lanes() -> None:
    phone = measure(example(), PHONE, folded=True)
    assert all(row.top - row.label_top == 20 for row in phone.rows)
    assert {row.height for row in phone.rows if row.kind == "signal"} == {46}
    assert (phone.shape.left, phone.shape.right) == (12, 12)


def test_domains_cover_the_pixels_they_are_made_from(wide) -> None:
    for row in wide.rows:
        low, high = wide.domain(row.top, row.height)
        assert 0 <= low < high <= 1
        assert (high - low) * wide.height == pytest.approx(row.height)


@pytest.mark.parametrize(("make", "side"), [(without_models, "model"), (without_services, "service")])
def test_a_side_without_lanes_keeps_room_to_say_so(make, side) -> None:
    size = measure(make(), WIDE, folded=True)
    (bare,) = size.bare
    assert bare.side == side
    assert (bare.top > size.hinge_top) == (side == "model")
    assert bare.top + bare.height <= size.height


def test_an_incident_of_nothing_has_a_frame() -> None:
    size = measure(replace(without_models(), lanes=(), onsets=(), thread=()), WIDE, folded=True)
    assert [row.key for row in size.rows] == ["events"]
    assert {bare.side for bare in size.bare} == {"service", "model"}
