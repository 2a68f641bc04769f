"""Health over a small store whose story is known to the minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.usecases import health, health_logs, incident, scan
from app.usecases.health_members import members, severity
from app.usecases.health_view import HealthRow, HealthView
from app.usecases.incident_view import Span
from app.usecases.navigation import data_span
from data.errors import NotFound
from data.records import Incident
from data.store import Snapshot, Store
from tests.data.builders import put
from tests.fixtures import shop_story as story

SPAN = Span(story.START, story.END)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Store.open(tmp_path_factory.mktemp("health")) as store:
        story.tell(store)
        scan.scan(store)
        with store.snapshot() as snapshot:
            yield snapshot


@pytest.fixture(scope="module")
def view(snap: Snapshot) -> HealthView:
    return health.load(snap, SPAN.start, SPAN.end, UTC)


@pytest.fixture(scope="module")
def rows(view: HealthView) -> dict[str, HealthRow]:
    return {row.owner: row for row in view.rows}


def test_services_stand_before_models_and_each_side_is_sorted_by_state_then_budget(snap: Snapshot) -> None:
    everyone = members(snap, SPAN.start, SPAN.end)
    sides = [member.side for member in everyone]
    assert sides == sorted(sides, reverse=True)
    for side in ("service", "model"):
        own = [severity(m) for m in everyone if m.side == side]
        assert own == sorted(own)


def test_a_service_that_missed_its_objective_in_an_episode_is_critical(rows: dict[str, HealthRow]) -> None:
    shop = rows["shop"]
    assert (shop.state, shop.episodes) == ("critical", 1)
    assert shop.worst_at is not None
    assert story.at(12) <= shop.worst_at < story.at(15)


def test_a_service_that_was_down_says_for_how_long(rows: dict[str, HealthRow]) -> None:
    cache = rows["cache"]
    assert (cache.state, cache.measure, cache.now) == ("critical", "up", "up")
    assert plain(cache.worst) == "3 min"


def test_a_calm_service_is_healthy_and_says_that_nothing_was_outside(rows: dict[str, HealthRow]) -> None:
    calm = rows[story.STRANGE]
    assert (calm.state, calm.episodes, calm.budget_left, calm.incident) == ("ok", 0, None, "")


def test_a_service_without_metrics_is_no_data_in_words(rows: dict[str, HealthRow]) -> None:
    silent = rows["silent"]
    assert (silent.state, silent.spark, silent.nothing) == ("nodata", None, "no metrics in this range")


def test_a_model_is_told_by_the_metric_that_counts(rows: dict[str, HealthRow]) -> None:
    ranker = rows["ranker"]
    assert (ranker.name, ranker.measure, ranker.state) == ("ranker v3", "accuracy", "degraded")
    assert float(ranker.worst) < 0.6


def test_a_model_without_labels_or_predictions_says_so(rows: dict[str, HealthRow]) -> None:
    assert rows["unlabelled"].nothing == "no labels in this range"
    assert rows["idle"].nothing == "no predictions in this range"
    assert {rows["unlabelled"].state, rows["idle"].state} == {"nodata"}


def test_budgets_are_those_of_the_objectives(rows: dict[str, HealthRow]) -> None:
    assert rows["shop"].budget_left == pytest.approx(1 - 180 / (0.05 * 1800), abs=0.1)
    assert rows["cache"].budget_left is not None
    assert rows["cache"].budget_left < 0


def test_sparks_are_calm_outside_and_marked_inside_the_outage(rows: dict[str, HealthRow]) -> None:
    spark = rows["shop"].spark
    assert spark is not None
    minutes = spark.seconds / 60
    assert set(np.flatnonzero(spark.marked)) <= set(np.flatnonzero((minutes >= 11.8) & (minutes <= 15.2)))
    assert np.nanmax(np.abs(spark.distance[~spark.marked])) < 1
    assert np.nanmax(spark.distance) == 6


def test_the_sentence_states_objectives_then_the_incident(view: HealthView) -> None:
    said = plain(view.headline)
    assert said.startswith("Cache and shop missed objectives, cache for 3 min.")
    assert "Cache stopped; ranker fell back to default features." in said


def test_the_verdict_says_what_to_do(view: HealthView) -> None:
    assert view.verdict == "infra"
    assert "Repair cache. Do not retrain." in view.advice


def test_the_verdict_is_that_of_the_incidents_own_page(snap: Snapshot, view: HealthView) -> None:
    (link,) = view.incidents
    own = incident.load(snap, link.incident_id).verdicts[-1]
    short = incident.final_verdict(snap, link.incident_id)
    assert (short.kind, short.headline, short.sentence, short.advice) == (
        own.kind,
        own.headline,
        own.sentence,
        own.advice,
    )


def test_every_hit_row_leads_to_the_incident(view: HealthView, rows: dict[str, HealthRow]) -> None:
    (link,) = view.incidents
    assert {rows[name].incident for name in ("shop", "cache", "ranker")} == {link.incident_id}


def test_tiles_count_lost_orders_and_compare_the_alert_with_what_could_be_known(view: HealthView) -> None:
    tiles = {tile.label: tile for tile in view.tiles}
    assert (tiles["Services outside objective"].number, tiles["Services outside objective"].beside) == ("2", "of 4")
    lost = tiles["Orders below expected"]
    assert 7 * 180 * 0.9 < float(lost.number) < 7 * 180 * 1.1
    assert "knowable 14:12" in tiles["Noticed after"].below
    assert tiles["Accuracy, ranker v3"].beside.startswith("worst 0.")


def test_new_log_patterns_are_those_of_the_outage(view: HealthView) -> None:
    assert [(p.pattern, p.service, p.severe) for p in view.patterns] == [("no answer within <*> ms", "shop", True)]
    assert 0.3 < view.patterns[0].first < view.patterns[0].last < 0.6


@pytest.mark.parametrize("owner", ["shop", "cache", "ranker", "silent", "idle", story.STRANGE])
def test_every_row_has_its_detail(snap: Snapshot, rows: dict[str, HealthRow], owner: str) -> None:
    found = health.detail(snap, rows[owner].key, SPAN, UTC)
    assert found.row.owner == owner
    assert (found.lane is None) == (rows[owner].state == "nodata")
    assert found.sentence


def test_the_detail_shows_the_objective_and_the_events_of_what_it_leans_on(snap: Snapshot, rows: dict) -> None:
    found = health.detail(snap, rows["shop"].key, SPAN, UTC)
    assert found.lane is not None
    assert (found.lane.limit, plain(found.lane.limit_words)) == (250, "objective 250 ms")
    assert {"deploy", "alert", "note", "down", "recovery"} <= {event.kind for event in found.events}


def test_a_row_that_is_not_there_is_said(snap: Snapshot) -> None:
    with pytest.raises(NotFound, match="not in the table"):
        health.detail(snap, "s:999", SPAN, UTC)


def test_the_events_beside_a_row_say_whose_they_are(snap: Snapshot) -> None:
    assert health.detail(snap, "n:silent", SPAN, UTC).whose == "of silent"
    assert "around it" in health.detail(snap, "s:11", SPAN, UTC).whose


def test_a_store_without_logs_does_not_speak_of_what_was_logged_after_something(store: Store) -> None:
    with store.snapshot() as snap:
        assert health_logs.new_patterns(snap, SPAN.start, SPAN.end, UTC) == ((), "no log lines were taken in")


def test_a_range_without_records_says_where_they_are(snap: Snapshot) -> None:
    later = SPAN.end + timedelta(days=3)
    empty = health.load(snap, later, later + timedelta(hours=1), UTC)
    assert empty.headline == "Nothing was recorded in this range."
    assert empty.advice.startswith("Records reach from Sat 21\u00a0Nov 2026 to ")
    assert {row.state for row in empty.rows} == {"nodata"}


def test_before_the_outage_all_is_well(snap: Snapshot) -> None:
    calm = health.load(snap, SPAN.start, story.at(11), UTC)
    assert "all inside what is expected" in calm.headline
    assert calm.incidents == ()
    assert calm.advice == "No incident in this range."


def test_a_single_service_is_a_whole_page(tmp_path) -> None:
    with Store.open(tmp_path) as store:
        rows = [row for row in story._metrics() if row["series_id"] == story.ERRORS.series_id]
        put(store, series=(story.ERRORS,), metrics=rows)
        with store.snapshot() as snap:
            view = health.load(snap, SPAN.start, SPAN.end, UTC)
    assert [row.owner for row in view.rows] == ["shop"]
    assert view.tiles[0].below == "no objective is stated"


def test_an_empty_store_is_known_to_be_empty(store: Store) -> None:
    with store.snapshot() as snap:
        assert not health.known(snap)


def test_of_equally_bad_incidents_that_of_the_first_row_leads() -> None:
    first, second, worse = (
        Incident(f"INC-{n}", "t", severity, "resolved", story.at(n))
        for n, severity in ((1, "degraded"), (2, "degraded"), (3, "critical"))
    )
    rows = [HealthRow("m:a", "model", "a", "a", "accuracy", "degraded", incident="INC-2")]
    assert health.led_by(rows, [first, second]) == [second, first]
    assert health.led_by(rows, [worse, first, second])[0] == worse, "a worse one leads whatever the row is"
    assert health.led_by([], []) == []


def test_health_and_the_incident_say_one_worst_accuracy_at_one_time(demo_home: Path) -> None:
    with Store.open(demo_home).snapshot() as snap:
        reach = data_span(snap)
        assert reach is not None
        view = health.load(snap, *reach, UTC)
        row = next(row for row in view.rows if row.side == "model")
        onsets = incident.load(snap, row.incident).onsets
    assert row.worst_at is not None
    said = next(one.worst for one in onsets if one.lane == row.key)
    assert said == f"{row.worst} at worst, {row.worst_at:%H:%M:%S}"
    tile = next(tile for tile in view.tiles if tile.label.startswith("Accuracy"))
    assert tile.beside == f"worst {row.worst}"
