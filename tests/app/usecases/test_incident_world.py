"""Incidents of a model in a world that moves, where no service is recorded: the shipped story of houses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.usecases import incident, incident_case, model_page, models
from app.usecases.incident_verdicts import as_known, facts_in_hindsight
from app.usecases.incident_view import IncidentView, Span
from app.usecases.incident_words import quiet
from app.usecases.intake import take_in
from app.usecases.scan import scan
from app.usecases.stories import story
from data.queries import incidents
from data.store import Snapshot, Store

QUIET = quiet(datetime(2021, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    home: Path = tmp_path_factory.mktemp("housing") / "home"
    take_in(home, [story("housing").folder])
    with Store.open(home) as store:
        scan(store)
        with store.snapshot() as snapshot:
            yield snapshot


@pytest.fixture(scope="module")
def views(snap: Snapshot) -> tuple[IncidentView, ...]:
    return tuple(incident.load(snap, one.incident_id) for one in incidents.list_incidents(snap))


def test_no_service_is_cleared_that_was_never_recorded(views: tuple[IncidentView, ...]) -> None:
    for view in views:
        said = view.verdicts[-1]
        assert said.headline == "The model moved; no service is recorded."
        assert "left what is usual" not in said.sentence
        unseen = "No service that the model depends on is recorded: an outage would not be seen"
        assert [line.text for line in view.evidence if line.sign == "?" and line.known_until is None] == [unseen]


def test_a_feature_that_was_past_its_limit_before_has_no_onset(views: tuple[IncidentView, ...]) -> None:
    for view in views:
        lanes = {lane.key: lane for lane in view.lanes}
        began = {o.lane: np.datetime64(o.happened.replace(tzinfo=None), "us") for o in view.onsets}
        for key in began.keys() & lanes.keys():
            lane = lanes[key]
            before = lane.value[lane.ts < began[key]]
            assert not len(before) or not before[-1] > lane.limit, f"{view.incident_id}: {key} was past it already"


def test_what_had_moved_before_is_said_in_its_place(views: tuple[IncidentView, ...]) -> None:
    said = {line.text: line.figure for line in views[1].evidence}
    assert said["Latitude, Longitude and MedInc were past the drift limit before it began"] == "3 of 8 inputs"


def test_the_worst_lies_inside_the_incident(snap: Snapshot) -> None:
    for one in incidents.list_incidents(snap):
        case = incident_case.gather(snap, one, incident_case.context(snap, one))
        moved = [track for track in case.tracks if track.change]
        assert moved
        assert all(track.onset.first <= track.onset.peak_ts < pd.Timestamp(case.end) for track in moved)
        assert all(as_known(t, case.end + timedelta(days=90), case.end).onset.peak_ts < case.end for t in moved)


def test_every_page_sets_the_incident_against_the_same_accuracy(snap: Snapshot) -> None:
    """Verdict, cost, baseline and points lost; also over a range that shows little of what was before."""
    for one in incidents.list_incidents(snap):
        case = incident_case.gather(snap, one, incident_case.context(snap, one), with_drift=False)
        verdict = facts_in_hindsight(case).verdict
        assert verdict is not None
        (lane,) = incident.load(snap, one.incident_id).performance
        assert (lane.lower + lane.upper) / 2 == pytest.approx(verdict.baseline)
        for start in (case.baseline_start, one.started_at - timedelta(days=9)):
            span = Span(start, one.resolved_at or case.end)
            shown = model_page.page(snap, "california_housing", span, UTC, lambda *_: QUIET, intervals=False)
            cost = next(c for c in shown.incidents if c.incident_id == one.incident_id)
            assert cost.before.value == pytest.approx(verdict.baseline)
            assert cost.change == pytest.approx(-verdict.loss)
            (row,) = models.rows_of(snap, model_page.find(snap, "california_housing"), span, lambda *_: QUIET)
            assert shown.window.incident_id != one.incident_id or row.baseline.value == pytest.approx(verdict.baseline)
