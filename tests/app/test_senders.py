"""Real senders and a real server, also one that is killed while they send: nothing lost, nothing twice."""

from __future__ import annotations

import json
import logging
import random
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.store import Store
from tests.app import senders
from tests.app.cli.process import diptych
from tests.app.senders import TOKEN, Server, asked, need, until

pytestmark = pytest.mark.slow
WRITERS, KILLS = 4, 4


def stored_up(server: Server) -> dict[int, int]:
    """Millisecond -> how often a sample of `up` is stored for it."""
    query = "SELECT epoch_ms(ts), count(*) FROM metrics WHERE service = 'prom' AND metric = 'up' GROUP BY 1"
    return {int(ms): int(n) for ms, n in server.rows(query)}


def seen_up(port: int) -> list[int]:
    return [round(float(ts) * 1000) for series in asked(port, "up[1h]") for ts, _ in series["values"]]


def test_prometheus_and_alertmanager_send_what_they_see(tmp_path: Path) -> None:
    need("prometheus", "prometheus-alertmanager")
    with (
        senders.serving(tmp_path / "home") as server,
        senders.alertmanager(tmp_path, server.port) as manager,
        senders.prometheus(tmp_path, server.port, manager) as port,
    ):
        until(lambda: len(stored_up(server)) >= 8, "eight samples of up")
        for _ in range(2):
            server.kill()
            time.sleep(2)
            server.start()
            count = len(stored_up(server))
            until(lambda count=count: len(stored_up(server)) >= count + 4, "samples after a restart")
        until(lambda: server.rows("SELECT 1 FROM events WHERE title = 'all bad'"), "the alert")
        time.sleep(10)  # it is sent again every four seconds
        seen = seen_up(port)
        until(lambda: set(seen) <= set(stored_up(server)), "all samples that Prometheus has")
        found = stored_up(server)
        alerts = server.rows("SELECT service, severity, ends_at FROM events WHERE title = 'all bad'")
    print(f"{len(seen)} samples of up seen by Prometheus through {server.kills} kills, all stored")
    assert set(found.values()) == {1}
    assert alerts == [("shop", "critical", None)]


def post(server: Server, records: list[dict[str, Any]]) -> bool:
    body = "".join(json.dumps(each) + "\n" for each in records).encode()
    address = f"http://127.0.0.1:{server.port}/api/v1/events"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    acknowledged, stop, lock = list[str](), threading.Event(), threading.Lock()
    with senders.serving(tmp_path / "home") as server:

        def write(number: int) -> None:
            count = 0
            while not stop.is_set():
                titles = [f"w{number}-{count + i}" for i in range(3)]
                records = [{"ts": "2026-11-22T03:00:00Z", "kind": "note", "title": title} for title in titles]
                while not post(server, records) and not stop.is_set():  # as a sender does: until it is acknowledged
                    time.sleep(0.1)
                else:
                    if not stop.is_set():
                        with lock:
                            acknowledged.extend(titles)
                count += 3

        threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        dice = random.Random(7)
        for _ in range(KILLS):
            time.sleep(dice.uniform(2.0, 4.0))
            server.kill()
            server.start()
        time.sleep(3)
        stop.set()
        for thread in threads:
            thread.join()
        stored = dict(server.rows("SELECT title, count(*) FROM events GROUP BY 1"))
        files = server.rows("SELECT count(DISTINCT source_file) FROM events")
    print(f"{len(acknowledged)} records acknowledged through {KILLS} kills, {len(stored)} stored")
    assert len(acknowledged) > 50
    assert set(acknowledged) <= set(stored)
    assert set(stored.values()) == {1}
    assert files == [(1,)]


def test_the_sdk_of_opentelemetry_exports(tmp_path: Path) -> None:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
    from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource

    resource, headers = Resource.create({"service.name": "cart"}), {"Authorization": f"Bearer {TOKEN}"}
    with senders.serving(tmp_path / "home") as server:
        address = f"http://127.0.0.1:{server.port}"
        exporter = OTLPMetricExporter(f"{address}/v1/metrics", headers=headers)
        metrics = MeterProvider([PeriodicExportingMetricReader(exporter, 60_000)], resource)
        metrics.get_meter("m").create_counter("orders").add(3, {"zone": "a"})
        metrics.get_meter("m").create_histogram("seconds").record(0.2)
        assert metrics.force_flush()
        metrics.shutdown()
        logs = LoggerProvider(resource)
        logs.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(f"{address}/v1/logs", headers=headers)))
        logger = logging.getLogger("tests.cart")
        handler = LoggingHandler(logger_provider=logs)
        logger.addHandler(handler)
        logger.error("no room for %d", 3)
        logger.removeHandler(handler)
        logs.shutdown()
        samples = server.rows("SELECT service, labels, value FROM metrics WHERE metric = 'orders' GROUP BY ALL")
        buckets = server.rows("SELECT max(value) FROM metrics WHERE metric = 'seconds_bucket'")
        lines = server.rows("SELECT service, severity, message FROM logs")
    assert samples == [("cart", [("zone", "a")], 3.0)]
    assert buckets == [(1.0,)]
    assert lines == [("cart", "ERROR", "no room for 3")]


def test_a_pull_from_prometheus_holds_what_it_holds(tmp_path: Path) -> None:
    need("prometheus")
    with senders.prometheus(tmp_path, diptych=9) as port:
        until(lambda: _answers(port) and len(seen_up(port)) >= 12, "twelve samples of up")
        begun = datetime.now(UTC).replace(microsecond=0)
        ask = ["--query", "up", "--query", "sum(prometheus_tsdb_head_series)", "--step", "1", "--service", "prom"]
        span = ["--start", (begun - timedelta(seconds=30)).isoformat()]
        for end in (begun, begun + timedelta(seconds=4)):
            until(lambda end=end: datetime.now(UTC) > end, "the end")
            address = f"http://127.0.0.1:{port}"
            done = diptych(tmp_path / "home", "pull", address, *ask, *span, "--end", end.isoformat(), "--json")
            assert (done.status, done.json["rejected"]) == (0, 0)
        (held,) = asked(port, f"count_over_time(up[34s:1s] @ {(begun + timedelta(seconds=3)).timestamp():.0f})")
    with Store.open(tmp_path / "home") as store, store.snapshot() as snap:
        found = snap.rows("SELECT metric, count(*), count(DISTINCT ts) FROM metrics GROUP BY 1 ORDER BY 1")
    print(f"{held['value'][1]} samples of up in Prometheus: {found}")
    assert [name for name, _, _ in found] == ["sum_prometheus_tsdb_head_series", "up"]
    assert all(count == moments for _, count, moments in found)
    assert found[1][1] == int(held["value"][1])


def _answers(port: int) -> bool:
    try:
        return bool(asked(port, "up"))
    except OSError:
        return False
