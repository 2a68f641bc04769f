"""`ingest`, `status`, `sql`, `registry` and `worker` in the words of the contract, on one small home."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from data import jobs
from data.catalog.catalog import Catalog
from tests.app.cli.process import Done, diptych

METRICS = """time,service,metric,value,zone
2026-11-22T03:05:00Z,shop,latency_ms,12.5,a
2026-11-22T03:05:05Z,shop,latency_ms,13.5,b
2026-11-22T03:05:10Z,shop,latency_ms,no number,b
2026-11-22T03:05:15Z,feature-store,up,1,
"""
LOGS = "".join(
    json.dumps({"ts": f"2026-11-22T03:05:{second:02d}Z", "service": "shop", "message": f"=order {second}"}) + "\n"
    for second in range(3)
)
REGISTRY = """[[services]]
name = "shop"
owner = "Ines"
[[services]]
name = "recommender"
[[metrics]]
name = "latency_ms"
role = "latency"
unit = "ms"
bad_direction = "up"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "metrics.csv").write_text(METRICS)
    (made / "logs.jsonl").write_text(LOGS)
    (made / "registry.toml").write_text(REGISTRY)
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "home"


@pytest.fixture(scope="module")
def ingested(home: Path, folder: Path) -> Done:
    return diptych(home, "ingest", folder / "metrics.csv", folder / "logs.jsonl", "--json")


def test_a_broken_line_is_counted_said_and_leaves_status_1(ingested: Done) -> None:
    assert (ingested.status, ingested.err) == (1, "")
    report = ingested.json
    assert {"files", "skipped", "lines", "accepted", "rejected", "ignored", "by_kind", "elapsed_s", "problems"} <= set(
        report
    )
    assert (report["files"], report["skipped"], report["rejected"]) == (2, 0, 1)
    assert report["lines"] == len((METRICS + LOGS).splitlines())
    assert report["lines"] == report["accepted"] + report["rejected"] + report["ignored"]
    assert report["by_kind"] == {"metrics": 3, "logs": 3}
    (problem,) = report["problems"]
    assert (problem["file"], problem["line"]) == ("metrics.csv", 4)
    assert "no number" in problem["reason"]


def test_the_same_files_again_are_skipped(ingested: Done, home: Path, folder: Path) -> None:
    again = diptych(home, "ingest", folder / "metrics.csv", folder / "logs.jsonl", "--json")
    assert again.status == 0
    assert (again.json["files"], again.json["skipped"], again.json["lines"]) == (0, 2, 0)


