"""The recording's incidents, against the truth that was written down when the faults were made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.usecases import incident, incident_case
from app.usecases.incident_facts import HURTS
from app.usecases.incident_lanes import Samples, Track
from app.usecases.incident_verdicts import Case, LossLog, facts_at, moments
from app.usecases.incident_view import IncidentView
from app.usecases.model_history import ModelHistory
from app.usecases.signals import Signal
from app.usecases.verdict_words import verdict_view
from data.errors import NotFound
from data.queries import incidents
from data.queries.incident_edits import create
from data.records import Incident
from data.store import Snapshot, Store

TRUTH = Path(__file__).resolve().parents[2] / "fixtures" / "recording" / "truth.json"
SAMPLING = timedelta(seconds=15)  # three samples of the slowest source


@pytest.fixture(scope="module")
def snap(demo_home: Path) -> Iterator[Snapshot]:
    with Store.open(demo_home) as store, store.snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def views(snap: Snapshot) -> dict[str, IncidentView]:
    """The page of each fault's incident, by the fault's name."""
    found = incidents.list_incidents(snap)
    assert len(found) == len(faults()), [i.title for i in found]
    return {name: incident.load(snap, one.incident_id) for name, one in zip(faults(), found, strict=True)}


@pytest.fixture(scope="module")
def case(snap: Snapshot) -> Case:
    one = incidents.list_incidents(snap)[0]
    return incident_case.gather(snap, one, incident_case.context(snap, one), with_drift=False)


def faults() -> dict[str, dict]:
    return {fault["name"]: fault for fault in json.loads(TRUTH.read_text(encoding="utf-8"))["faults"]}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("name", ["redis_stopped", "bad_model_version"])
def test_verdict_is_the_truth(views: dict[str, IncidentView], name: str) -> None:
    assert views[name].verdicts[-1].kind == faults()[name]["verdict"]


@pytest.mark.parametrize("name", ["redis_stopped", "bad_model_version"])
def test_incident_begins_when_the_fault_did(snap: Snapshot, views: dict[str, IncidentView], name: str) -> None:
    began = incidents.get(snap, views[name].incident_id).started_at
    assert abs(began - moment(faults()[name]["start"])) < timedelta(seconds=30)


def test_the_store_stopped_first_and_everything_else_follows_within_the_sampling(
    views: dict[str, IncidentView],
) -> None:
    view = views["redis_stopped"]
    stopped = moment(faults()["redis_stopped"]["start"])
    first = [o for o in view.onsets if o.order == 1]
    names = {lane.key: f"{lane.name} {lane.measure}" for lane in view.lanes}
    assert "feature-store up" in {names.get(o.lane) for o in first}
    assert all(abs(o.happened - stopped) <= SAMPLING for o in first)
    assert [o.order for o in view.onsets] == sorted(o.order for o in view.onsets)
    assert any(names.get(o.lane, "").startswith("shop") and o.order > 1 for o in view.onsets)


def test_the_bad_version_is_named_and_no_service_is_blamed(views: dict[str, IncidentView]) -> None:
    verdict = views["bad_model_version"].verdicts[-1]
    assert "v4" in verdict.sentence
    assert "No service" in verdict.sentence
    assert verdict.advice.startswith("It was rolled back")


def test_an_onset_names_the_version_that_served_then_and_a_lane_only_one_that_served_throughout(
    views: dict[str, IncidentView],
) -> None:
    for name, version in (("redis_stopped", "v3"), ("bad_model_version", "v4")):
        titles = [o.title for o in views[name].onsets if o.lane == "m:recommender:performance"]
        assert titles
        assert all(title.startswith(f"recommender {version} accuracy") for title in titles)
        assert {lane.name for lane in views[name].performance} == {"recommender"}


def test_every_onset_is_known_after_it_happened(views: dict[str, IncidentView]) -> None:
    for view in views.values():
        assert view.onsets
        assert all(o.known > o.happened for o in view.onsets)


def test_steps_of_titles_verdicts_and_frames_follow_the_clock(views: dict[str, IncidentView]) -> None:
    for view in views.values():
        for steps in (view.titles, view.verdicts, *(lane.frames for lane in view.performance)):
            times = [step.known_from for step in steps]
            assert times == sorted(times)
        assert (np.diff(view.arrivals) > np.timedelta64(0)).all()


def test_no_label_speaks_before_it_arrived(views: dict[str, IncidentView]) -> None:
    for lane in views["redis_stopped"].performance:
        ends = lane.bucket_start + np.timedelta64(round(lane.bucket_s * 1e6), "us")
        for frame in lane.frames:
            at = np.datetime64(frame.known_from.astimezone(UTC).replace(tzinfo=None), "us")
            assert np.isnan(frame.value[lane.bucket_start > at]).all()
            assert (frame.labelled <= frame.predicted).all()
            assert (
                frame.labelled[ends - np.timedelta64(1, "us") > at]
                <= frame.predicted[ends - np.timedelta64(1, "us") > at]
            ).all()


@pytest.mark.parametrize("after_s", [5, 15, 40, 90, 150, 240, 330, 400])
def test_what_was_known_then_is_what_a_store_of_that_moment_would_have_said(case: Case, after_s: int) -> None:
    """Cut everything that arrived later out of the case: the facts must not change."""
    at = case.start + timedelta(seconds=after_s)
    assert told(case, at) == told(cut(case, at), at)


def told(case: Case, at: datetime) -> object:
    facts = facts_at(case, LossLog.of(case.histories[0]), at)
    return verdict_view(facts, UTC)


def cut(case: Case, at: datetime) -> Case:
    """The case with nothing in it that became known after ``at``; onsets keep what they rest on."""
    return replace(
        case,
        tracks=tuple(cut_track(track, at) for track in case.tracks),
        histories=tuple(cut_history(history, at) for history in case.histories),
        deploys=tuple(deploy for deploy in case.deploys if deploy.known_at <= at),
    )


def cut_track(track: Track, at: datetime) -> Track:
    known = (track.signal.known_at <= pd.Timestamp(at)).to_numpy()
    signal: Signal = replace(track.signal, values=track.signal.values[known], known_at=track.signal.known_at[known])
    change = track.change
    if change is not None and change.ended is not None and change.ended not in signal.values.index:
        change = replace(change, ended=None)
    return replace(track, signal=signal, samples=Samples.of(signal), change=change)


def cut_history(history: ModelHistory, at: datetime) -> ModelHistory:
    moment = pd.Timestamp(at)
    seen = (history.predictions["received_at"] <= moment).to_numpy()
    rows = history.predictions[seen].copy()
    late = ~(rows["label_known_at"] <= moment)
    rows["y_true"] = rows["y_true"].mask(late)
    rows["label_known_at"] = rows["label_known_at"].mask(late)
    return replace(history, predictions=rows, features=history.features[seen])


def test_an_unknown_incident_is_said_to_be_unknown(snap: Snapshot) -> None:
    with pytest.raises(NotFound, match="INC-9999"):
        incident.load(snap, "INC-9999")


@pytest.mark.parametrize("start", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)])
def test_an_incident_made_by_hand_beyond_all_records_is_shown_in_its_own_time(demo_copy: Path, start: datetime) -> None:
    by_hand = Incident(
        "", "x", "critical", "resolved", start, resolved_at=start + SAMPLING, services=("shop",), cause="<b>rain"
    )
    with Store.open(demo_copy) as store:
        made, _ = create(store.catalog, "Mara", by_hand)
        with store.snapshot() as snap:
            shown = incident.load(snap, made)
    assert shown.zoom_recording.start < start < shown.zoom_recording.end
    assert shown.verdicts[-1].kind == "unknown"
    assert shown.verdicts[-1].headline == "Mara made this incident by hand."
    assert shown.verdicts[-1].known_from >= start + SAMPLING
    assert shown.cause == "<b>rain"
    assert shown.titles[-1].small.endswith("made by Mara")


def test_what_is_slow_makes_no_prediction_wrong_but_by_its_defaults(case: Case) -> None:
    slow = replace(case, tracks=tuple(t for t in case.tracks if t.signal.role not in HURTS))
    log, at = LossLog.of(case.histories[0]), moments(case)[-1]
    unmarked = replace(log, affected=np.zeros_like(log.affected))
    facts = [facts_at(slow, one, at) for one in (log, unmarked)]
    assert all(any(change.signal.role == "latency" for change in one.services) for one in facts)
    assert [one.verdict.kind for one in facts if one.verdict] == ["infra", "model"]


def test_before_its_end_an_incident_is_not_over(case: Case) -> None:
    log = LossLog.of(case.histories[0])
    assert [facts_at(case, log, case.end + shift).over for shift in (-timedelta(seconds=1), timedelta(0))] == [
        False,
        True,
    ]
