"""Thresholds: what holds, what is refused, and that the analysis really follows them."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.usecases import model_history, model_signals, thresholds
from app.usecases.intake import take_in
from app.usecases.judgement import excursions
from app.usecases.scan import hurts
from app.usecases.signals import service_signals
from app.usecases.thresholds import THRESHOLDS, Limits, WrongThreshold, checked, effective, limits, save
from data import kept, registry
from data.changes import list_changes
from data.records import Model
from data.store import Store
from tests.app.filled import LAST, START, fill
from tests.app.test_judging import signal


def test_every_limit_is_in_the_table_and_within_its_own_bounds() -> None:
    assert [t.name for t in THRESHOLDS] == [item.name for item in fields(Limits)]
    assert all(t.least <= t.default <= t.most for t in THRESHOLDS)


def test_a_registry_file_knows_every_threshold_of_the_table() -> None:
    assert [one.name for one in THRESHOLDS] == list(registry.THRESHOLDS)


def test_a_registry_file_states_thresholds_signed_by_it_and_a_person_has_the_last_word(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text("[thresholds]\ngroup_reach_s = 60\ndrift_limit = 0.5\n", encoding="utf-8")
    report = take_in(tmp_path / "home", [file])
    assert (report.accepted, report.rejected) == (2, 0)
    with Store.open(tmp_path / "home") as store:
        save(store, "Mara", "drift_limit", 0.3)
        with store.snapshot() as snap:
            held = {one.threshold.name: (one.value, one.who) for one in effective(snap) if one.who}
        changes = [(one.subject, one.who) for one in list_changes(store.catalog) if one.kind == "threshold"]
        stated = next(one for one in list_changes(store.catalog) if one.subject == "group_reach_s")
        kept.undo(store.catalog, "Jo", stated.change_id)
        with store.snapshot() as snap:
            assert limits(snap).group_reach_s == Limits().group_reach_s, "taken back like what a person set"
    assert held == {"group_reach_s": (60.0, "registry.toml"), "drift_limit": (0.3, "Mara")}
    by_file = [(name, "registry.toml") for name in ("drift_limit", "group_reach_s")]
    assert sorted(changes) == sorted([*by_file, ("drift_limit", "Mara")])


def test_what_a_person_set_holds_with_name_and_time_until_it_is_reset(store: Store) -> None:
    save(store, "Mara", "drift_limit", 0.35)
    with store.snapshot() as snap:
        assert limits(snap).drift_limit == 0.35
        one = next(e for e in effective(snap) if e.threshold.name == "drift_limit")
    assert (one.value, one.who) == (0.35, "Mara")
    assert one.set_at is not None
    save(store, "Jo", "drift_limit", None)
    with store.snapshot() as snap:
        assert limits(snap) == Limits()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("alarms_per_week", "many", "is no number"),
        ("alarms_per_week", "0", "lies between 0.01 and 20"),
        ("labels_needed", "nan", "lies between"),
        ("labels_needed", "80", "lies between 0.1 and 1"),
        ("incident_services", "1.5", "whole number"),
        ("nothing", "1", "no such threshold"),
    ],
)
def test_what_it_cannot_be_is_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(WrongThreshold, match=words):
        checked(name, text)


def test_a_comma_is_a_point() -> None:
    assert checked("drift_limit", " 0,3 ") == 0.3


def test_signals_carry_the_budget_of_false_alarms(store: Store) -> None:
    fill(store)
    save(store, "Mara", "alarms_per_week", 4)
    with store.snapshot() as snap:
        (one,) = service_signals(snap, "shop", START, LAST)
    assert one.alarms_per_week == 4


def test_a_larger_budget_of_false_alarms_finds_weaker_episodes() -> None:
    index = pd.date_range("2026-11-01", periods=3000, freq="5min", tz="UTC")
    noise = np.random.default_rng(3).standard_normal(3000)
    values = pd.Series(100 + noise, index)
    for first in range(200, 3000, 400):
        values.iloc[first : first + 4] += 4.5 - noise[first : first + 4]
    known = pd.Series(index, index)
    found = [len(excursions(signal(values=values, known_at=known, alarms_per_week=budget))) for budget in (0.05, 20)]
    assert found[0] < found[1]


def test_slow_together_follows_its_thresholds() -> None:
    (one,) = excursions(signal())
    other = replace(one, signal=replace(one.signal, owner="cart"))
    assert hurts([one, other], Limits())
    assert not hurts([one, other], Limits(incident_services=3))
    assert not hurts([one, other], Limits(incident_lasts_s=3600))


def test_performance_is_known_when_the_labels_needed_are_in() -> None:
    start = pd.Timestamp("2026-11-21 14:00", tz="UTC")
    ts = pd.date_range(start, periods=10, freq="1s")
    known = [start + pd.Timedelta(minutes=n) for n in range(1, 11)]
    frame = pd.DataFrame({"ts": ts, "received_at": ts, "label_known_at": known})
    history = model_history.ModelHistory(
        Model("m", label_delay_s=86_400.0), frame, frame, pd.Timedelta("1min"), start, start
    )
    at = {
        share: model_signals.labels_in_at(replace(history, limits=Limits(labels_needed=share))).iloc[0]
        for share in (0.5, 0.8, 1.0)
    }
    assert at == {0.5: known[4], 0.8: known[7], 1.0: known[9]}


def test_a_change_has_incidents_looked_for_again(store: Store) -> None:
    from data.jobs import recent

    thresholds.save(store, "Mara", "drift_limit", 0.35)
    assert [job.kind for job in recent(store.catalog)] == ["scan"]