def test_without_json_the_report_is_words_and_problems_go_to_stderr(ingested: Done, home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(METRICS.replace("T03", "T04"))
    told = diptych(home, "ingest", tmp_path / "more.csv")
    assert told.status == 1
    assert "1 file taken" in told.out
    assert "5 lines = 3 accepted + 1 rejected + 1 ignored (heads, comments, blank lines, missing values)." in told.out
    assert "more.csv:4: " in told.err
    assert "ingest: 100%" in told.err


def test_problems_are_capped_and_counts_are_exact(home: Path, tmp_path: Path) -> None:
    good = "2026-11-22T01:00:00Z,shop,queue_length,1\n"
    bad = "".join(f"2026-11-22T01:{i // 60:02d}:{i % 60:02d}Z,shop,queue_length,much\n" for i in range(300))
    (tmp_path / "many.csv").write_text("time,service,metric,value\n" + good + bad)
    report = diptych(home, "ingest", tmp_path / "many.csv", "--as", "metrics", "--json").json
    assert (report["rejected"], report["accepted"], report["lines"]) == (300, 1, 302)
    assert 0 < len(report["problems"]) <= 200


def test_a_file_that_is_nothing_known_is_refused_as_a_whole(home: Path, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    told = diptych(home, "ingest", tmp_path / "picture.png", "--json")
    assert (told.status, told.err) == (1, "")
    assert (told.json["files"], told.json["lines"]) == (0, 0)
    assert told.json["problems"][0]["reason"].startswith("It is no text")


def test_status_says_what_is_stored(ingested: Done, home: Path) -> None:
    found = diptych(home, "status", "--json")
    assert (found.status, found.err) == (0, "")
    assert found.json["rows"]["logs"] == 3
    assert found.json["quarantine"] >= 1
    assert {"rows", "start", "end", "services", "models", "generation", "bytes", "quarantine"} <= set(found.json)
    words = diptych(home, "status")
    assert words.status == 0
    assert "generation" in words.out


def test_an_empty_home_says_how_to_fill_it(tmp_path: Path) -> None:
    assert "diptych ingest" in diptych(tmp_path / "new", "status").out


def test_the_home_may_stand_in_the_environment(ingested: Done, home: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    from tests.app.cli.process import ROOT

    done = subprocess.run(
        [sys.executable, "-m", "app", "status", "--json"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DIPTYCH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["rows"]["logs"] == 3


def test_sql_as_csv_is_readable_and_disarmed(ingested: Done, home: Path) -> None:
    asked = diptych(home, "sql", "SELECT ts, message, service FROM logs ORDER BY ts", "--csv")
    assert (asked.status, asked.err) == (0, "")
    rows = list(csv.reader(io.StringIO(asked.out)))
    assert rows[:2] == [["ts", "message", "service"], ["2026-11-22T03:05:00+00:00", "'=order 0", "shop"]]
    assert len(rows) == 4


def test_sql_as_json_keeps_columns_of_the_same_name_and_maps(ingested: Done, home: Path) -> None:
    query = "SELECT labels, value AS x, 2 AS x FROM metrics WHERE metric = 'latency_ms' ORDER BY ts LIMIT 1"
    asked = diptych(home, "sql", query, "--json")
    assert asked.json == {"columns": ["labels", "x", "x"], "rows": [[{"zone": "a"}, 12.5, 2]]}


def test_sql_draws_a_table_and_a_plan(ingested: Done, home: Path) -> None:
    table = diptych(home, "sql", "SELECT labels, value FROM metrics WHERE value = 12.5 AND hour(ts) = 3")
    assert table.out.splitlines() == ["labels         value", '{"zone": "a"}  12.5']
    plan = diptych(home, "sql", "EXPLAIN SELECT 1")
    assert plan.status == 0
    assert len(plan.out.splitlines()) > 2
    assert "\ufffd" not in plan.out


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DROP VIEW metrics", "Only SELECT"),
        ("INSERT INTO metrics VALUES (1)", "Only SELECT"),
        ("SELECT 1; SELECT 2", "exactly one"),
        ("SELECT * FROM nothing", "The views are metrics"),
    ],
)
def test_sql_that_is_no_question_is_refused(ingested: Done, home: Path, query: str, said: str) -> None:
    assert said in diptych(home, "sql", query).refused()


def test_sql_has_limits(ingested: Done, home: Path) -> None:
    assert "more than 3 rows" in diptych(home, "sql", "FROM range(10)", "--rows", 3).refused()


def test_a_registry_is_loaded_once(ingested: Done, home: Path, folder: Path) -> None:
    first = diptych(home, "registry", folder / "registry.toml")
    assert (first.status, first.out) == (0, "Loaded 3 entries.\n")
    again = diptych(home, "registry", folder / "registry.toml")
    assert again.status == 0
    assert "already" in again.out
    asked = diptych(home, "sql", "SELECT service, owner FROM services WHERE owner <> ''", "--json")
    assert asked.json["rows"] == [["shop", "Ines"]]


@pytest.mark.parametrize(
    ("text", "said"), [("[[serv", "no valid TOML"), ("[[services]]\nname = 3\n", "name has to be a text")]
)
def test_a_wrong_registry_is_refused_in_words(home: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "wrong.toml").write_text(text)
    assert said in diptych(home, "registry", tmp_path / "wrong.toml").refused()


def test_ingest_queues_one_scan_and_a_worker_runs_it(ingested: Done, home: Path) -> None:
    catalog = Catalog.open(home)
    assert [job.state for job in jobs.recent(catalog, kinds=("scan",)) if job.state == "queued"] == ["queued"]
    done = diptych(home, "worker", "--once")
    assert (done.status, done.out, done.err) == (0, "", "")
    newest = jobs.recent(catalog, kinds=("scan",))[0]
    catalog.close()
    assert (newest.state, newest.result) == ("done", {"incidents": 0})


def test_what_had_to_be_decided_is_said_with_how_to_change_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text('127.0.0.1 - - [22/Nov/2026:03:05:00 +0000] "GET / HTTP/1.1" 200 512\n' * 2)
    done = diptych(home, "ingest", tmp_path / "access.log")
    assert "records name no service and stand under 'unknown_service' (name it with --service NAME" in done.out
    assert done.out.rstrip().endswith("beside the file), 2 times")


def test_refused_files_are_counted_and_their_reason_said_once(home: Path, tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n}.txt").write_text("no table\nand no log\n")
    done = diptych(home, "ingest", tmp_path)
    assert done.status == 1
    assert "0 files taken, 0 already there, 5 refused" in done.out
    assert done.err.count("cannot be told from its content") == 1
    assert "0.txt, 1.txt, 2.txt and 2 more files: " in done.err.replace("\u00a0", " ")
    assert "quarantine" not in done.err, "no line of theirs is kept there"
