"""The period before, moved onto the range."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.charts import signals
from app.usecases import comparing
from app.usecases.incident_view import Span
from app.usecases.service_lane import Ghost
from data.store import Store
from tests.app.charts.lanes_data import lane
from tests.app.filled import START
from tests.fixtures import model_story


@given(minutes=st.integers(1, 100_000))
def test_the_period_before_is_as_long_and_ends_where_the_range_begins(minutes: int) -> None:
    span = Span(START, START + timedelta(minutes=minutes))
    earlier = comparing.before(span)
    assert earlier.end == span.start
    assert earlier.end - earlier.start == span.end - span.start


def test_a_lane_lies_at_the_same_place_of_the_range_and_one_without_values_is_none() -> None:
    one, span = lane(), Span(START + timedelta(hours=1), START + timedelta(hours=2))
    ghost = comparing.of_lane(one, span)
    assert ghost is not None
    assert set(ghost.ts - one.ts) == {np.timedelta64(3600, "s")}
    assert comparing.of_lane(replace(one, value=np.full(len(one.ts), np.nan)), span) is None
    assert comparing.of_lane(None, span) is None


def test_words_say_from_when_it_is() -> None:
    span = Span(START, START + timedelta(minutes=30))
    nothing = comparing.words(span, UTC, None).replace("\u00a0", " ")
    assert nothing == "Nothing was measured in the period before, Sat 21 Nov, 13:30 – 14:00."
    drawn = comparing.words(span, UTC, Ghost(np.array([], "datetime64[us]"), np.array([])))
    assert drawn.startswith("Thin grey line: the period before")


def test_it_is_drawn_below_the_line_and_its_extremes_stay_on_the_axis() -> None:
    one = lane()
    span = Span(START, START + timedelta(minutes=30))
    high = Ghost(one.ts, one.value * 10)
    figure = signals.figure([replace(one, ghost=high)], [], span)
    names = [trace.get("name", "") for trace in figure["data"]]
    assert names.index("the period before") < names.index(f"{one.name}, {one.measure}")
    assert figure["layout"]["yaxis"]["range"][1] > np.nanmax(high.value)
    assert "the period before" not in [t.get("name") for t in signals.figure([one], [], span)["data"]]


def test_the_metric_of_a_model_before(store: Store) -> None:
    model_story.tell(store)
    with store.snapshot() as snap:
        from app.usecases import model_page

        name = model_page.names(snap)[0]
        reach = model_page.reach(snap, name)
        assert reach is not None
        length = reach.end - reach.start
        later = comparing.of_model(snap, name, "", Span(reach.end, reach.end + length))
        assert later is not None
        assert later.ts.min() >= np.datetime64(reach.end.replace(tzinfo=None), "us")
        assert np.nanmax(later.value) <= 1
        assert comparing.of_model(snap, name, "", reach) is None
