"""The lab: its plan is drawn from a seed, its parts do what they say, and `check` tells a damaged recording."""

from __future__ import annotations

import gzip
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.lab import schedule, table
from tests.lab.__main__ import main
from tests.lab.check import check, windows
from tests.lab.pack import pack
from tests.lab.parts import LabError, Parts, missing_daemons
from tests.lab.recording import Recording, seconds
from tests.lab.settings import Settings, free_ports

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "lab"
FLAT_DAY = np.full(24, 1 / 24)
needs_table = pytest.mark.skipif(not table.TABLE.exists(), reason=f"no trip table at {table.TABLE.name}")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A copy of the shipped recording that a test may damage."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "recording"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("out", "state"):
        (tmp_path / name).mkdir()
    return Settings(str(tmp_path / "out"), str(tmp_path / "state"), str(table.TABLE), 1.0, 1, free_ports())


# The plan


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    once, again, other = (schedule.arrivals(seed, 5, 10_000, FLAT_DAY) for seed in (1, 1, 2))
    assert once == again != other
    assert schedule.steps(1, 30) == schedule.steps(1, 30) != schedule.steps(2, 30)


def test_load_has_the_rate_that_the_readme_promises() -> None:
    plan = schedule.arrivals(3, 30, 60_000, FLAT_DAY)
    assert len(plan) / 1800 == pytest.approx(schedule.REQUESTS_PER_S, rel=0.05)
    assert sum(arrival.row >= 0 for arrival in plan) / len(plan) == pytest.approx(schedule.ORDER_SHARE, abs=0.02)
    assert [arrival.at_s for arrival in plan] == sorted(arrival.at_s for arrival in plan)


def test_load_follows_the_day_it_is_given() -> None:
    night_and_day = np.array([0.1] * 12 + [1.0] * 12)
    plan = schedule.arrivals(1, 30, 60_000, night_and_day)
    early, late = (sum(lo <= arrival.at_s < lo + 600 for arrival in plan) for lo in (0, 1100))
    assert early / late == pytest.approx(0.1**schedule.GENTLENESS, rel=0.1)


def test_no_trip_is_ordered_twice_and_labels_are_late_as_stated() -> None:
    orders = [arrival for arrival in schedule.arrivals(1, 30, 60_000, FLAT_DAY) if arrival.row >= 0]
    assert len({arrival.row for arrival in orders}) == len(orders)
    assert 40 <= min(order.label_delay_s for order in orders) < 45
    assert 145 < max(order.label_delay_s for order in orders) <= 150


@pytest.mark.parametrize("seed", range(5))
def test_faults_come_after_ten_quiet_minutes_and_never_together(seed: int) -> None:
    at = {step.action: step.at_s for step in schedule.steps(seed, 30)}
    assert at["stop_redis"] > 600
    assert at["deploy_shop"] < at["stop_redis"] < at["start_redis"] < at["deploy_v4"] < at["roll_back_v4"] < 1800
    assert at["start_redis"] - at["stop_redis"] == pytest.approx(210)


# The model


@pytest.fixture(scope="module")
def trips() -> table.Trips:
    return table.load()


@needs_table
def test_the_model_is_right_as_long_as_its_features_and_its_training_are(trips: table.Trips) -> None:
    from tests.lab import models

    def accuracy(model: models.HistGradientBoostingClassifier, rows: table.pd.DataFrame) -> float:
        return float((model.predict(rows[list(table.FEATURES)].to_numpy()) == rows["long_trip"]).mean())

    healthy = accuracy(v3 := models.train_v3(trips.past), trips.later)
    assert 0.85 < healthy < 0.95
    assert accuracy(v3, trips.later.assign(**table.defaults(trips.past))) < healthy - 0.1
    assert accuracy(models.train_v4(trips.past), trips.later) < healthy - 0.08


@needs_table
def test_a_prediction_does_not_depend_on_the_order_in_which_features_came(trips: table.Trips) -> None:
    from tests.lab import models

    model, row = models.train_v3(trips.past.head(5000)), trips.later.iloc[0]
    features = {name: float(row[name]) for name in table.FEATURES}
    assert models.predict(model, features) == models.predict(model, dict(reversed(features.items())))


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--table"):
        table.load(tmp_path)


# The parts


@needs_table
def test_the_recommender_falls_back_to_defaults_without_its_store(settings: Settings, trips: table.Trips) -> None:
    from tests.lab.recommender import Recommender
    from tests.lab.web import Request

    recommender = Recommender(settings)
    body = {"trip_id": 7, "order_id": "o1", "features": dict.fromkeys(table.FROM_REQUEST, 1)}
    assert recommender.predict(Request(body, "trace")).status == 200
    (prediction,) = Recording(Path(settings.out)).lines("predictions.jsonl")
    assert {name: prediction["features"][name] for name in table.FROM_STORE} == table.defaults(trips.past)
    warnings = [line for line in Recording(Path(settings.out)).lines("recommender.jsonl") if line["severity"] == "WARN"]
    assert [line["trace_id"] for line in warnings] == ["trace"]
    assert "using defaults: ConnectionError after 4 attempts" in warnings[0]["message"]
    assert recommender.switch(Request({"version": "v9"}, "")).status == 404
    assert recommender.live == "v3"


def test_a_service_answers_counts_and_refuses_what_it_does_not_know() -> None:
    from tests.lab.web import Answer, Service

    port = free_ports()["shop"]
    service = Service(port, 2, {"POST /echo": lambda request: Answer(200, [request.body, request.trace_id])})
    threading.Thread(target=service.serve_forever, daemon=True).start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=5)) as client:
        assert client.post("/echo", json={"a": 1}, headers={"X-Request-ID": "t1"}).json() == [{"a": 1}, "t1"]
        assert client.get("/nothing").status_code == 404
        counted = 'http_request_duration_seconds_count{code="200",route="POST /echo"} 1.0'
        assert counted in client.get("/metrics").text


