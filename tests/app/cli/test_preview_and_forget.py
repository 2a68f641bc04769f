"""`preview` and `forget` as processes: words, JSON, statuses, and who is asked."""

from __future__ import annotations

import getpass
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.changes import list_changes
from tests.app.cli.process import ROOT, diptych

METRICS = (
    "time,service,metric,value\n2026-11-22 03:05:00,shop,up,1\n2026-11-22 03:05:05,\x1b[2Jshop,up,1\nnever,shop,up,1\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.csv"
    path.write_text(METRICS)
    return path


def test_preview_says_what_ingest_would_do_and_makes_no_home(tmp_path: Path, file: Path) -> None:
    told = diptych(tmp_path / "home", "preview", file)
    assert told.status == 1
    assert "Metrics, from CSV (found from the content)." in told.out
    assert "time -> ts" in told.out
    assert "read as UTC (change it with --tz)" in told.out
    assert "4 lines = 2 accepted + 1 rejected + 1 ignored: 2 metrics." in told.out
    assert "line 4 would be rejected: the time 'never' cannot be read" in told.out
    assert "\x1b" not in told.out
    assert not (tmp_path / "home").exists()


def test_preview_in_json(tmp_path: Path, file: Path) -> None:
    told = diptych(tmp_path / "home", "preview", file, "--as", "metrics", "--tz", "Europe/Berlin", "--json")
    assert (told.status, told.err) == (1, "")
    assert (told.json["lines"], told.json["accepted"], told.json["rejected"]) == (4, 2, 1)
    (one,) = told.json["files"]
    assert one["columns"] == {"time": "ts", "service": "service", "metric": "metric", "value": "value"}
    assert one["rows"]["metrics"][0]["ts"] == "2026-11-22T02:05:00+00:00"
    assert one["decisions"][0] == "stated: tz = Europe/Berlin"
    assert told.json["problems"][0]["line"] == 4


def test_a_clean_file_leaves_status_0(tmp_path: Path, file: Path) -> None:
    file.write_text(METRICS.replace("never,shop,up,1\n", ""))
    assert diptych(tmp_path / "home", "preview", file).status == 0


def test_forget_needs_yes_where_nobody_can_be_asked(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    diptych(home, "ingest", file)
    refused = diptych(home, "forget", "metrics.csv")
    assert refused.status == 2
    assert "2 metrics, 2026-11-22 03:05:00 to 2026-11-22 03:05:05 UTC." in refused.out
    assert "Give --yes" in refused.err
    done = diptych(home, "forget", file, "--yes")
    assert (done.status, done.err) == (0, "")
    assert "Taken back: 1 file." in done.out
    assert diptych(home, "status", "--json").json["rows"] == {}
    assert diptych(home, "ingest", file, "--json").json["by_kind"] == {"metrics": 2}
    (change,) = list_changes(Catalog.open(home))
    assert (change.kind, change.who) == ("file", getpass.getuser())


@pytest.mark.parametrize(("answer", "status", "left"), [(b"n\n", 1, 1), (b"y\n", 0, 0)])
def test_forget_asks_on_a_terminal(tmp_path: Path, file: Path, answer: bytes, status: int, left: int) -> None:
    home = tmp_path / "home"
    diptych(home, "ingest", file)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "app", "--home", str(home), "forget", "metrics.csv"]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asked:
        os.write(ours, answer)
        assert asked.wait(60) == status
    os.close(ours)
    os.close(theirs)
    assert diptych(home, "status", "--json").json["files"] == left


def test_forget_takes_the_bare_name_of_a_folder(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "logs"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.csv").write_text(f"time,service,metric,value\n2026-11-22 03:0{number}:00,shop,up,1\n")
    diptych(home, "ingest", folder)
    done = diptych(home, "forget", "logs/", "--yes")
    assert (done.status, done.err) == (0, "")
    assert "Taken back: 2 files." in done.out


def test_unknown_names_and_no_store_are_said_in_one_line(tmp_path: Path, file: Path) -> None:
    assert "no Diptych store" in diptych(tmp_path / "home", "forget", "x").refused()
    assert not (tmp_path / "home").exists()
    diptych(tmp_path / "home", "ingest", file)
    assert "Nearest are: metrics.csv" in diptych(tmp_path / "home", "forget", "metrcs.csv", "--yes").refused()
