"""The lab: its plan is drawn from a seed, its parts do what they say, and `check` tells a damaged recording."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import psutil
import pytest

from tests.lab import judge as judging
from tests.lab import schedule, signs, table
from tests.lab.__main__ import main
from tests.lab.breaking import Breaking
from tests.lab.check import check
from tests.lab.faults import BY_NAME
from tests.lab.measure import Measured, windows
from tests.lab.pack import pack
from tests.lab.parts import LabError, Parts, missing_daemons
from tests.lab.record import record, truth
from tests.lab.recording import Recording, seconds
from tests.lab.settings import Settings, free_ports

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "lab"
FLAT_DAYS = np.full(24 * 9, 100)
needs_tables = pytest.mark.skipif(not table.TRIPS.exists(), reason=f"no trip table at {table.TRIPS.name}")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A copy of the shipped recording that a test may damage."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "recording"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("out", "state"):
        (tmp_path / name).mkdir()
    return Settings(str(tmp_path / "out"), str(tmp_path / "state"), str(table.TRIPS), "", 1.0, 1, free_ports())


# The plan


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    once, again, other = (schedule.arrivals(seed, 5, 10_000, FLAT_DAYS) for seed in (1, 1, 2))
    assert once == again != other
    assert schedule.faults(1, 96) == schedule.faults(1, 96) != schedule.faults(2, 96)


def test_load_has_the_rate_that_the_readme_promises() -> None:
    plan = schedule.arrivals(3, 30, 60_000, FLAT_DAYS)
    assert len(plan) / 1800 == pytest.approx(schedule.REQUESTS_PER_S, rel=0.05)
    assert sum(arrival.row >= 0 for arrival in plan) / len(plan) == pytest.approx(schedule.ORDER_SHARE, abs=0.02)
    assert [arrival.at_s for arrival in plan] == sorted(arrival.at_s for arrival in plan)


def test_load_follows_the_hours_it_is_given_at_30_seconds_each() -> None:
    night_and_day = np.array(([0] * 12 + [200] * 12) * 9)
    plan = schedule.arrivals(1, 96, 60_000, night_and_day)
    by_hour = np.bincount([int(arrival.at_s // schedule.HOUR_S) % 24 for arrival in plan], minlength=24)
    night, day = by_hour[2:10].mean(), by_hour[14:22].mean()
    assert night / (8 * schedule.HOUR_S) == pytest.approx(schedule.FLOOR_PER_S, rel=0.1)
    assert day / (8 * schedule.HOUR_S) == pytest.approx(2 * schedule.REQUESTS_PER_S - schedule.FLOOR_PER_S, rel=0.1)


@needs_tables
def test_the_hours_are_real_working_days_and_their_season_is_one_day() -> None:
    days = table.hires(9, 1).reshape(9, 24)
    assert (days[:, 3] < days[:, 8]).all()
    assert np.corrcoef(days)[np.triu_indices(9, 1)].min() > 0.7
    assert (table.hires(9, 1) == days.ravel()).all()
    assert not (table.hires(9, 2) == days.ravel()).all()


def test_no_trip_is_ordered_twice_and_labels_are_late_as_stated() -> None:
    surge = schedule.Surge(600, 720, range(60_000, 61_000))
    orders = [arrival for arrival in schedule.arrivals(1, 30, 60_000, FLAT_DAYS, surge) if arrival.row >= 0]
    assert len({arrival.row for arrival in orders}) == len(orders)
    assert 40 <= min(order.label_delay_s for order in orders) < 45
    assert 145 < max(order.label_delay_s for order in orders) <= 150
    surged = [order.at_s for order in orders if order.row >= 60_000]
    assert 600 <= min(surged) < max(surged) < 720
    assert len(surged) == pytest.approx(120 * schedule.SURGE_PER_S, rel=0.15)


@pytest.mark.parametrize("seed", range(20))
def test_every_fault_comes_once_after_the_first_days_and_one_late_day_stays_quiet(seed: int) -> None:
    planned = schedule.faults(seed, 96)
    assert sorted(one.fault.name for one in planned) == sorted(BY_NAME)
    assert min(one.start_s for one in planned) >= 3 * schedule.DAY_S
    assert max(one.end_s for one in planned) < 96 * 60
    touched = {int(at // schedule.DAY_S) for one in planned for at in (one.start_s, one.end_s)}
    assert len({3, 4, 5, 6, 7} - touched) == 1


@pytest.mark.parametrize("seed", range(20))
def test_some_faults_overlap_but_none_that_has_to_be_alone(seed: int) -> None:
    planned = sorted(schedule.faults(seed, 96), key=lambda one: one.start_s)
    together = [(one, other) for one, other in combinations(planned, 2) if other.start_s < one.end_s]
    assert len(together) == schedule.OVERLAPS
    assert not any(one.fault.alone or other.fault.alone for one, other in together)
    assert all((one.fault.verdict == "infra") != (other.fault.verdict == "infra") for one, other in together)
    redis = next(one for one in planned if one.fault.name == "redis_stopped")
    assert min((redis.start_s - one.end_s for one in planned if one.end_s < redis.start_s), default=999) > 240


def test_there_are_more_than_twelve_faults_of_every_verdict_and_each_has_a_sign() -> None:
    assert len(BY_NAME) >= 12
    assert {fault.verdict for fault in BY_NAME.values()} == {"infra", "model", "both", "neither"}
    assert set(signs.SIGNS) == set(BY_NAME)
    assert all(hasattr(Breaking, name) for name in BY_NAME)


def test_the_truth_names_the_target_that_was_drawn() -> None:
    planned = schedule.Planned(BY_NAME["workers_stuck"], "shop", 0, 10)
    said = truth(planned, "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z")
    assert said["services"] == ["shop", "gateway"]
    assert "{" not in json.dumps(said)[1:-1].replace('"', "")
    assert said["symptoms"] == [
        "busy workers of shop up",
        "shop stops answering",
        "gateway errors up",
        "shop restarted",
    ]


# The model


@pytest.fixture(scope="module")
def trips() -> table.Trips:
    return table.load()


@needs_tables
def test_the_model_is_right_as_long_as_its_features_and_its_training_are(trips: table.Trips) -> None:
    from tests.lab import models

    def accuracy(model: models.Model, rows: pd.DataFrame) -> float:
        return float((model.predict(rows[list(table.FEATURES)].to_numpy()) == rows["long_trip"]).mean())

    healthy = accuracy(v3 := models.train_v3(trips.past), trips.later)
    assert 0.85 < healthy < 0.95
    assert accuracy(v3, trips.later.assign(**table.defaults(trips.past))) < healthy - 0.1
    assert accuracy(models.train_v4(trips.past), trips.later) < healthy - 0.08


@needs_tables
def test_a_prediction_does_not_depend_on_the_order_in_which_features_came(trips: table.Trips) -> None:
    from tests.lab import models

    model, row = models.train_v3(trips.past.head(5000)), trips.later.iloc[0]
    features = {name: float(row[name]) for name in table.FEATURES}
    assert models.predict(model, features) == models.predict(model, dict(reversed(features.items())))


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--table"):
        table.load(tmp_path)


# The parts


@needs_tables
def test_the_recommender_falls_back_to_defaults_without_its_store(settings: Settings, trips: table.Trips) -> None:
    from tests.lab import models
    from tests.lab.recommender import Recommender
    from tests.lab.web import Request

    models.save_all(trips.past.head(5000), settings.kept_in_state("models"))
    recommender = Recommender(settings)
    body = {"trip_id": 7, "order_id": "o1", "features": dict.fromkeys(table.FROM_REQUEST, 1)}
    assert recommender.predict(Request(body, "trace")).status == 200
    (prediction,) = Recording(Path(settings.out)).lines("predictions.jsonl")
    assert {name: prediction["features"][name] for name in table.FROM_STORE} == table.defaults(trips.past.head(5000))
    warnings = [line for line in Recording(Path(settings.out)).lines("recommender.jsonl") if line["severity"] == "WARN"]
    assert [line["trace_id"] for line in warnings] == ["trace"]
    assert "using defaults: ConnectionError after 4 attempts" in warnings[0]["message"]
    json.loads(json.dumps(prediction), parse_constant=pytest.fail)
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


@pytest.mark.parametrize(
    ("used_mb", "status", "words"), [(100, 502, "recommender failed"), (300, 503, "300 MB in use, the limit is 256")]
)
def test_the_shop_refuses_an_order_without_a_prediction_or_without_memory(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, used_mb: int, status: int, words: str
) -> None:
    from tests.lab import shop
    from tests.lab.web import Request

    monkeypatch.setattr(shop, "memory_mb", lambda: used_mb)
    assert shop.Shop(settings).order(Request({"trip_id": 1}, "t1")).status == status
    (line,) = Recording(Path(settings.out)).lines("shop.jsonl")
    assert (line["severity"], line["trace_id"]) == ("ERROR", "t1")
    assert words in line["message"]


def test_a_full_disk_loses_whole_lines_and_stops_nothing(tmp_path: Path) -> None:
    from tests.lab.web import LOST, JsonLines

    lines, before = JsonLines(tmp_path / "log"), resource.getrlimit(resource.RLIMIT_FSIZE)
    lines.write(n=1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12, before[1]))
    try:
        lines.write(n=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    lines.write(n=3)
    assert (tmp_path / "log").read_text() == '{"n":1}\n{"n":3}\n'
    assert LOST._value.get() == 1


def test_a_part_that_does_not_start_is_named_with_its_last_lines(settings: Settings, tmp_path: Path) -> None:
    with (
        pytest.raises(LabError, match=r"recommender did not start(.|\n)*No such file or directory: .*v3.joblib"),
        Parts(settings) as parts,
    ):
        parts.start("recommender")
    assert parts.died() == []


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
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) <= 6_000_000
    found = windows(Recording(SAMPLE))
    assert all(after.start <= one.end for one, after in pairwise(found)), "no minute is without a window"
    assert found[1].start - found[0].start >= 1_800
    assert found[-1].end - found[0].start >= 5_700
    assert sorted(one.name for one in Recording(SAMPLE).faults()) == sorted(BY_NAME)


def test_no_fault_is_seen_in_minutes_in_which_there_was_none() -> None:
    """Every fault of the recording, moved into the quiet before the first, has to be missed."""
    measured = Measured(Recording(SAMPLE))
    for fault in measured.recording.faults():
        length, start = fault.end - fault.start, measured.calm.start + 60
        assert list(signs.missing(measured, fault)) == []
        assert list(signs.missing(measured, replace(fault, start=start, end=start + length))) != []


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


@pytest.fixture
def everything() -> None:
    """What a run needs; without it the test is skipped, which CI does not accept."""
    lacking = [*missing_daemons(), *(folder.name for folder in (table.TRIPS, table.BIKES) if not folder.exists())]
    if lacking:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"not there: {', '.join(lacking)} (tests/lab/README.md says what to install)")


def _children() -> set[str]:
    return {child.name() for child in psutil.Process().children(recursive=True)}


@pytest.mark.slow
@pytest.mark.usefixtures("everything")
def test_two_minutes_with_one_fault_for_real(tmp_path: Path) -> None:
    before = _children()
    run = ["--minutes", "2", "--seed", "5", "--faults", "redis_stopped", "--out", str(tmp_path / "run")]
    subprocess.run([sys.executable, "-m", "tests.lab", "record", *run], cwd=ROOT, check=True)
    assert _children() <= before
    recording = Recording(tmp_path / "run")
    (stopped,) = recording.faults()
    warned = [seconds(line["ts"]) for line in recording.lines("recommender.jsonl") if line["severity"] == "WARN"]
    assert warned
    assert all(stopped.start <= at < stopped.end + 1 for at in warned)


@pytest.mark.slow
@pytest.mark.usefixtures("everything")
def test_a_part_that_dies_is_named_with_its_last_lines_and_all_others_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _children()
    monkeypatch.setattr(schedule, "harmless", lambda *_: 3.0)
    monkeypatch.setattr(Breaking, "deploy", lambda self, *_: os.kill(self.parts.pid("redis"), signal.SIGTERM))
    run = (tmp_path / "run", 1.0, 1, table.TABLES, ("redis_slowed",))
    with ThreadPoolExecutor(1) as alone, pytest.raises(LabError) as raised:  # a browser's loop may run in this thread
        alone.submit(record, *run).result()
    assert "redis ended in the middle of the recording" in str(raised.value)
    assert "Redis is now ready to exit" in str(raised.value)
    assert _children() <= before


# What is said of it


def test_the_truth_of_faults_that_lie_in_one_incident_is_that_of_both() -> None:
    assert judging.together({"infra"}) == "infra"
    assert judging.together({"infra", "neither"}) == "infra"
    assert judging.together({"infra", "model"}) == "both"
    assert judging.together({"neither"}) == "neither"


@pytest.mark.slow
def test_of_the_shipped_recording_at_least_twelve_faults_get_their_verdict() -> None:
    judged = judging.judge(SAMPLE)
    assert [one.fault.name for one in judged.answers if one.fault.name == "redis_stopped" and one.said == "infra"]
    assert sum(one.right for one in judged.answers) >= 12
    assert judged.more == (), "no incident without a fault"
    assert judging.lines(judged)[-1] == f"{sum(one.right for one in judged.answers)} of 14 right"
