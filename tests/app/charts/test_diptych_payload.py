"""What the browser replays: finite, complete, and nowhere known before its time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts import diptych_words as words
from app.charts.diptych_payload import payload
from app.charts.diptych_samples import samples
from tests.fixtures.incident_example import (
    START,
    at,
    example,
    hostile,
    stamps,
    without_labels,
    without_models,
    without_services,
)

VIEW = example()
MADE = payload(VIEW)
STORIES = (example, without_models, without_services, without_labels, hostile)


def ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


@pytest.mark.parametrize("story", STORIES)
def test_it_is_finite_json(story) -> None:
    text = json.dumps(payload(story()), allow_nan=False)
    assert "NaN" not in text


def test_columns_of_a_lane_are_of_one_length_and_in_step_with_the_figure() -> None:
    for lane, told in zip(VIEW.lanes, MADE["lanes"], strict=True):
        columns = [told[name] for name in ("known", "lowerKnown", "upperKnown", "text", "expected", "expectedKnown")]
        assert {len(column) for column in columns} == {len(samples(lane).ts)}


def test_frames_played_to_the_end_of_each_give_that_frame_back() -> None:
    (lane,) = VIEW.performance
    (told,) = MADE["performance"]
    state = [[None, None, 0.0, 0.0] for _ in told["bucket"]]
    for frame, step in zip(lane.frames, told["frames"], strict=True):
        assert step["known"] == ms(frame.known_from)
        for i, *row in step["changes"]:
            state[i] = row
        expected = np.column_stack([frame.value, frame.estimate, frame.labelled, frame.predicted])
        shown = np.array([[np.nan if x is None else x for x in row] for row in state], dtype=float)
        np.testing.assert_allclose(shown, expected, rtol=1e-5)


def test_values_read_like_a_person_writes_them() -> None:
    latency, errors, share, drift = MADE["lanes"][1:5]
    assert re.fullmatch(r"1\d\d\u00a0ms", latency["text"][0])
    assert latency["expected"][0] == "expected\u00a094\u00a0–\u00a0142"
    assert errors["expected"][0] == "expected\u00a00\u00a0–\u00a00.9"
    assert share["expected"][0] == "usual\u00a00\u00a0–\u00a04"
    assert drift["expected"][0] == drift["limitText"] == "limit\u00a00.20"


def test_a_strip_says_up_and_down() -> None:
    strip = MADE["lanes"][0]
    assert set(strip["text"]) == {"up", "down"}
    assert set(strip["expected"]) == {""}


def test_bounds_keep_their_units_where_these_differ() -> None:
    assert words.between(0.5, 90, "s") == "500\u00a0ms\u00a0–\u00a01\u00a0min 30\u00a0s"
    assert words.between(0, 4, "count") == "0\u00a0–\u00a04"


def test_onsets_come_in_order_and_carry_links_where_there_are_any() -> None:
    made = payload(VIEW, links={"err:shop": "/service/shop"})
    assert [o["order"] for o in made["onsets"]] == [1, 2, 2, 4, 5, 6]
    assert [o["href"] for o in made["onsets"] if o["href"]] == ["/service/shop"]


def test_of_a_tie_the_earlier_stands_first() -> None:
    first, second = VIEW.onsets[1:3]
    swapped = replace(VIEW, onsets=(replace(first, happened=second.happened + timedelta(seconds=4)), second))
    assert [o["lane"] for o in payload(swapped)["onsets"]] == [second.lane, first.lane]


@given(st.integers(0, 1_800))
def test_the_worst_so_far_rests_on_what_had_arrived(second: int) -> None:
    """For any T: no word on how bad it was comes from a sample that arrived after T."""
    moment = START + timedelta(seconds=second)
    onset = VIEW.onsets[1]
    lane = next(lane for lane in VIEW.lanes if lane.key == onset.lane)
    steps = [text for known, text in words.worst_steps(lane, samples(lane), onset, UTC) if known <= ms(moment)]
    arrived, began = stamps([moment])[0], stamps([onset.happened])[0]
    inside = (lane.known_at <= arrived) & (lane.ts >= began)
    if not inside.any():
        assert steps == []
    else:
        assert steps[-1].startswith(f"{lane.value[inside].max():.0f}\u00a0ms at worst")


def test_the_worst_of_performance_waits_for_four_of_five_labels() -> None:
    (lane,) = VIEW.performance
    onset = next(o for o in VIEW.onsets if o.lane == lane.key)
    steps = words.performance_worst_steps(lane, onset, UTC)
    assert all(known >= ms(at("14:06:15")) + 84_000 for known, _ in steps)
    assert "0.7" in steps[-1][1]


def test_the_worst_of_performance_is_the_same_in_hindsight_and_at_the_end_of_the_replay() -> None:
    told = next(o for o in MADE["onsets"] if o["lane"] == VIEW.performance[0].key)
    assert told["worst"] == told["grown"][-1][1]


def test_what_came_after_the_incident_is_not_its_worst() -> None:
    onset = VIEW.onsets[1]
    lane = next(lane for lane in VIEW.lanes if lane.key == onset.lane)
    ended = replace(onset, until=onset.happened + timedelta(seconds=20))
    inside = (lane.ts >= stamps([onset.happened])[0]) & (lane.ts < stamps([ended.until])[0])
    worst = words.worst_steps(lane, samples(lane), ended, UTC)[-1][1]
    assert worst.startswith(f"{lane.value[inside].max():.0f}\u00a0ms at worst")
    assert worst != words.worst_steps(lane, samples(lane), onset, UTC)[-1][1]


def test_a_step_is_one_sample() -> None:
    assert MADE["stepMs"] == 5_000


def test_it_is_no_heavier_than_a_picture() -> None:
    import gzip

    assert len(gzip.compress(json.dumps(MADE).encode())) < 60_000
