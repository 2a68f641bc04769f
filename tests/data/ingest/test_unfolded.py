"""OTLP, Loki and the journal: many records a line, and what each of them writes in its own way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.data.ingest.parsing import Parser
from tests.data.ingest.samples import NANOS, rows

T0 = datetime(2024, 5, 1, 10, tzinfo=UTC)


def pairs(**said: Any) -> list[dict[str, Any]]:
    return [{"key": name, "value": value} for name, value in said.items()]


RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}, *pairs(host={"intValue": "7"})]}
RECORD = {
    "timeUnixNano": NANOS,
    "severityNumber": 17,
    "body": {"stringValue": "it broke"},
    "attributes": pairs(a={"arrayValue": {"values": [{"intValue": "9007199254740993"}, {"boolValue": True}]}}),
    "traceId": "5b8efff798038103d269b633813fc60c",
    "spanId": "7uGbfsPBsXM=",
}


def logs(*records: dict[str, Any]) -> dict[str, Any]:
    return {"resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"scope": {"name": "lib"}, "logRecords": records}]}]}


def metrics(**metric: Any) -> dict[str, Any]:
    return {"resourceMetrics": [{"resource": RESOURCE, "scopeMetrics": [{"metrics": [{"name": "m", **metric}]}]}]}


def test_otlp_logs(parse: Parser) -> None:
    late = {
        "observedTimeUnixNano": NANOS,
        "severityText": "WARN",
        "body": {"kvlistValue": {"values": pairs(k={"intValue": 1})}},
    }
    read = parse(rows(logs(RECORD, late), logs({"body": {"stringValue": "no time"}})))
    assert (read.format, read.counts) == ("otlp_json", (1, 1, 0))
    first, second = read.rows["logs"]
    assert (first["ts"], first["service"], first["severity"], first["message"]) == (T0, "shop", "ERROR", "it broke")
    assert json.loads(first["attributes"]) == {
        "host": 7,
        "scope": "lib",
        "a": [9007199254740993, True],
        "trace_id": "5b8efff798038103d269b633813fc60c",
        "span_id": "eee19b7ec3c1b173",
    }
    assert (second["ts"], second["severity"], second["message"]) == (T0, "WARN", "{'k': 1}")


def test_otlp_metrics_of_every_kind(parse: Parser) -> None:
    point = {"timeUnixNano": NANOS, "attributes": pairs(path={"stringValue": "/a"})}
    buckets = {**point, "count": "3", "sum": 4.5, "bucketCounts": ["1", "0", "2"], "explicitBounds": [0.5, 10]}
    quantiles = {**point, "count": 1, "sum": 2, "quantileValues": [{"quantile": 0.99, "value": 7}]}
    read = parse(
        rows(
            metrics(gauge={"dataPoints": [{**point, "asDouble": 1.5}]}),
            metrics(sum={"dataPoints": [{**point, "asInt": "5"}], "aggregationTemporality": 1}),
            metrics(histogram={"dataPoints": [buckets], "aggregationTemporality": 2}),
            metrics(summary={"dataPoints": [quantiles]}),
            metrics(gauge={"dataPoints": [point]}),
        )
    )
    assert (read.kind, read.counts) == ("metrics", (4, 1, 0))
    found = {(name, labels.get("le") or labels.get("quantile") or labels.get("temporality")): value
             for service, name, labels, _, value in read.samples if service == "shop"}  # fmt: skip
    assert found == {
        ("m", None): 1.5,
        ("m", "delta"): 5.0,
        ("m_bucket", "0.5"): 1.0,
        ("m_bucket", "10"): 1.0,
        ("m_bucket", "+Inf"): 3.0,
        ("m_sum", None): 2.0,
        ("m_count", None): 1.0,
        ("m", "0.99"): 7.0,
    }


def test_a_pretty_printed_request_is_one_document(parse: Parser) -> None:
    read = parse(json.dumps(logs(RECORD, RECORD), indent=2))
    assert (read.format, read.counts, len(read.rows["logs"])) == ("otlp_json", (1, 0, 0), 2)


def test_spans_are_said_to_be_left_out(parse: Parser) -> None:
    read = parse(rows({**logs(RECORD), "resourceSpans": [{}]}, {"resourceSpans": [{}]}))
    assert read.counts == (1, 1, 0)
    assert "spans are not kept" in read.notes


def test_loki_streams_with_and_without_metadata(parse: Parser) -> None:
    stream = {
        "stream": {"job": "shop", "pod": "p"},
        "values": [[NANOS, "level=error x"], [NANOS, "y", {"trace": "t"}], ["now", "z"]],
    }
    read = parse(rows({"streams": [stream]}))
    assert (read.format, read.counts) == ("loki_push", (1, 0, 0))
    assert [
        (row["service"], row["message"], json.loads(row["attributes"]).get("trace")) for row in read.rows["logs"]
    ] == [
        ("shop", "level=error x", None),
        ("shop", "y", "t"),
    ]
    assert read.notes["a value is no list of time and line"] == 1


def test_an_answer_of_loki_is_read_alike(parse: Parser) -> None:
    result = [{"stream": {"app": "a"}, "values": [[NANOS, "x"]]}]
    read = parse(json.dumps({"status": "success", "data": {"resultType": "streams", "result": result}}))
    assert (read.format, read.only("logs")["service"]) == ("loki_push", "a")


def test_the_journal(parse: Parser) -> None:
    entry = {"__REALTIME_TIMESTAMP": "1714557600000000", "SYSLOG_IDENTIFIER": "sshd", "PRIORITY": "3", "_PID": "7"}
    read = parse(
        rows(
            {**entry, "MESSAGE": "a"},
            {**entry, "MESSAGE": [99, 97, 102, 195, 169, 255]},
            {**entry, "MESSAGE": None},
            {**entry, "MESSAGE": ["b", [99]], "__REALTIME_TIMESTAMP": "x"},
        )
    )
    assert (read.format, read.counts) == ("journald_json", (3, 1, 0))
    assert [row["message"] for row in read.rows["logs"]] == ["a", "café\\xff", ""]
    row = read.rows["logs"][0]
    assert (row["ts"], row["service"], row["severity"], json.loads(row["attributes"])) == (
        T0,
        "sshd",
        "ERROR",
        {"_PID": "7"},
    )
