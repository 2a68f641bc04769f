"""What was found unusual in a signal is kept by its content, and comes back the same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from app import judging
from app.usecases import judgement
from app.usecases.service_judged import judge
from app.usecases.signals import Signal


def signal(**changes) -> Signal:
    index = pd.date_range("2026-11-21 14:00", periods=300, freq="5s", tz="UTC")
    noise = np.random.default_rng(1).standard_normal(300)
    values = pd.Series(np.where((np.arange(300) >= 150) & (np.arange(300) < 190), 140.0, 100.0) + noise, index)
    made = Signal(
        key="s:1",
        side="service",
        owner="shop",
        name="shop",
        measure="p95 latency",
        role="latency",
        unit="ms",
        bad_direction="up",
        values=values,
        known_at=pd.Series(index + pd.Timedelta("5s"), index),
    )
    return dataclasses.replace(made, **changes)


def test_the_second_time_it_is_read_and_equal(app, monkeypatch) -> None:
    with app.server.app_context():
        first = judging.judge_once(signal())
        monkeypatch.setattr(judging, "excursions", None)  # asking again would fail
        second = judging.judge_once(signal())
    assert len(first.excursions) == 1
    assert [dataclasses.replace(e, signal=None) for e in first.excursions] == [
        dataclasses.replace(e, signal=None) for e in second.excursions
    ]


def test_it_finds_what_judge_finds(app) -> None:
    with app.server.app_context():
        kept = judging.judge_once(signal())
    assert [(e.start, e.end, e.onset) for e in kept.excursions] == [
        (e.start, e.end, e.onset) for e in judge(signal()).excursions
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"key": "s:2"},
        {"bad_direction": "down"},
        {"limit": 3.0},
        {"values": signal().values + 1e-9},
        {"known_at": signal().known_at + pd.Timedelta("1s")},
        {"counts": pd.Series(50.0, signal().values.index)},
        {"records": pd.DataFrame({"ts": signal().values.index, "value": 1.0})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_judging_may_look_at_makes_another_signal(change) -> None:
    assert judging.fingerprint(signal(**change)) != judging.fingerprint(signal())


def test_the_fingerprint_is_of_the_content() -> None:
    assert judging.fingerprint(signal()) == judging.fingerprint(signal())


def test_excursions_are_asked_of_the_one_place_that_judges() -> None:
    assert judging.excursions is judgement.excursions
