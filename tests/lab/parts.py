"""The parts of the lab as processes: started in order, named when they fail, stopped by their own id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.lab.settings import Settings

CONFIG = Path(__file__).parent / "config"
ROOT = Path(__file__).parents[2]
DAEMONS = ("nginx", "redis-server", "prometheus-redis-exporter", "prometheus", "prometheus-alertmanager")


class LabError(Exception):
    """The lab cannot run; the message says what to do."""


def missing_daemons() -> list[str]:
    return [name for name in DAEMONS if shutil.which(name) is None]


def fill(name: str, target: Path, **values: object) -> None:
    """Copies a file of config/ with every @KEY@ replaced."""
    text = (CONFIG / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    target.write_text(text, encoding="utf-8")


class Parts:
    """All processes of one run. Use as a context manager: whatever was started is stopped."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._state = Path(settings.state)
        self._settings_file = str(settings.save())

    def __enter__(self) -> Parts:
        ports = {part.upper(): port for part, port in self.settings.ports.items()}
        for name in ("nginx.conf", "prometheus.yml", "rules.yml", "alertmanager.yml"):
            fill(name, self._state / name, STATE=self._state, OUT=self.settings.out, **ports)
        return self

    def __exit__(self, *_: object) -> None:
        for part in reversed(list(self._running)):
            self.stop(part)

    def start_all(self) -> None:
        self.start("redis")
        for part in ("recommender", "shop", "nginx", "observer", "redis_exporter", "alertmanager", "prometheus"):
            self.start(part)

    def start(self, part: str, patience_s: float = 60) -> None:
        """Starts a part and waits until its port answers."""
        log = (self._state / f"{part}.out").open("ab")
        env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        command = self._command(part)
        self._running[part] = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._state, env=env
        )
        deadline = time.monotonic() + patience_s
        while not self._answers(part):
            if self._running[part].poll() is not None or time.monotonic() > deadline:
                raise LabError(f"{part} did not start. Its last lines:\n{self._last_lines(part)}")
            time.sleep(0.05)

    def stop(self, part: str, patience_s: float = 10) -> None:
        process = self._running.pop(part)
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def died(self) -> list[str]:
        """Parts that ended without being asked to."""
        return [part for part, process in self._running.items() if process.poll() is not None]

    def _command(self, part: str) -> list[str]:
        port, state = self.settings.ports[part], self._state
        web = [f"--web.listen-address=127.0.0.1:{port}", f"--web.external-url=http://127.0.0.1:{port}"]
        commands = {
            "nginx": f"nginx -p {state} -c {state}/nginx.conf".split(),
            "redis": f"redis-server --bind 127.0.0.1 --port {port} --appendonly no --dir {state}".split(),
            "redis_exporter": f"prometheus-redis-exporter -web.listen-address=127.0.0.1:{port}".split(),
            "prometheus": f"prometheus --config.file={state}/prometheus.yml --storage.tsdb.path={state}/tsdb".split(),
            "alertmanager": f"prometheus-alertmanager --config.file={state}/alertmanager.yml".split(),
        }
        more = {
            "redis": ["--save", ""],
            "redis_exporter": [f"-redis.addr=redis://127.0.0.1:{self.settings.ports['redis']}"],
            "prometheus": [*web, "--query.lookback-delta=15s"],
            "alertmanager": [*web, f"--storage.path={state}/alertmanager", "--cluster.listen-address="],
        }
        if part in commands:
            return [*commands[part], *more.get(part, [])]
        return [sys.executable, "-m", f"tests.lab.{part}", self._settings_file]

    def _answers(self, part: str) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.settings.ports[part])) == 0

    def _last_lines(self, part: str) -> str:
        lines = (self._state / f"{part}.out").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-5:]) or "(it wrote none)"
