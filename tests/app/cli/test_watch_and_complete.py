"""`watch` until it is stopped, and the shell's completion of commands."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.app.cli.process import MOST_S, ROOT, diptych

METRICS = "time,service,metric,value\n2026-11-22T03:05:00Z,shop,up,1\n2026-11-22T03:06:00Z,shop,up,0\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_watch_takes_what_arrives_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    folder, home = tmp_path / "in", tmp_path / "home"
    folder.mkdir()
    command = [sys.executable, "-m", "app", "--home", str(home), "watch", str(folder), "--every", "0.2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert "Watching" in watching.stdout.readline()
        (folder / "metrics.csv").write_text(METRICS)
        assert "1 file taken, 0 already there: 2 metrics" in watching.stdout.readline()
        time.sleep(0.3)  # a look or two in which nothing is new
        watching.send_signal(number)
        out, err = watching.communicate(timeout=MOST_S)
    assert watching.returncode == 0
    assert err == ""
    assert re.search(
        r"Stopped\.\n1 file taken, .*\n3 lines = 2 accepted \+ 0 rejected \+ 1 ignored \(heads, .*\)\.\n$", out
    )
    assert diptych(home, "status", "--json").json["rows"] == {"metrics": 2}


def completed(words: str, at: int, home: Path) -> list[str]:
    environment = {"_DIPTYCH_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    return [line.partition(",")[2] for line in diptych(home, **environment).out.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "at", "found"),
    [
        ("diptych i", 1, ["import", "ingest"]),
        ("diptych in", 1, ["ingest"]),
        ("diptych fo", 1, ["forecast", "forget"]),
        ("diptych forecast --a", 2, ["--ahead"]),
        ("diptych import ", 2, ["state"]),
        ("diptych ingest --as lo", 3, ["logs"]),
        ("diptych run", 1, []),
    ],
)
def test_commands_and_options_complete(tmp_path: Path, words: str, at: int, found: list[str]) -> None:
    assert completed(words, at, tmp_path / "home") == found
    assert not (tmp_path / "home").exists()


def test_the_shell_gets_its_script_and_help_says_how(tmp_path: Path) -> None:
    script = diptych(tmp_path, _DIPTYCH_COMPLETE="bash_source")
    assert script.status == 0
    assert "complete -o nosort" in script.out
    assert 'eval "$(_DIPTYCH_COMPLETE=bash_source diptych)"' in diptych(tmp_path, "--help").out
