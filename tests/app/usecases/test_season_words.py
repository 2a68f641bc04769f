"""A season that a source states is what every page judges by, and each says so where it explains what is expected."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import numpy as np
import pandas as pd
from flask.testing import FlaskClient

from app.judging import fingerprint
from app.usecases import model_history, season_words
from app.usecases.intake import take_in
from app.usecases.judgement import excursions
from app.usecases.log_signals import log_signals
from app.usecases.scoring import score_series
from app.usecases.service_apart import season_words as repeats
from app.usecases.signals import service_signals
from app.usecases.sources import source_id
from app.usecases.wanted import Wanted
from data.catalog.commit import forget_files
from data.records import Model, Season
from data.series import make_series
from data.store import Store
from tests.app.test_judging import signal
from tests.data.builders import at, put, samples
from tests.web import page_at, words

CYCLE, CYCLES = 144, 5  # twelve minutes of 5 s
STATED = 720.0
SHOP = make_series("shop", "latency_p95_ms", {})


def fill(store: Store, *seasons_s: float, file_id: int = 1) -> None:
    """Half an hour of a metric, a log and a model of one file that states these seasons, in place of the one before."""
    times = [at(seconds=5 * i) for i in range(360)]
    noise = np.random.default_rng(1).standard_normal(360)
    keys = (("metrics", "shop", SHOP.metric), ("logs", "cart", ""), ("predictions", "rank", ""))
    put(
        store,
        file_id,
        supersedes=tuple(range(1, file_id)),
        series=[SHOP],
        seasons=[Season(*key, seasons_s) for key in keys] if seasons_s else [],
        metrics=samples(SHOP, (20 + noise).tolist(), step_s=5),
        logs=[{"ts": ts, "known_at": ts, "service": "cart", "message": "hello"} for ts in times],
        predictions=[
            {"ts": ts, "received_at": ts, "model": "rank", "prediction_id": str(i), "y_pred": "1.5"}
            for i, ts in enumerate(times)
        ],
    )


def periods_s(store: Store, *seasons: str) -> tuple[float, ...]:
    return score_series(store, Wanted("shop", SHOP.metric), seasons=seasons).periods_s


def test_metrics_logs_and_predictions_carry_what_their_source_states(store: Store) -> None:
    fill(store, STATED)
    with store.snapshot() as snap:
        (latency,) = service_signals(snap, "shop", at(), at(30))
        logged = log_signals(snap, "cart", at(), at(30))
        history = model_history.load(snap, Model("rank", metric="mae"), at(), at(30))
        assert season_words.stated(snap)[0].replace("\u00a0", " ") == (
            "The expected range follows a season of 12 min, stated by the sources of 1 metric, 1 log and 1 model; "
            "no other is looked for there."
        )
    assert history is not None
    assert {each.seasons_s for each in (latency, *logged)} | {history.seasons_s} == {(STATED,)}


def test_score_takes_the_season_of_the_newest_file_unless_one_is_asked_for(store: Store) -> None:
    fill(store)
    assert periods_s(store) == ()
    fill(store, STATED, file_id=2)
    assert periods_s(store) == (STATED,)
    assert periods_s(store, "5m") == (300.0,)
    fill(store, 600.0, file_id=3)
    assert periods_s(store) == (600.0,)
    forget_files(store.catalog, (3,))
    with store.snapshot() as snap:
        assert not snap.state.seasons


def test_a_mapping_states_it_for_a_folder_and_an_entry_for_its_files(store: Store, tmp_path: Path) -> None:
    (tmp_path / "ingest.toml").write_text('season = "12m"\n[[files]]\nmatch = "b.csv"\nseason = ["5m", "10m"]')
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"ts,service,metric,value\n2026-11-22T03:05:00Z,{name},up,1\n")
    assert take_in(store.home, [tmp_path]).failed == 0
    with store.snapshot() as snap:
        stated = {one.owner: (one.seasons_s, Path(one.source).name) for one in snap.state.seasons.values()}
    assert stated == {"a": ((STATED,), "a.csv"), "b": ((300.0, 600.0), "b.csv")}


def test_what_repeats_is_expected_where_it_is_stated() -> None:
    values = 20 + np.random.default_rng(2).standard_normal(CYCLE * CYCLES)
    for start in range(60, len(values), CYCLE):
        values[start : start + 6] += 60  # a job that runs every twelve minutes
    index = pd.date_range("2026-11-21 14:00", periods=len(values), freq="5s", tz=UTC)
    job = {"values": pd.Series(values, index), "known_at": pd.Series(index, index)}
    assert excursions(signal(**job, seasons_s=(720.0,))) == ()
    assert len(excursions(signal(**job, seasons_s=(600.0,)))) == CYCLES
    assert fingerprint(signal(**job, seasons_s=(720.0,))) != fingerprint(signal(**job))


def test_pages_say_which_season_is_expected_and_where_it_was_stated(client: FlaskClient, store: Store) -> None:
    fill(store, STATED)

    def told(address: str) -> str:
        return words(page_at(client, address)).replace("\u00a0", " ")

    for address in ("/", "/service/shop?apart=1"):
        assert "follows a season of 12 min" in told(address)
    assert "12 min" in told("/settings?section=metrics")
    assert "season 12 min" in told(f"/sources?source={source_id('/')}")
    fill(store, file_id=2)
    assert "as found" in told("/settings?section=metrics")


def test_taken_apart_a_measure_says_that_its_season_was_stated_or_that_there_is_too_little_of_it() -> None:
    from analytics.decompose import decompose

    two, most = (pd.Series(np.random.default_rng(3).standard_normal(n), signal().values.index[:n]) for n in (140, 300))
    stated = pd.Timedelta("12min")
    said = [repeats(decompose(each, seasons=[stated]), (720.0,)).replace("\u00a0", " ") for each in (most, two)]
    assert said == ["repeats every 12 min, as stated", "too short for 12 min"]
    assert repeats(decompose(two)) == "none found"
