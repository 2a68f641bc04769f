"""The verdict in sentences, from facts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from analytics.onset import Onset
from analytics.verdict import Kind, Verdict
from app.usecases.incident_facts import Change, Facts
from app.usecases.signals import Signal
from app.usecases.verdict_words import verdict_view
from data.records import Event, Role

T0 = datetime(2026, 11, 21, 14, 6, tzinfo=UTC)
NOTHING = pd.Series(dtype=float)


def change(
    name: str, role: Role = "other", measure: str = "", metric: str = "", at_s: float = 0, peak: float = 1.0
) -> Change:
    side: Literal["service", "model"] = "model" if metric in ("defaults", "performance") else "service"
    signal = Signal(metric, side, name, name, measure, role, "", "up", NOTHING, NOTHING, metric=metric)
    at = pd.Timestamp(T0 + timedelta(seconds=at_s))
    return Change(signal, Onset(at, at, at, at, None, peak, at, "up"))


STOPPED = change("feature-store", "availability")
SLOW = change("recommender", "latency", "p95 latency", at_s=10)
ERRORS = change("shop", "errors", "errors", at_s=35)
DEFAULTS = change("recommender", metric="defaults", at_s=10, peak=0.94)
WORSE = change("recommender", measure="accuracy", metric="performance", at_s=15)
BUSY = change("gateway", "traffic", "requests", at_s=-5)
SPLIT = Verdict("infra", 0.18, 0.16, 0.89, 0.81, 0.95, 2_500, 1.0, 0.91, 0.73)
FACTS = Facts(T0 + timedelta(minutes=5), (STOPPED, SLOW, ERRORS), (DEFAULTS, WORSE), SPLIT)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_outage_says_since_when_how_many_and_how_much_and_what_to_do() -> None:
    view = verdict_view(FACTS, UTC)
    assert (view.kind, view.headline) == ("infra", "Outage, not drift.")
    assert plain(view.sentence) == (
        "Feature-store stopped at 14:06:00; 10 s later 94 % of predictions used default features. "
        "Leaving those minutes out removes 89 % (81 – 95 %) of the accuracy loss."
    )
    assert view.advice == "Repair feature-store. Do not retrain."
    assert view.bar == "accuracy lost 0.18 = outage 0.16 + rest 0.02"


def test_a_loss_that_the_outage_explains_wholly_needs_no_interval() -> None:
    whole = replace(SPLIT, share=1.0, low=1.0, high=1.0)
    assert "removes all of the accuracy loss" in verdict_view(replace(FACTS, verdict=whole), UTC).sentence


def test_a_moved_model_names_the_rollout_and_clears_the_services() -> None:
    facts = replace(
        FACTS,
        services=(),
        models=(WORSE,),
        verdict=replace(SPLIT, kind="model", share=0.0, explained=0.0),
        rollout="model v4 deployed",
    )
    view = verdict_view(facts, UTC)
    assert view.headline == "The model moved; the services were well."
    assert view.sentence == (
        "Accuracy went from 0.91 to 0.73 at 14:06:15, right after model v4 deployed. "
        "No service that it depends on left what is usual."
    )
    assert view.advice == "Roll it back, then find out how it passed."
    assert "was rolled back" in verdict_view(replace(facts, rolled_back=True), UTC).advice


def test_services_that_nobody_recorded_are_not_said_to_be_well() -> None:
    verdict = replace(SPLIT, kind="model", share=0.0, explained=0.0)
    view = verdict_view(replace(FACTS, services=(), models=(WORSE,), verdict=verdict, watched=False), UTC)
    assert view.headline == "The model moved; no service is recorded."
    assert view.sentence == (
        "Accuracy went from 0.91 to 0.73 at 14:06:15. Whether an outage was behind it cannot be told."
    )
    assert (view.bar, view.explained_share) == ("accuracy lost 0.18", None)


def test_both_states_the_share() -> None:
    view = verdict_view(replace(FACTS, verdict=replace(SPLIT, kind="both", share=0.55, low=0.41, high=0.68)), UTC)
    assert plain(view.headline) == "Both: the outage explains 55 % (41–68)."


def test_neither_tells_whether_inputs_or_services_moved() -> None:
    held = replace(SPLIT, kind="neither")
    assert verdict_view(replace(FACTS, services=(), models=(DEFAULTS,), verdict=held), UTC).headline.startswith(
        "Neither. Inputs"
    )
    assert "accuracy held" in verdict_view(replace(FACTS, verdict=held), UTC).sentence


def test_services_that_failed_are_an_outage_also_where_the_model_held_or_there_is_none() -> None:
    held = replace(SPLIT, kind="neither")
    view = verdict_view(replace(FACTS, models=(), verdict=held), UTC)
    assert (view.kind, view.headline, view.lost) == ("infra", "Outage; the model held.", False)
    assert (view.bar, view.explained_share) == ("accuracy held", None)
    assert view.advice.endswith("The model needs nothing.")
    assert verdict_view(replace(FACTS, models=(), verdict=None), UTC).kind == "infra"
    assert verdict_view(FACTS, UTC).lost


def test_a_loss_that_lies_outside_of_what_failed_is_both() -> None:
    apart = replace(SPLIT, kind="model", share=0.0, explained=0.0)
    view = verdict_view(replace(FACTS, services=(SLOW,), models=(WORSE,), rollout="v5 deployed", verdict=apart), UTC)
    assert (view.kind, view.lost) == ("both", True)
    assert view.headline == "Both: an outage, and a model that is wrong without it."
    assert "accuracy went from 0.91 to 0.73, right after v5 deployed, but not because of it." in view.sentence
    assert view.advice.startswith("Repair recommender. Roll the model back")


def event(service: str, title: str, at_s: float, kind: str = "deploy") -> Event:
    at = T0 + timedelta(seconds=at_s)
    return Event(at, kind, known_at=at, service=service, title=title)


def test_a_change_of_what_the_story_begins_with_is_named_with_how_long_before_it_was() -> None:
    deploys = (
        event("feature-store", "Redis 8", -400),
        event("shop", "shop 2", -9),
        event("feature-store", "TTL off", -90),
    )
    services = (STOPPED, replace(SLOW, group=1), replace(ERRORS, group=2))
    view = verdict_view(replace(FACTS, services=services, models=(), verdict=None, deploys=deploys), UTC)
    assert plain(view.sentence) == "Feature-store stopped at 14:06:00, 1 min 30 s after “TTL off”."
    assert view.advice == "Repair feature-store: look at that change first."
    late = verdict_view(replace(FACTS, models=(), verdict=None, deploys=(event("feature-store", "x", 1),)), UTC)
    assert late.advice == "Repair feature-store."


def test_of_what_began_together_what_was_just_changed_leads() -> None:
    rolled = (event("recommender", "v5 deployed", -4),)
    facts = replace(FACTS, services=(STOPPED, SLOW), models=(), verdict=None, deploys=rolled)
    assert verdict_view(facts, UTC).advice == "Repair recommender: look at that change first."
    apart = (STOPPED, replace(SLOW, group=1))
    assert verdict_view(replace(facts, services=apart), UTC).advice == "Repair feature-store."


def test_a_rollout_that_made_a_model_slow_and_wrong_is_named_once() -> None:
    apart = replace(SPLIT, kind="model", share=0.0, explained=0.0)
    rolled = {"rollout": "v5 deployed", "deploys": (event("recommender", "v5 deployed", -2),), "rolled_back": True}
    view = verdict_view(replace(FACTS, services=(SLOW,), models=(WORSE,), verdict=apart, **rolled), UTC)
    assert plain(view.sentence) == (
        "Recommender slowed down at 14:06:10, 12 s after “v5 deployed”; accuracy went from 0.91 to 0.73 as well."
    )
    assert view.advice == "The model was rolled back. Find out how it passed before it goes out again."


def test_a_rollout_within_the_step_after_the_onset_is_not_said_to_be_before_it() -> None:
    moved = replace(
        FACTS, services=(), rollout="v4 deployed", rolled_before=False, verdict=replace(SPLIT, kind="model")
    )
    assert "within seconds of v4 deployed" in verdict_view(moved, UTC).sentence


def test_while_nothing_is_settled_an_alert_of_what_the_model_depends_on_says_where_to_look() -> None:
    early = replace(FACTS, services=(), verdict=replace(SPLIT, kind="unknown", labels_in=0.2), over=False)
    assert "Check the inputs and the last rollout meanwhile." in verdict_view(early, UTC).advice
    alert = event("feature-store", "Redis does not answer", 5, "alert")
    said = verdict_view(replace(early, alerted=(alert,)), UTC).advice
    assert said.endswith("Check feature-store (“Redis does not answer”) meanwhile.")
    assert "Check “v5 deployed” meanwhile." in verdict_view(replace(early, rollout="v5 deployed"), UTC).advice


@pytest.mark.parametrize("slow_later", [False, True])
def test_more_to_do_is_no_outage_nor_is_what_it_leads_to(slow_later: bool) -> None:
    busy = replace(STOPPED, signal=replace(STOPPED.signal, role="traffic", unit="/s", measure="requests"))
    later = replace(STOPPED, signal=replace(STOPPED.signal, role="latency", unit="ms"))
    services = (busy, later) if slow_later else (busy,)
    view = verdict_view(replace(FACTS, services=services, models=(), verdict=replace(SPLIT, kind="neither")), UTC)
    assert (view.kind, view.headline) == ("neither", "Neither.")
    assert view.advice == "Nothing to repair, nothing to retrain."


def test_where_too_few_predictions_came_it_is_the_outage_or_cannot_be_told() -> None:
    few = replace(SPLIT, kind="unknown", n=12, labels_in=1.0)
    view = verdict_view(replace(FACTS, verdict=few), UTC)
    assert (view.kind, view.headline) == ("infra", "Outage; too few predictions to judge the model.")
    assert plain(view.sentence).endswith("; 12 labelled predictions in it, 50 are needed.")
    alone = verdict_view(replace(FACTS, services=(), verdict=few), UTC)
    assert (alone.kind, alone.headline) == ("unknown", "Cannot tell: too few predictions.")


def test_what_failed_beside_a_model_makes_it_both() -> None:
    moved = replace(FACTS, services=(), models=(WORSE,), verdict=replace(SPLIT, kind="model", share=0.0))
    assert verdict_view(moved, UTC).kind == "model"
    assert verdict_view(replace(moved, around=(ERRORS,)), UTC).kind == "both"
    slightly = replace(SLOW, times=1.9)
    assert verdict_view(replace(moved, around=(slightly,)), UTC).kind == "model", "nobody had to feel it"
    assert verdict_view(replace(moved, around=(replace(SLOW, times=2.0),)), UTC).kind == "both"


def test_missing_labels_are_said_with_when_the_answer_comes() -> None:
    waiting = replace(
        FACTS, verdict=replace(SPLIT, kind="unknown", labels_in=0.61), next_answer=T0 + timedelta(seconds=108)
    )
    view = verdict_view(waiting, UTC)
    assert plain(view.headline) == "Cannot tell yet: 61 % of labels are in."
    assert "when 80 % of the labels are in" in view.advice + view.sentence
    other = verdict_view(replace(waiting, labels_needed=0.995), UTC)
    assert "when 99.5 % of the labels are in" in other.advice + other.sentence
    assert view.labels_percent == 61  # the lane says the same
    assert view.advice.startswith("Next answer about 14:07:48")
    assert view.explained_share is None
    assert view.bar == "accuracy lost: cannot be split yet"


def test_an_outage_without_a_model_is_not_a_verdict_on_one() -> None:
    view = verdict_view(replace(FACTS, models=(), verdict=None), UTC)
    assert view.headline == "No model is known to be hit."
    assert view.bar == ""


def test_before_anything_is_known_nothing_is_claimed() -> None:
    view = verdict_view(Facts(T0, (), (), None), UTC)
    assert (view.headline, view.sentence, view.advice) == ("Nothing unusual is known yet.", "", "")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_words_without_raw_names_or_stamps(kind: Kind) -> None:
    view = verdict_view(replace(FACTS, verdict=replace(SPLIT, kind=kind)), UTC)
    text = f"{view.headline} {view.sentence} {view.advice}"
    assert view.headline.endswith(".")
    assert "nan" not in text
    assert "2026-" not in text


FAILURES = st.lists(st.sampled_from([STOPPED, SLOW, ERRORS, replace(SLOW, times=1.1), BUSY]), max_size=3, unique_by=id)
ANY = st.builds(
    Facts,
    at=st.just(FACTS.at),
    services=FAILURES.map(tuple),
    models=st.lists(st.sampled_from([DEFAULTS, WORSE]), max_size=2, unique_by=id).map(tuple),
    verdict=st.none() | st.sampled_from(get_args(Kind)).map(lambda kind: replace(SPLIT, kind=kind)),
    around=FAILURES.map(tuple),
    rollout=st.sampled_from(["", "v4 deployed"]),
    watched=st.booleans(),
    over=st.booleans(),
)


@given(ANY)
@example(replace(FACTS, services=(), models=(DEFAULTS,), around=(ERRORS,), verdict=replace(SPLIT, kind="neither")))
def test_the_mark_and_the_words_say_the_same_whatever_is_known(facts: Facts) -> None:
    assume(facts.services or facts.verdict is None or facts.verdict.kind not in ("infra", "both"))  # explained by them
    assume(facts.verdict is not None or not facts.models)  # a model that moved has a history to judge
    assume(facts.services or facts.models or not facts.around)  # without a model every service counts
    view = verdict_view(facts, UTC)
    begins = {
        "infra": ("Outage", "No model is known"),
        "model": ("The model moved",),
        "both": ("Both",),
        "neither": ("Neither",),
        "unknown": ("Cannot tell", "Nothing unusual", "No model is known"),
    }
    assert view.headline.startswith(begins[view.kind])
    assert not view.lost or view.kind in ("infra", "model", "both")


def test_what_nobody_recorded_cannot_be_cleared_by_what_failed_beside_it() -> None:
    apart = replace(SPLIT, kind="model", share=0.0)
    facts = replace(FACTS, services=(), models=(WORSE,), around=(ERRORS,), watched=False, verdict=apart)
    assert verdict_view(facts, UTC).headline == "The model moved; no service is recorded."


def test_too_few_predictions_are_no_answer_while_more_may_come() -> None:
    few = replace(FACTS, verdict=replace(SPLIT, kind="unknown", n=12, labels_in=1.0))
    soon = FACTS.at + timedelta(minutes=1)
    assert {verdict_view(each, UTC).kind for each in (replace(few, over=False), replace(few, next_answer=soon))} == {
        "unknown"
    }
    assert verdict_view(few, UTC).kind == "infra"