def test_the_shop_refuses_an_order_that_the_recommender_cannot_answer(settings: Settings) -> None:
    from tests.lab.shop import Shop
    from tests.lab.web import Request

    shop = Shop(settings)
    assert shop.order(Request({"trip_id": 1}, "t1")).status == 502
    (line,) = Recording(Path(settings.out)).lines("shop.jsonl")
    assert (line["severity"], line["trace_id"]) == ("ERROR", "t1")


def test_a_part_that_does_not_start_is_named_with_its_last_lines(settings: Settings, tmp_path: Path) -> None:
    with (
        pytest.raises(LabError, match=r"recommender did not start(.|\n)*no trip table in"),
        Parts(replace(settings, table=str(tmp_path / "nowhere"))) as parts,
    ):
        parts.start("recommender")


def test_a_recording_is_never_written_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious").write_text("x")
    assert main(["record", "--minutes", "1", "--out", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err or missing_daemons()
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


# The check


def test_the_shipped_recording_is_whole_and_its_readme_says_what_the_check_computes() -> None:
    facts, problems = check(SAMPLE)
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert problems == []
    assert [fact for fact in facts if fact not in readme] == []
    assert len(facts) > 10


def test_the_sample_is_small_and_holds_no_mistaken_minute() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) <= 4_000_000
    found = windows(Recording(SAMPLE))
    assert all(one.end == after.start for one, after in pairwise(found))
    assert found[1].start - found[0].start >= 600
    assert found[-1].end - found[0].start >= 1800


def _rewrite(folder: Path, name: str, change: Callable[[str], str]) -> None:
    text = change(Recording(folder).text(name))
    (folder / f"{name}.gz").unlink(missing_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def _first_half(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[: text.count("\n") // 2])


def _last_line_first(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([lines[-1], *lines[:-1]])


def _always_long(text: str) -> str:
    """A model that always says the same is as right in a fault as outside."""
    return text.replace('"y_pred":0', '"y_pred":1')


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("predictions.jsonl", _first_half, "labels have no prediction"),
        ("predictions.jsonl", lambda text: text.replace('"v4"', '"v3"'), "the bad version made no prediction"),
        ("predictions.jsonl", _always_long, "accuracy only falls by"),
        ("shop.jsonl", _first_half, "the gateway passed"),
        ("shop.jsonl", _last_line_first, "shop.jsonl: time runs backwards 1 times"),
        ("access.log", lambda text: text[: len(text) // 2 + 7], "access.log, line"),
        ("labels.jsonl", lambda _: "", "labels.jsonl is empty"),
        ("alerts.jsonl", lambda _: "", "no alert fired"),
        ("events.csv", lambda text: "\n".join([text.splitlines()[0], *text.splitlines()[:0:-1]]), "events.csv: times"),
        ("prometheus/service_up.json", lambda text: text.replace('"0"', '"1"'), "never shows it"),
        ("prometheus/error_share.json", lambda text: text[:-9], "error_share.json is not JSON"),
        ("truth.json", lambda text: text.replace('"verdict"', '"verdikt"'), "does not have what it must have"),
    ],
)
def test_damage_is_found_and_named(
    recording: Path, name: str, change: Callable[[str], str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _rewrite(recording, name, change)
    assert main(["check", str(recording)]) == 1
    assert any(line.startswith("PROBLEM: ") and words in line for line in capsys.readouterr().out.splitlines())


def test_a_missing_file_and_a_torn_archive_are_named(recording: Path) -> None:
    (recording / "labels.jsonl.gz").write_bytes(gzip.compress(b"x" * 9999)[:20])
    assert check(recording)[1] == ["labels.jsonl cannot be read: EOFError"]
    (recording / "labels.jsonl.gz").unlink()
    assert check(recording)[1] == ["labels.jsonl cannot be read: FileNotFoundError"]


def test_packing_alters_nothing_and_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    source, once, again = (tmp_path / name for name in ("source", "once", "again"))
    (source / "prometheus").mkdir(parents=True)
    (source / "prometheus" / "big.json").write_text(json.dumps(list(range(20_000))))
    (source / "small.csv").write_text("ts\n1\n")
    assert pack(source, once) == pack(source, again)
    assert (
        gzip.decompress((once / "prometheus" / "big.json.gz").read_bytes())
        == (source / "prometheus" / "big.json").read_bytes()
    )
    assert (once / "small.csv").read_text() == "ts\n1\n"
    assert all((again / p.relative_to(once)).read_bytes() == p.read_bytes() for p in once.rglob("*") if p.is_file())


# The whole, for real


@pytest.mark.slow
@needs_table
@pytest.mark.skipif(bool(missing_daemons()), reason=f"not installed: {', '.join(missing_daemons())}")
def test_two_minutes_for_real(tmp_path: Path) -> None:
    """Short faults have few predictions and no time for alerts: everything else has to be as in the long run."""
    main(["record", "--minutes", "2", "--seed", "5", "--out", str(tmp_path / "run")])
    _, problems = check(tmp_path / "run")
    too_short = ("alerts.jsonl is empty", "no alert fired", "accuracy")
    assert [problem for problem in problems if not any(words in problem for words in too_short)] == []
    stopped = Recording(tmp_path / "run").faults()[0]
    lines = Recording(tmp_path / "run").lines("recommender.jsonl")
    warned = [seconds(line["ts"]) for line in lines if line["severity"] == "WARN"]
    assert warned
    assert all(stopped.start <= at < stopped.end + 1 for at in warned)
