"""One run from start to end: start the parts, play the load, break and mend as planned, keep what was written."""

from __future__ import annotations

import asyncio
import csv
import json
import platform
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np

from tests.lab import models, schedule, table
from tests.lab.breaking import Breaking
from tests.lab.faults import BY_NAME
from tests.lab.load import Load
from tests.lab.parts import LabError, Parts, fill, missing_daemons, postgres_program
from tests.lab.schedule import Planned
from tests.lab.settings import Settings, free_ports
from tests.lab.web import now_text

STEP_S = 5
WARM_UP_S = 25  # until the rate windows hold nothing from before the load began
EVENT_COLUMNS = ("ts", "kind", "service", "title", "source", "version", "known_at")
RULES: tuple[str, ...] = ("latency_p50_ms", "latency_p95_ms", "error_share", "requests_per_s", "worker_saturation")
RULES += ("service_up", "orders_per_s", "memory_mb", "retries_per_s", "log_lines_lost_per_s", "sessions_waiting")
RULES += ("cpu_busy_share", "memory_available_mb", "load_1m")
SELECTORS = {
    **{name: name for name in RULES},
    "shop_orders_total": "shop_orders_total",
    "redis_commands_total": 'redis_commands_total{cmd="hgetall"}',
    "recommender_feature_fallbacks_total": "recommender_feature_fallbacks_total",
    "http_request_duration_seconds_count": 'http_request_duration_seconds_count{route!~"POST /(admin|alerts).*"}',
    "http_request_duration_seconds_bucket": 'http_request_duration_seconds_bucket{route="POST /orders",code="201"}',
}


def record(
    out: Path, minutes: float, seed: int, tables: Path = table.TABLES, names: Sequence[str] = tuple(BY_NAME)
) -> None:
    """Records into `out`, which must not exist or be empty. Raises LabError with words when the lab cannot run."""
    if missing := missing_daemons():
        raise LabError(f"the lab needs {', '.join(missing)}: install the Debian packages named in tests/lab/README.md")
    if out.exists() and any(out.iterdir()):
        raise LabError(f"{out} is not empty: choose a new folder")
    trips, bikes = (str((tables / folder.name).resolve()) for folder in (table.TRIPS, table.BIKES))
    days = max(1, round(minutes * 60 / schedule.DAY_S + 0.5))
    rows, hourly = table.load(Path(trips)), table.hires(days, seed, Path(bikes))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lab-") as state:
        settings = Settings(str(out.resolve()), state, trips, bikes, minutes, seed, free_ports())
        with Parts(settings) as parts:
            models.save_all(rows.past, settings.kept_in_state("models"))
            Run(settings, parts, rows, hourly, schedule.faults(seed, minutes, names)).go()


