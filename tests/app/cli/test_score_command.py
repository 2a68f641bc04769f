"""`score`: one series, its scores and episodes, from stored samples to stdout."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from data.series import make_series
from data.store import Store
from tests.app.cli.process import Done, diptych
from tests.data.builders import at, put, samples

STEP_S = 5
COUNT = 720  # an hour
SEASON = 144  # samples: twelve minutes
SHOP = ("score", "--service", "shop", "--metric", "latency_ms")
ZONE = ("--label", "zone=a")
HOSTILE = "b\x1b[2J\nc"


def values() -> np.ndarray:
    wave = 40 + 10 * np.sin(np.arange(COUNT) * 2 * np.pi / SEASON)
    noisy = wave + np.random.default_rng(5).standard_normal(COUNT)
    noisy[600:630] += 60
    return noisy


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("score") / "home"
    series = [make_series("shop", "latency_ms", {"zone": zone}) for zone in ("a", HOSTILE)]
    with Store.open(made) as store:
        rows = [row for one in series for row in samples(one, values().tolist(), step_s=STEP_S)]
        put(store, series=series, metrics=rows)
    return made


@pytest.fixture(scope="module")
def causal(home: Path) -> Done:
    return diptych(home, *SHOP, *ZONE, "--mode", "causal", "--season", "12m", "--csv")


def rows(done: Done) -> list[list[str]]:
    assert (done.status, done.err) == (0, "")
    return list(csv.reader(io.StringIO(done.out)))


def test_csv_has_a_row_per_sample(causal: Done) -> None:
    head, *body = rows(causal)
    assert head == ["ts", "value", "score", "expected", "lower", "upper"]
    assert len(body) == COUNT
    assert (body[0][0], float(body[0][1])) == (at().isoformat(), values()[0])
    assert all(0 <= float(score) <= 1 for _, _, score, *_ in body)


def test_what_is_unusual_scores_an_alarm(causal: Done) -> None:
    scores = [float(row[2]) for row in rows(causal)[1:]]
    assert max(scores[600:630]) >= 0.5
    assert max(scores[300:600]) < 0.5


def test_causal_scores_use_nothing_later(home: Path, causal: Done) -> None:
    options = ("--mode", "causal", "--season", "12m", "--end", at(50).isoformat(), "--csv")
    shorter = rows(diptych(home, *SHOP, *ZONE, *options))
    assert len(shorter) == 601
    assert shorter == rows(causal)[:601]


def test_json_is_one_object_with_season_and_episodes(home: Path) -> None:
    found = diptych(home, *SHOP, *ZONE, "--season", "12m", "--json").json
    assert (found["service"], found["labels"], found["mode"]) == ("shop", {"zone": "a"}, "full")
    assert found["periods_s"] == [720.0]
    assert len(found["points"]) == COUNT
    (episode,) = found["episodes"]
    assert episode["start"] == at(50).isoformat()
    assert episode["direction"] == "up"
    assert episode["peak_score"] >= 0.5


def test_words_tell_of_the_episode(home: Path) -> None:
    told = diptych(home, *SHOP, *ZONE, "--season", "12m")
    assert told.status == 0
    assert told.out.startswith("shop latency_ms: 720 points, full, 1 episode.\n")
    assert "2024-03-01 12:50:00" in told.out


def test_several_series_are_listed_and_refused_without_steering_the_terminal(home: Path) -> None:
    said = diptych(home, *SHOP).refused()
    assert "2 series match" in said
    assert "zone a" in said
    assert "--label" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "--service", "shop", "--metric", "rps"), "There is no metric rps of shop. shop has latency_ms."),
        (("score", "--service", "cart", "--metric", "rps"), "Services with metrics: shop."),
        ((*SHOP, "--label", "zone=z"), "No series of shop latency_ms has these labels. There is: zone a;"),
        ((*SHOP, *ZONE, "--start", "2030-01-01"), "has no samples in this range"),
        ((*SHOP, *ZONE, "--season", "12x"), "'12x' is not a period. Write a number"),
        ((*SHOP, *ZONE, "--season", "0m"), "A season of 0m"),
        ((*SHOP, *ZONE, "--season", "99999999999999w"), "It lasts a second to ten years."),
    ],
)
def test_what_cannot_be_scored_is_said_in_words(home: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in diptych(home, *arguments).refused()
