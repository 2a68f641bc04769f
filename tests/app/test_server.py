"""A real process: it answers, stops when told, and slow clients cannot stop it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from app.errors import SettingsError
from app.server import address_of, bind, serve
from app.settings import Settings
from tests.benchmarks.servers import half_open_posts

ROOT = Path(__file__).resolve().parents[2]


def get(address: str, path: str) -> str:
    with urlopen(f"{address}{path}", timeout=20) as answer:
        return answer.read().decode()


def test_it_answers_while_forty_posts_never_send_their_body(home: Path, serve_home: Callable[..., str]) -> None:
    address = serve_home(home)
    port = urlsplit(address).port
    assert port is not None
    with half_open_posts(port, path="/_dash-update-component", count=40):
        assert json.loads(get(address, "/healthz"))["status"] == "ok"
        assert "Diptych" in get(address, "/")
        assert "Main" in get(address, "/_dash-layout")


def test_two_processes_share_one_port_and_both_end_when_told(home: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "app",
        "--home",
        str(home),
        "serve",
        "--port",
        "0",
        "--no-worker",
        "--workers",
        "2",
    ]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    address = parent.stdout.readline().split()[-1].rstrip("/")
    assert json.loads(get(address, "/healthz"))["status"] == "ok"
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    assert len(children) == 2
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(30) == 0
    parent.stdout.close()
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_web_process_that_dies_is_replaced(home: Path, serve_home: Callable[..., str]) -> None:
    address = serve_home(home, "--workers", "2")
    get(address, "/healthz")
    first = _web_processes(home)
    os.kill(first[0], signal.SIGKILL)
    for _ in range(200):
        now = _web_processes(home)
        if len(now) == 2 and first[0] not in now:
            break
        time.sleep(0.1)
    assert len(now) == 2
    assert json.loads(get(address, "/healthz"))["status"] == "ok"


def _web_processes(home: Path) -> list[int]:
    """Children of the server of this home."""
    import psutil

    parents = [each for each in psutil.Process().children() if str(home) in each.cmdline()]
    return [child.pid for parent in parents for child in parent.children() if child.status() != psutil.STATUS_ZOMBIE]


def test_an_address_that_others_reach_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="no sign-in yet"):
        serve(Settings(home=home, host="0.0.0.0"))
    assert not home.exists()


def test_a_taken_port_is_said() -> None:
    with bind("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="is taken"):
        bind("127.0.0.1", taken.getsockname()[1])


def test_the_address_is_one_to_open() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}/"
    with bind("::1", 0) as listening:
        assert address_of(listening).startswith("http://[::1]:")
