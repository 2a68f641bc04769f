"""The parts of the lab as processes: started in order, named when they fail, stopped by their own id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.lab.settings import Settings

CONFIG = Path(__file__).parent / "config"
ROOT = Path(__file__).parents[2]
DAEMONS: tuple[str, ...] = ("nginx", "redis-server", "prometheus", "prometheus-alertmanager")
DAEMONS += ("prometheus-node-exporter", "prometheus-redis-exporter", "prometheus-postgres-exporter")
POSTGRES_PATHS = "/usr/lib/postgresql"
NODE_COLLECTORS = ("cpu", "meminfo", "loadavg")
NO_ROOT = ("postgres", "nobody")  # PostgreSQL refuses to run as root: the first of these that there is


class LabError(Exception):
    """The lab cannot run; the message says what to do."""


def missing_daemons() -> list[str]:
    return [name for name in DAEMONS if shutil.which(name) is None] + [
        name for name in ("postgres", "initdb") if postgres_program(name) is None
    ]


def postgres_program(name: str) -> str | None:
    """Debian keeps the programs of each PostgreSQL version in a folder that is not on the path."""
    packaged = sorted(Path(POSTGRES_PATHS).glob(f"*/bin/{name}"))
    return str(packaged[-1]) if packaged else shutil.which(name)


def unprivileged() -> str | None:
    """Whom PostgreSQL runs as; None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in NO_ROOT if name in known), None)


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
        self._state.chmod(0o711)  # PostgreSQL's own folder in it belongs to another user
        for name in ("nginx.conf", "prometheus.yml", "rules.yml", "alertmanager.yml"):
            fill(name, self._state / name, STATE=self._state, OUT=self.settings.out, **ports)
        return self

    def __exit__(self, *_: object) -> None:
        for part in reversed(list(self._running)):
            self.stop(part)

    def start_all(self) -> None:
        self._make_database()
        for part in ("redis", "postgres", "recommender", "shop", "nginx", "observer"):
            self.start(part)
        for part in ("redis_exporter", "postgres_exporter", "node_exporter", "alertmanager", "prometheus"):
            self.start(part)

    def pid(self, part: str) -> int:
        return self._running[part].pid

    def start(self, part: str, patience_s: float = 60) -> None:
        """Starts a part and waits until it answers on its port."""
        log = (self._state / f"{part}.out").open("ab")
        user = unprivileged() if part == "postgres" else None
        self._running[part] = subprocess.Popen(
            self._command(part),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=self._state,
            env=self._environment(),
            user=user,
        )
        deadline = time.monotonic() + patience_s
        while not self._answers(part):
            if self._running[part].poll() is not None or time.monotonic() > deadline:
                raise LabError(f"{part} did not start. Its last lines:\n{self.last_lines(part)}")
            time.sleep(0.05)

    def stop(self, part: str, patience_s: float = 10) -> None:
        process = self._running.pop(part)
        process.send_signal(signal.SIGCONT)  # a stopped process would not hear the next one
        process.send_signal(signal.SIGINT if part == "postgres" else signal.SIGTERM)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def died(self) -> list[str]:
        """Parts that ended without being asked to."""
        return [part for part, process in self._running.items() if process.poll() is not None]

    def expect_alive(self) -> None:
        """Raises LabError with the last lines of what has ended without being asked to."""
        if died := self.died():
            lines = "\n".join(f"{part}: {self.last_lines(part)}" for part in died)
            raise LabError(f"{', '.join(died)} ended in the middle of the recording. Their last lines:\n{lines}")

    def _make_database(self) -> None:
        folder, user = self._state / "database", unprivileged()
        folder.mkdir(mode=0o700)
        if user:
            shutil.chown(folder, user)
        command = [postgres_program("initdb") or "initdb", "-D", str(folder), "-U", "lab", "--auth=trust", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, user=user, cwd=folder, check=False)
        if made.returncode:
            raise LabError(f"PostgreSQL's initdb failed. Its last lines:\n{made.stderr[-500:]}")

    def _environment(self) -> dict[str, str]:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        database = f"postgresql://lab@127.0.0.1:{self.settings.ports['postgres']}/postgres?sslmode=disable"
        return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ":".join(paths), "DATA_SOURCE_NAME": database}

    def _command(self, part: str) -> list[str]:
        port, state = self.settings.ports[part], self._state
        listen = f"127.0.0.1:{port}"
        web = [f"--web.listen-address={listen}", f"--web.external-url=http://{listen}"]
        commands = {
            "nginx": f"nginx -p {state} -c {state}/nginx.conf".split(),
            "redis": f"redis-server --bind 127.0.0.1 --port {port} --appendonly no --dir {state}".split(),
            "postgres": f"{postgres_program('postgres')} -D {state}/database -h 127.0.0.1 -p {port}".split(),
            "redis_exporter": f"prometheus-redis-exporter -web.listen-address={listen}".split(),
            "postgres_exporter": f"prometheus-postgres-exporter --web.listen-address={listen}".split(),
            "node_exporter": f"prometheus-node-exporter --web.listen-address={listen}".split(),
            "prometheus": f"prometheus --config.file={state}/prometheus.yml --storage.tsdb.path={state}/tsdb".split(),
            "alertmanager": f"prometheus-alertmanager --config.file={state}/alertmanager.yml".split(),
        }
        more = {
            "redis": ["--save", "", "--enable-debug-command", "local"],
            "postgres": ["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=60"],
            "redis_exporter": [f"-redis.addr=redis://127.0.0.1:{self.settings.ports['redis']}"],
            "postgres_exporter": ["--disable-settings-metrics"],
            "node_exporter": ["--collector.disable-defaults", *(f"--collector.{c}" for c in NODE_COLLECTORS)],
            "prometheus": [*web, "--query.lookback-delta=15s"],
            "alertmanager": [*web, f"--storage.path={state}/alertmanager", "--cluster.listen-address="],
        }
        if part in commands:
            return [*commands[part], *more.get(part, [])]
        return [sys.executable, "-m", f"tests.lab.{part}", self._settings_file]

    def _answers(self, part: str) -> bool:
        """PostgreSQL takes connections before it takes questions."""
        if part == "postgres":
            return subprocess.run(self._is_ready(), capture_output=True, check=False).returncode == 0
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.settings.ports[part])) == 0

    def _is_ready(self) -> list[str]:
        port = self.settings.ports["postgres"]
        return [postgres_program("pg_isready") or "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]

    def last_lines(self, part: str) -> str:
        lines = (self._state / f"{part}.out").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-5:]) or "(it wrote none)"
