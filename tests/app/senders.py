"""Real systems that send to a real server: Debian's Prometheus and Alertmanager, and the SDK of OpenTelemetry."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from data.receive.posts import RECEIVERS
from data.store import Store

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-the-tests-of-senders"
TOKENS = {f"DIPTYCH_RECEIVE_{each.name.upper()}": TOKEN for each in RECEIVERS}
PATIENCE_S = 120.0
CONFIG = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
alerting:
  alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]
scrape_configs:
  - {{job_name: prom, static_configs: [{{targets: ["127.0.0.1:{prometheus}"]}}]}}
remote_write:
  - url: http://127.0.0.1:{diptych}/api/v1/write
    authorization: {{credentials: {token}}}
    queue_config: {{batch_send_deadline: 1s, min_backoff: 100ms, max_backoff: 500ms}}
"""
RULES = """
groups:
  - name: test
    rules:
      - alert: AlwaysBad
        expr: vector(1)
        labels: {service: shop, severity: critical}
        annotations: {summary: all bad}
"""
ALERTMANAGER = """
route: {{receiver: diptych, group_wait: 1s, group_interval: 2s, repeat_interval: 4s}}
receivers:
  - name: diptych
    webhook_configs:
      - url: http://127.0.0.1:{diptych}/api/v1/alerts
        http_config: {{authorization: {{credentials: {token}}}}}
"""


def need(*programs: str) -> None:
    """Skip without them, which CI does not accept."""
    lacking = [name for name in programs if shutil.which(name) is None]
    if lacking:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"not there: {', '.join(lacking)} (apt-get install {' '.join(lacking)})")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`diptych serve` with all receivers on, on a port that stays when it is killed and begun again."""

    home: Path
    port: int
    process: subprocess.Popen[str] | None = None
    kills: int = 0

    def start(self) -> None:
        command = [sys.executable, "-m", "app", "--home", str(self.home), "serve", "--no-worker", "--port"]
        said = {"cwd": ROOT, "env": {**os.environ, **TOKENS}, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([*command, str(self.port)], **said)
        assert self.process.stdout
        assert "answers" in self.process.stdout.readline()

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with Store.open(self.home) as store, store.snapshot() as snap:
            return snap.rows(query)


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    server = Server(home, free_port())
    server.start()
    try:
        yield server
    finally:
        assert server.process
        server.process.terminate()
        server.process.wait()


@contextmanager
def running(folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


@contextmanager
def prometheus(folder: Path, diptych: int, alertmanager: int = 9) -> Iterator[int]:
    """A Prometheus that watches itself and writes here what it sees; its port."""
    port = free_port()
    said = {"prometheus": port, "diptych": diptych, "alertmanager": alertmanager, "token": TOKEN}
    (folder / "prometheus.yml").write_text(CONFIG.format(**said))
    (folder / "rules.yml").write_text(RULES)
    place = ["--config.file=prometheus.yml", "--storage.tsdb.path=tsdb", f"--web.listen-address=127.0.0.1:{port}"]
    with running(folder, "prometheus", *place, "--storage.remote.flush-deadline=1s"):
        yield port


@contextmanager
def alertmanager(folder: Path, diptych: int) -> Iterator[int]:
    port = free_port()
    (folder / "alertmanager.yml").write_text(ALERTMANAGER.format(diptych=diptych, token=TOKEN))
    place = ["--config.file=alertmanager.yml", "--storage.path=am", f"--web.listen-address=127.0.0.1:{port}"]
    with running(folder, "prometheus-alertmanager", *place, "--cluster.listen-address="):
        yield port


def asked(port: int, query: str) -> list[dict[str, Any]]:
    """What Prometheus answers to an instant query."""
    address = f"http://127.0.0.1:{port}/api/v1/query?{urlencode({'query': query})}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return list(json.load(answer)["data"]["result"])


def until(come_true: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not come_true():
        assert time.monotonic() < end, f"not within {PATIENCE_S:.0f} s: {what}"
        time.sleep(0.5)
