"""How each fault is done to the running system and taken back: a context manager per fault, named like the fault."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import httpx
import pandas as pd
import psycopg
import redis

from tests.lab import table
from tests.lab.load import Load
from tests.lab.parts import Parts
from tests.lab.schedule import Planned
from tests.lab.settings import Settings
from tests.lab.web import now_text

RUN_S, PERIOD_S = 0.06, 0.36  # of a throttled process
BLOCKED_S, FREE_S = 0.1, 0.03  # of a slowed Redis
LEAK_SHARE = 0.5  # of the fault, after which the shop is at its memory limit
SHOP_MB_TO_FILL = 180
TRIGGER = """
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM pg_sleep(0.05 + 0.4 * random()); RETURN NEW; END$$;
CREATE TRIGGER audit BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION audit();
"""
OTHER_UNITS: dict[str, Callable[[float], float]] = {
    "trip_distance": lambda miles: miles * 1.609344,
    "pickup_pace": lambda minutes_per_mile: minutes_per_mile / 60,
}
Row = dict[str, float]


@dataclass(slots=True)
class Breaking:
    """`events` are what people and their tools wrote down while it happened."""

    settings: Settings
    parts: Parts
    load: Load
    trips: table.Trips
    events: list[dict[str, str]]

    def breaks(self, planned: Planned) -> AbstractContextManager[None]:
        """Broken inside of the context, mended after it."""
        fault: Callable[[Planned], AbstractContextManager[None]] = getattr(self, planned.fault.name)
        return fault(planned)

    # Infrastructure

    @contextmanager
    def redis_stopped(self, planned: Planned) -> Iterator[None]:
        self.parts.stop("redis")
        yield
        self.parts.start("redis")
        self.fill_store(range(len(self.trips.later)))
        self.note("feature-store", "restarted Redis, feature store reloaded", "Mara Lind")

    @contextmanager
    def redis_slowed(self, planned: Planned) -> Iterator[None]:
        with redis.Redis(port=self.settings.ports["redis"]) as client:

            def block() -> None:
                with contextlib.suppress(redis.RedisError):
                    client.execute_command("DEBUG", "SLEEP", BLOCKED_S)
                time.sleep(FREE_S)

            with again_and_again(block):
                yield

    @contextmanager
    def cpu_taken(self, planned: Planned) -> Iterator[None]:
        pid = self.parts.pid(planned.target)

        def stop_and_go() -> None:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(PERIOD_S - RUN_S)
            os.kill(pid, signal.SIGCONT)
            time.sleep(RUN_S)

        with again_and_again(stop_and_go):
            yield

    @contextmanager
    def memory_leak(self, planned: Planned) -> Iterator[None]:
        length_s = planned.end_s - planned.start_s
        self.deploy("shop", "1.9", "shop 1.9 deployed", leak_mb_per_s=SHOP_MB_TO_FILL / (LEAK_SHARE * length_s))
        yield
        self.parts.stop("shop")
        self.parts.start("shop")
        self.deploy("shop", "1.8", "shop rolled back to 1.8, restarted")

    @contextmanager
    def database_locked(self, planned: Planned) -> Iterator[None]:
        with psycopg.connect(self.settings.database, application_name="migration") as session:
            session.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            yield
            session.rollback()

    @contextmanager
    def slow_dependency(self, planned: Planned) -> Iterator[None]:
        with psycopg.connect(self.settings.database, autocommit=True) as session:
            session.execute(TRIGGER)
            self.event("change", "orders-db", "audit trigger added to orders", "Tomas Lindqvist", "")
            yield
            session.execute("DROP TRIGGER audit ON orders; DROP FUNCTION audit")
            self.event("change", "orders-db", "audit trigger removed", "Tomas Lindqvist", "")

    @contextmanager
    def log_disk_full(self, planned: Planned) -> Iterator[None]:
        pid = self.parts.pid("recommender")
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
        yield
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)

    @contextmanager
    def workers_stuck(self, planned: Planned) -> Iterator[None]:
        seconds = 0.5 * (planned.end_s - planned.start_s)
        self.ask(planned.target, "stick", seconds=seconds)
        yield
        self.parts.stop(planned.target)
        self.parts.start(planned.target)
        self.note(planned.target, f"{planned.target} restarted", "Mara Lind")

    # The model

    @contextmanager
    def bad_model_version(self, planned: Planned) -> Iterator[None]:
        with self._model("v4"):
            yield

    @contextmanager
    def heavy_model_version(self, planned: Planned) -> Iterator[None]:
        with self._model("v5"):
            yield

    @contextmanager
    def _model(self, version: str) -> Iterator[None]:
        self.deploy("recommender", version, f"recommender model {version} deployed")
        yield
        self.deploy("recommender", "v3", "recommender model rolled back to v3")

    @contextmanager
    def feature_in_other_units(self, planned: Planned) -> Iterator[None]:
        name, rows = planned.target, self.rows_during(planned)
        self.fill_store(rows, lambda row: {**row, name: OTHER_UNITS[name](row[name])})
        yield
        self.fill_store(rows)

    @contextmanager
    def feature_null(self, planned: Planned) -> Iterator[None]:
        rows = self.rows_during(planned)
        with redis.Redis(port=self.settings.ports["redis"]) as store, store.pipeline(transaction=False) as pipe:
            for row in rows:
                pipe.hdel(f"trip:{row}", "trip_distance")
            pipe.execute()
        yield
        self.fill_store(rows)

    # Neither

    @contextmanager
    def unknown_surge(self, planned: Planned) -> Iterator[None]:
        yield  # the plan of the load holds it

    @contextmanager
    def labels_delayed(self, planned: Planned) -> Iterator[None]:
        self.load.holding = True
        yield
        self.load.holding = False

    # What they are made of

    def rows_during(self, planned: Planned) -> list[int]:
        """Rows that will be ordered while the fault lasts, and a little longer."""
        between = (a for a in self.load.plan if planned.start_s - 5 <= a.at_s < planned.end_s + 5)
        return [arrival.row for arrival in between if arrival.row >= 0]

    def fill_store(self, rows: Iterable[int], change: Callable[[Row], Row] = lambda row: row) -> None:
        """Writes the store features of these rows, as upstream does."""
        needed = {arrival.row for arrival in self.load.plan}
        wanted = [row for row in rows if row in needed]
        stored: pd.DataFrame = self.trips.later[list(table.FROM_STORE)].iloc[wanted]
        with redis.Redis(port=self.settings.ports["redis"]) as store, store.pipeline(transaction=False) as pipe:
            for row, features in zip(wanted, stored.to_dict("records"), strict=True):
                pipe.hset(f"trip:{row}", mapping=change({str(name): value for name, value in features.items()}))
            pipe.execute()

    def deploy(self, service: str, version: str, title: str, **more: object) -> None:
        self.ask(service, "version", version=version, **more)
        self.event("deploy", service, title, "CI", version)

    def ask(self, service: str, what: str, **body: object) -> None:
        httpx.post(f"{self.settings.url(service)}/admin/{what}", json=body, timeout=5).raise_for_status()

    def note(self, service: str, title: str, who: str) -> None:
        self.event("note", service, title, who, "")

    def event(self, kind: str, service: str, title: str, source: str, version: str) -> None:
        now = now_text()
        named = {"ts": now, "kind": kind, "service": service, "title": title, "source": source}
        self.events.append({**named, "version": version, "known_at": now})


@contextmanager
def again_and_again(act: Callable[[], None]) -> Iterator[None]:
    """Runs `act` in a thread until the context ends, and waits for the last one."""
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            act()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
