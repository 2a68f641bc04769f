"""What other systems post: stored when it is answered with 2xx, refused with a reason, known when it comes again."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cramjam
import pytest
from flask.testing import FlaskClient

from app.errors import SettingsError
from app.factory import create_app
from app.settings import Settings
from data.errors import StoreError
from data.jobs import recent
from data.receive import batcher, remote_write, unpack
from data.receive.posts import RECEIVERS
from data.store import Store

TOKEN = "t0ken-of-sixteen-and-more"
ALL = {f"receive_{name}": TOKEN for name in {each.name for each in RECEIVERS}}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
NOW_S = 1_795_000_000
Post = Callable[..., Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """All receivers on, with one parser for the tests of this module."""
    app = create_app(Settings(home=tmp_path_factory.mktemp("home"), **ALL))
    yield app.server.test_client()
    app.server.extensions["diptych"].store.close()


@pytest.fixture
def post(client: FlaskClient) -> Post:
    def send(path: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(path, data=data, content_type=kind, headers={**BEARER, **headers})

    return send


def rows(client: FlaskClient, query: str) -> list[tuple[Any, ...]]:
    store: Store = client.application.extensions["diptych"].store
    with store.snapshot() as snap:
        return snap.rows(query)


def written(*series: tuple[dict[str, str], list[tuple[int, float]]]) -> bytes:
    """A body of remote write."""
    request = remote_write.message()()
    for labels, samples in series:
        made = request.timeseries.add()
        for name, value in labels.items():
            made.labels.add(name=name, value=value)
        for ts_ms, number in samples:
            made.samples.add(timestamp=ts_ms, value=number)
    return bytes(cramjam.snappy.compress_raw(request.SerializeToString()))


PROMETHEUS = {"Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}


def test_remote_write_stores_samples_under_their_series(client: FlaskClient, post: Post) -> None:
    labels = {"__name__": "up", "job": "shop", "instance": "a:1"}
    stale = float("nan")
    body = written((labels, [(NOW_S * 1000, 1.0), (NOW_S * 1000 + 500, float("inf")), (NOW_S * 1000 + 900, stale)]))
    answer = post("/api/v1/write", body, "application/x-protobuf", **PROMETHEUS)
    assert (answer.status_code, answer.data) == (204, b"")
    query = "SELECT service, metric, labels, value FROM metrics WHERE metric = 'up' ORDER BY ts"
    assert rows(client, query) == [
        ("shop", "up", [("instance", "a:1")], 1.0),
        ("shop", "up", [("instance", "a:1")], float("inf")),
    ]
    assert post("/api/v1/write", body, "application/x-protobuf", **PROMETHEUS).status_code == 204
    assert len(rows(client, query)) == 2, "what comes again because its answer was lost is stored once"


@pytest.mark.parametrize(
    ("kind", "headers", "status"),
    [
        ("application/x-protobuf;proto=io.prometheus.write.v2.Request", PROMETHEUS, 415),
        ("application/json", PROMETHEUS, 415),
        ("application/x-protobuf", {}, 415),
        ("application/x-protobuf", {"Content-Encoding": "gzip"}, 415),
    ],
)
def test_other_versions_of_remote_write_are_refused(post: Post, kind: str, headers: Any, status: int) -> None:
    assert post("/api/v1/write", written(), kind, **headers).status_code == status


def test_otlp_comes_as_protobuf_and_as_json(client: FlaskClient, post: Post) -> None:
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    attributes = [{"key": "service.name", "value": {"stringValue": "cart"}}]
    point = {"timeUnixNano": str(NOW_S * 10**9), "asInt": "7"}
    request = {
        "resourceMetrics": [
            {
                "resource": {"attributes": attributes},
                "scopeMetrics": [{"metrics": [{"name": "queue", "gauge": {"dataPoints": [point]}}]}],
            }
        ]
    }
    binary = ParseDict(request, ExportMetricsServiceRequest()).SerializeToString()
    assert (
        post("/v1/metrics", gzip.compress(binary), "application/x-protobuf", **{"Content-Encoding": "gzip"}).data == b""
    )
    record = {"timeUnixNano": str(NOW_S * 10**9), "severityNumber": 17, "body": {"stringValue": "no room"}}
    logs = [{"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [record]}]}]
    assert post("/v1/logs", {"resourceLogs": logs}).json == {}
    assert rows(client, "SELECT service, value FROM metrics WHERE metric = 'queue'") == [("cart", 7.0)]
    assert rows(client, "SELECT severity, message FROM logs WHERE service = 'cart'") == [("ERROR", "no room")]


BAD_POINTS = [{"timeUnixNano": str(NOW_S * 10**9)}, {"asInt": "7"}]  # no number, no time
GONE = {"timeUnixNano": str(NOW_S * 10**9), "flags": 1}  # says itself that nothing was recorded


def metrics_of(name: str, points: list[dict[str, Any]]) -> dict[str, Any]:
    metric = {"name": name, "gauge": {"dataPoints": points}}
    return {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}


def test_otlp_says_in_protobuf_which_data_points_it_refused(client: FlaskClient, post: Post) -> None:
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service

    good = {"timeUnixNano": str(NOW_S * 10**9), "asDouble": 2.5}
    request = ParseDict(metrics_of("partly", [good, *BAD_POINTS, GONE]), service.ExportMetricsServiceRequest())
    answer = post("/v1/metrics", request.SerializeToString(), "application/x-protobuf")
    said = service.ExportMetricsServiceResponse.FromString(answer.data).partial_success
    assert (answer.status_code, answer.mimetype, said.rejected_data_points) == (200, "application/x-protobuf", 2)
    assert "holds no number" in said.error_message
    assert "has no time" in said.error_message
    assert rows(client, "SELECT value FROM metrics WHERE metric = 'partly'") == [(2.5,)]


def test_otlp_says_in_json_which_log_records_it_refused(client: FlaskClient, post: Post) -> None:
    good = {"timeUnixNano": str(NOW_S * 10**9), "body": {"stringValue": "kept in part"}}
    odd = {**good, "body": {"intValue": "seven"}}
    records = [good, {"body": {"stringValue": "when?"}}, odd]
    answer = post("/v1/logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
    assert answer.status_code == 200
    said = answer.json["partialSuccess"]
    assert said["rejectedLogRecords"] == "2"
    assert "has no time" in said["errorMessage"]
    assert rows(client, "SELECT message FROM logs WHERE message LIKE '%in part'") == [("kept in part",)]


def test_otlp_of_which_nothing_can_be_read_is_refused_as_a_whole(post: Post) -> None:
    assert post("/v1/metrics", metrics_of("not", BAD_POINTS)).status_code == 400
    assert post("/v1/metrics", metrics_of("gone", [GONE])).json == {}


def test_loki_pushes_json_only(client: FlaskClient, post: Post) -> None:
    stream = {"stream": {"app": "till"}, "values": [[str(NOW_S * 10**9), "level=warn slow"]]}
    assert post("/loki/api/v1/push", {"streams": [stream]}).status_code == 204
    assert rows(client, "SELECT message FROM logs WHERE service = 'till'") == [("level=warn slow",)]
    refused = post("/loki/api/v1/push", b"\x00", "application/x-protobuf")
    assert (refused.status_code, refused.text) == (415, "Loki's push is read as application/json, not as protobuf.\n")


def alert(name: str, status: str = "firing") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "service": "pay", "severity": "critical"},
        "annotations": {"summary": f"{name} is bad"},
        "startsAt": "2026-11-22T03:00:00.123456789Z",
        "endsAt": "2026-11-22T03:30:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "fingerprint": f"fp-{name}",
    }


def test_an_alert_that_is_sent_again_is_stored_once(client: FlaskClient, post: Post) -> None:
    query = "SELECT title, ends_at IS NOT NULL FROM events WHERE service = 'pay' ORDER BY ALL"
    for alerts in ([alert("A")], [alert("A")], [alert("A"), alert("B")], [alert("A", "resolved"), alert("B")]):
        assert post("/api/v1/alerts", {"version": "4", "status": "firing", "alerts": alerts}).status_code == 200
    assert rows(client, query) == [("A is bad", False), ("A is bad", True), ("B is bad", False)]


def test_lines_of_records_are_answered_with_their_account(client: FlaskClient, post: Post) -> None:
    good = {"ts": "2026-11-22T03:00:00Z", "model": "m", "version": "1", "prediction_id": "p1", "y_pred": 1}
    body = json.dumps(good).encode() + b"\nno JSON\n\n"
    answer = post("/api/v1/predictions", body, "application/x-ndjson")
    assert answer.status_code == 200
    assert (answer.json["accepted"], answer.json["rejected"], answer.json["problems"][0]["line"]) == (1, 1, 2)
    label = {"prediction_id": "p1", "model": "m", "y_true": 0}
    assert post("/api/v1/labels", label).json == {"accepted": 1, "rejected": 0, "problems": []}
    assert rows(client, "SELECT y_true FROM labels WHERE label_ts > now() - INTERVAL 1 HOUR") == [("0",)]
    deploy = [{"ts": "2026-11-22T03:00:00Z", "kind": "deploy", "service": "m", "title": "m 2 is out"}]
    assert post("/api/v1/events", deploy).json["accepted"] == 1
    assert rows(client, "SELECT title FROM events WHERE kind = 'deploy'") == [("m 2 is out",)]


def test_what_cannot_be_read_is_never_to_be_sent_again(client: FlaskClient, post: Post) -> None:
    for path, body in (
        ("/api/v1/events", b"no JSON at all\n"),
        ("/v1/logs", {"resourceMetrics": []}),
        ("/v1/metrics", b"{"),
        ("/loki/api/v1/push", {"streams": 1}),
        ("/api/v1/alerts", {"alerts": [{"labels": {}}]}),
        ("/api/v1/labels", {"model": "m"}),
    ):
        answer = post(path, body)
        assert (path, answer.status_code) == (path, 400)
        assert answer.text.strip(), path
        assert "Traceback" not in answer.text


def test_a_token_is_asked_for(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer"}):
        answer = client.post("/api/v1/events", data=b"{}", headers=headers)
        assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (401, True)
    basic = client.post("/loki/api/v1/push", json={"streams": []}, auth=("any", TOKEN))
    assert basic.status_code == 204


def test_receivers_are_off_until_they_have_a_token(home: Path) -> None:
    client = create_app(Settings(home=home, receive_loki=TOKEN)).server.test_client()
    answer = client.post("/api/v1/events", data=b"{}", headers=BEARER)
    assert (answer.status_code, "DIPTYCH_RECEIVE_EVENTS" in answer.text) == (404, True)
    with pytest.raises(SettingsError, match="DIPTYCH_RECEIVE_OTLP has fewer than 16"):
        create_app(Settings(home=home, receive_otlp="short"))


def test_a_small_body_cannot_become_a_huge_one(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_BYTES", 1 << 20)
    bomb = bytes(2 << 20)
    packed = post("/v1/logs", gzip.compress(bomb), **{"Content-Encoding": "gzip"})
    snappy = post("/api/v1/write", bytes(cramjam.snappy.compress_raw(bomb)), "application/x-protobuf", **PROMETHEUS)
    large = post("/api/v1/events", bytes(5 << 20))
    damaged = post("/v1/logs", gzip.compress(b"x" * 1000)[:-9], **{"Content-Encoding": "gzip"})
    assert [each.status_code for each in (packed, snappy, large, damaged)] == [413, 413, 413, 400]


def test_what_could_not_be_stored_is_to_be_sent_again(
    client: FlaskClient, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.", "Make room.")

    event = {"ts": "2026-11-22T04:00:00Z", "kind": "note", "service": "m", "title": "late"}
    monkeypatch.setattr(batcher, "store_posts", full)
    answer = post("/api/v1/events", event)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    monkeypatch.undo()
    assert post("/api/v1/events", event).status_code == 200
    assert len(rows(client, "SELECT 1 FROM events WHERE title = 'late'")) == 1


def test_what_came_is_looked_through_once_for_many_posts(client: FlaskClient, post: Post) -> None:
    context = client.application.extensions["diptych"]
    for number in range(3):
        post("/api/v1/events", {"ts": "2026-11-22T06:00:00Z", "kind": "note", "title": f"s{number}"})
    end = time.monotonic() + 20
    while not (found := [job for job in recent(context.store.catalog, 20) if job.kind == "scan"]):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert len(found) == 1


def test_each_receiver_is_a_source_with_one_file_a_day(client: FlaskClient, post: Post) -> None:
    for number in range(3):
        post("/api/v1/events", {"ts": "2026-11-22T05:00:00Z", "kind": "note", "title": f"n{number}"})
    page = client.get("/sources").status_code
    files = rows(client, "SELECT DISTINCT source_file FROM events WHERE title LIKE 'n_'")
    assert (page, len(files)) == (200, 1)
    assert str(files[0][0]).startswith("receivers/events/")