class Run:
    """A run in progress: the orchestrator's view of the system and what it writes itself."""

    def __init__(
        self, settings: Settings, parts: Parts, trips: table.Trips, hourly: np.ndarray, planned: list[Planned]
    ) -> None:
        self.settings, self.parts, self.trips, self.planned = settings, parts, trips, planned
        self.events: list[dict[str, str]] = []
        self.truth: list[dict[str, object]] = []
        plan = schedule.arrivals(settings.seed, settings.minutes, trips.usual, hourly, self._surge())
        self.load = Load(settings, plan, trips.later)
        self.breaking = Breaking(settings, parts, self.load, trips, self.events)

    def go(self) -> None:
        self.parts.start_all()
        self.breaking.fill_store(range(len(self.trips.later)))
        time.sleep(15)  # Prometheus has to have seen every target before the first request counts
        started, begun = now_text(), time.time()
        asyncio.run(self._play())
        self._keep_metrics(begun, time.time())
        self._write(started, now_text())

    def _surge(self) -> schedule.Surge | None:
        unknown = range(self.trips.usual, len(self.trips.later))
        surges = (p for p in self.planned if p.fault.name == "unknown_surge")
        return next((schedule.Surge(p.start_s, p.end_s, unknown) for p in surges), None)

    async def _play(self) -> None:
        """Load and faults run side by side; labels that are not in when all have ended never come."""
        begun = time.monotonic()
        doing = [self.load.run(), self._release(begun), self._watch(begun)]
        doing += [self._do(planned, begun) for planned in self.planned]
        try:
            async with asyncio.TaskGroup() as tasks:
                for one in doing:
                    tasks.create_task(one)
        except ExceptionGroup as group:
            named = (error for error in group.exceptions if isinstance(error, LabError))
            raise next(named, group.exceptions[0]) from group

    async def _do(self, planned: Planned, begun: float) -> None:
        await _until(begun + planned.start_s)
        start, broken = now_text(), self.breaking.breaks(planned)
        await asyncio.to_thread(broken.__enter__)
        try:
            await _until(begun + planned.end_s)
        finally:
            await asyncio.to_thread(broken.__exit__, None, None, None)
        self.truth.append(truth(planned, start, now_text()))

    async def _release(self, begun: float) -> None:
        await _until(begun + schedule.harmless(self.settings.seed, self.settings.minutes))
        await asyncio.to_thread(self.breaking.deploy, "shop", "1.8", "shop 1.8 deployed")

    async def _watch(self, begun: float) -> None:
        """To the end of the run: what died must not go unseen."""
        while time.monotonic() < begun + self.settings.minutes * 60:
            self.parts.expect_alive()
            await asyncio.sleep(1)

    # What is kept at the end.

    def _keep_metrics(self, begun: float, ended: float) -> None:
        folder = self.settings.file("prometheus")
        folder.mkdir()
        url, start = self.settings.url("prometheus") + "/api/v1/query_range", (begun + WARM_UP_S) // STEP_S * STEP_S
        for name, selector in SELECTORS.items():
            query: dict[str, str | float] = {"query": selector, "start": start, "end": ended - STEP_S, "step": STEP_S}
            body = httpx.get(url, params=query, timeout=30).raise_for_status().text
            (folder / f"{name}.json").write_text(body, encoding="utf-8")

    def _write(self, started: str, ended: str) -> None:
        with self.settings.file("events.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, EVENT_COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.events)
        longest = schedule.label_delays_s(self.settings.minutes)[1]
        known = {"WINDOW": f"{self.settings.minutes:g}m", "LABEL_DELAY": f"{longest:g}s"}
        for name in ("registry.toml", "ingest.toml", "topology.csv"):
            fill(name, self.settings.file(name), **known, **table.defaults(self.trips.past))
        found = [{**fault, "known_at": ended} for fault in sorted(self.truth, key=lambda fault: str(fault["start"]))]
        self._write_json("truth.json", {"faults": found, "harmless": [self.events[0]["ts"]]})
        about = {"started": started, "ended": ended, "minutes": self.settings.minutes, "seed": self.settings.seed}
        answers = {str(status): count for status, count in sorted(self.load.outcomes.items())}
        self._write_json("recording.json", {**about, "versions": versions(), "answers_seen_by_load": answers})

    def _write_json(self, name: str, content: object) -> None:
        self.settings.file(name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def truth(planned: Planned, start: str, end: str) -> dict[str, object]:
    """What is written down about a fault that was done and mended."""
    fault = planned.fault

    def said(words: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(text.replace("{target}", planned.target) for text in words))

    title, service, touched = said([fault.title, fault.part, fault.touched])
    named = {"name": fault.name, "title": title, "start": start, "end": end, "service": service, "touched": touched}
    who = {"services": said(fault.services), "models": list(fault.models), "verdict": fault.verdict}
    return {**named, **who, "symptoms": said(fault.symptoms)}


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def versions() -> dict[str, str]:
    """Version numbers of what ran, by asking each."""
    import sklearn

    daemons = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter", "prometheus-postgres-exporter")
    asked = {name: [name, "--version"] for name in ("redis-server", *daemons)}
    asked |= {"nginx": ["nginx", "-v"], "prometheus-redis-exporter": ["prometheus-redis-exporter", "-version"]}
    asked |= {"postgresql": [postgres_program("postgres") or "postgres", "--version"]}
    found = {name: _version(command) for name, command in sorted(asked.items())}
    return {**found, "python": platform.python_version(), "scikit-learn": sklearn.__version__}


def _version(command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", said.stdout + said.stderr)
    return found[0] if found else "unknown"
