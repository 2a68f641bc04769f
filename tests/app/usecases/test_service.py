"""The Service page's question over a small store whose story is known to the minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

import numpy as np
import pytest

from app.usecases import health_logs, scan, service, service_around
from app.usecases.incident_view import Span
from app.usecases.service_view import ServiceView
from data.errors import NotFound
from data.store import Snapshot, Store
from tests.fixtures import shop_story as story

SPAN = Span(story.START, story.END)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Store.open(tmp_path_factory.mktemp("service")) as store:
        story.tell(store)
        scan.scan(store)
        with store.snapshot() as snapshot:
            yield snapshot


@pytest.fixture(scope="module")
def states(snap: Snapshot) -> dict[str, str]:
    return service.states(snap, SPAN.start, SPAN.end)


@pytest.fixture(scope="module")
def shop(snap: Snapshot, states: dict) -> ServiceView:
    return service.load(snap, "shop", SPAN, UTC, states=states)


def test_states_come_with_the_worst_service_first(states: dict[str, str]) -> None:
    assert list(states)[:2] == ["service:cache", "service:shop"]
    assert states["service:silent"] == states["model:idle"] == "nodata"


def test_lanes_stand_in_the_order_of_the_page(shop: ServiceView) -> None:
    assert [lane.measure for lane in shop.lanes] == ["p95 latency", "errors", "orders per s"]


def test_every_series_of_the_service_can_be_picked(shop: ServiceView) -> None:
    assert {choice.key for choice in shop.choices} == {"s:11", "s:12", "s:13", "s:14"}
    assert {choice.words for choice in shop.choices} >= {"p95 latency", "moon phase"}


def test_a_series_that_nobody_judges_becomes_a_lane_when_picked(snap: Snapshot) -> None:
    view = service.load(snap, "shop", SPAN, UTC, metric="s:14")
    assert view.lanes[-1].measure == "moon phase"
    assert view.chosen == "s:14"


@pytest.mark.parametrize("nonsense", ["s:999", "s:21", "", "<script>", "s:"])
def test_a_measure_of_another_service_or_of_none_is_left_out(snap: Snapshot, nonsense: str) -> None:
    view = service.load(snap, "shop", SPAN, UTC, metric=nonsense)
    assert len(view.lanes) == 3
    assert view.chosen in {lane.key for lane in view.lanes}


def test_the_sentence_and_the_band_come_from_the_same_result(shop: ServiceView) -> None:
    said = plain(shop.headline)
    lane = next(lane for lane in shop.lanes if lane.key == shop.chosen)
    peak = lane.episodes[0]
    i = int(np.searchsorted(lane.ts, np.datetime64(peak.peak_at.replace(tzinfo=None))))
    assert f"{peak.peak:.0f} ms" in said or f"{100 * peak.peak:.1f} %" in said
    assert peak.peak > lane.upper[i]
    assert "for 3 min" in said


def test_why_names_what_it_depends_on_that_moved(shop: ServiceView) -> None:
    assert "cache stopped" in shop.why


def test_neighbours_and_models_carry_their_states(shop: ServiceView) -> None:
    chips = {(chip.kind, chip.name): chip.state for chip in shop.chips}
    assert chips[("depends", "cache")] == "critical"
    assert chips[("used", story.STRANGE)] == "ok"
    assert chips[("runs", "ranker")] == "degraded"


def test_a_store_of_features_says_which_models_it_feeds(snap: Snapshot, states: dict) -> None:
    chips = service.load(snap, "cache", SPAN, UTC, states=states).chips
    assert [(c.kind, c.name, c.through) for c in chips] == [
        ("used", "shop", ""),
        ("used", story.STRANGE, "through shop"),
        ("feeds", "ranker", ""),
    ]


def test_the_small_line_states_objective_owner_and_budget(shop: ServiceView) -> None:
    small = plain(shop.small)
    assert small.startswith("in range, healthy now · owner: checkout · p95 latency within 250 ms, 95 % of the time")
    assert "budget" in small


def test_a_service_that_was_down_says_it_was_down(snap: Snapshot) -> None:
    assert plain(service.load(snap, "cache", SPAN, UTC).headline) == "Down for 3 min, from 14:12:00."


def test_a_calm_service_says_so(snap: Snapshot) -> None:
    view = service.load(snap, story.STRANGE, SPAN, UTC)
    assert plain(view.headline).startswith("Its measure stays inside what is expected. P95 latency is 38 ms now.")


def test_a_service_without_metrics_is_a_page_in_words(snap: Snapshot) -> None:
    view = service.load(snap, "silent", SPAN, UTC)
    assert (view.state, view.lanes, view.chosen) == ("nodata", (), "")
    assert view.headline == "Nothing was measured in this range."


def test_an_unknown_service_is_said(snap: Snapshot) -> None:
    with pytest.raises(NotFound, match="There is no service “nope”"):
        service.load(snap, "nope", SPAN, UTC)


def test_taken_apart_the_parts_add_up_and_the_outage_is_in_the_remainder(snap: Snapshot) -> None:
    apart = service.apart(snap, "shop", SPAN, "s:11")
    assert apart.trend + apart.season + apart.remainder == pytest.approx(apart.lane.value)
    minutes = (apart.lane.ts - apart.lane.ts[0]).astype("timedelta64[s]").astype(int) / 60
    assert apart.remainder[story.is_down(minutes)].min() > 600
    assert np.abs(apart.remainder[minutes < 10]).max() < 60
    assert story.at(12) <= apart.at < story.at(15)


def test_what_has_no_samples_cannot_be_taken_apart(snap: Snapshot) -> None:
    later = Span(SPAN.end + timedelta(days=1), SPAN.end + timedelta(days=2))
    with pytest.raises(NotFound, match="no sample in this range"):
        service.apart(snap, "shop", later, "s:11")


def test_new_patterns_come_first(snap: Snapshot) -> None:
    late = Span(story.at(10), SPAN.end)
    lines, words = service_around.patterns(snap, "shop", late, UTC)
    assert [(line.pattern, line.new) for line in lines] == [
        ("no answer within <*> ms", True),
        ("order <*> accepted", False),
    ]
    assert (
        words.replace("\u00a0", " ") == "1 of 2 patterns first seen in this range; these first, then the most frequent"
    )


def test_where_nothing_was_logged_before_health_and_the_service_call_the_same_new(snap: Snapshot) -> None:
    start, end = story.at(-1), SPAN.end
    _, of_all = health_logs.new_patterns(snap, start, end, UTC)
    new = sum(
        line.new
        for name in service.names(snap)
        for line in service_around.patterns(snap, name, Span(start, end), UTC)[0]
    )
    assert of_all.startswith(f"{new} of ")
    assert new > 0
