"""A small file of every format, as the tools write them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ISO = "2024-05-01T10:0{}:00Z"
DOCUMENTS = ("parquet", "prometheus_query_range", "json", "registry", "alertmanager")


def of_lines(name: str) -> bool:
    """Whether the unit of account of a format is the line."""
    return name not in DOCUMENTS


def rows(*objects: Any) -> str:
    """JSON lines."""
    return "".join(json.dumps(each) + "\n" for each in objects)


def repeated(line: str, times: int = 6) -> str:
    """A line with ``{i}`` in it, several times."""
    return "".join(line.replace("{i}", str(i)) + "\n" for i in range(times))


ALERT = {"status": "firing", "labels": {"alertname": "x", "job": "shop"}, "annotations": {}, "startsAt": ISO.format(1)}
MATRIX = {"metric": {"__name__": "up", "job": "a"}, "values": [[1714557600, "1"], [1714557660.5, "NaN"]]}

POD = {"kind": "Pod", "name": "shop-7d9f8b6c5-abcde", "namespace": "x"}
KUBERNETES = {"metadata": {"uid": "u"}, "involvedObject": POD, "reason": "BackOff", "type": "Warning", "count": 3}
KUBERNETES |= {"firstTimestamp": ISO.format(1), "lastTimestamp": ISO.format(5), "message": "restarting"}
CLOUD = {"specversion": "1.0", "type": "com.x.deployed", "source": "/ci", "id": "1", "time": ISO.format(1)}
DEPLOYMENT = {"id": 7, "sha": "abc", "ref": "v1", "environment": "prod", "created_at": ISO.format(1)}
DEPLOYMENT |= {"statuses_url": "https://api.github.com/repos/o/shop/deployments/7/statuses"}
COMMIT = (
    "commit 0123456789abcdef{i}\nAuthor:     Ann <a@x>\nAuthorDate: Wed May 1 10:00:00 2024 +0200\n"
    "Commit:     Bob <b@x>\nCommitDate: Thu May 2 10:00:00 2024 +0200\n\n    Faster checkout\n\n    More words.\n"
)
NANOS = "1714557600000000000"
LOGS = {"scopeLogs": [{"logRecords": [{"timeUnixNano": NANOS, "severityNumber": 9, "body": {"stringValue": "m"}}]}]}


def parquet() -> bytes:
    """A table of metrics."""
    out = io.BytesIO()
    pq.write_table(pa.table({"ts": [datetime(2024, 5, 1, 10, i, tzinfo=UTC) for i in range(4)], "cpu": [1.5] * 4}), out)
    return out.getvalue()


SAMPLES: dict[str, tuple[str | bytes, dict[str, str]]] = {
    "parquet": (parquet(), {}),
    "csv": ("ts,cpu,mem\n" + repeated("2024-05-01T10:0{i}:00Z,{i},2.5"), {}),
    "jsonl": (rows(*({"ts": ISO.format(i), "level": "info", "msg": 'say "hi"', "a": {"b": i}} for i in range(6))), {}),
    "json": (json.dumps([{"ts": ISO.format(i), "kind": "deploy", "title": "t"} for i in range(4)]), {}),
    "prometheus_query_range": (
        json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [MATRIX]}}),
        {},
    ),
    "prometheus_text": (
        '# HELP a help\n# TYPE a counter\na{l="x\\"}",job="s"} 1 1714557600000\na{l="y"} +Inf 1714557600000\nb 2.5e3\n',
        {},
    ),
    "alertmanager": (rows({"version": "4", "status": "firing", "alerts": [ALERT]}), {}),
    "nginx_json": (
        rows(
            *({"time_iso8601": ISO.format(i), "request": "GET /a", "status": "200", "bytes_sent": "1"} for i in (1, 2))
        ),
        {},
    ),
    "access_log": (
        repeated('::1 - bob [17/May/2015:10:05:0{i} +0000] "GET /a HTTP/1.1" 200 12 "-" "curl \\"x\\""'),
        {},
    ),
    "otlp_json": (rows({"resourceLogs": [LOGS]}, {"resourceLogs": [LOGS, LOGS]}), {}),
    "loki_push": (rows({"streams": [{"stream": {"job": "a"}, "values": [[NANOS, "level=warn x"], [NANOS, "y"]]}]}), {}),
    "journald_json": (
        rows(*({"__REALTIME_TIMESTAMP": NANOS[:-3], "MESSAGE": [104, 105], "PRIORITY": "3", "N": i} for i in (1, 2))),
        {},
    ),
    "kubernetes_events": (rows(KUBERNETES, KUBERNETES), {}),
    "cloud_events": (rows(CLOUD, CLOUD), {}),
    "github_deployments": (rows(DEPLOYMENT, DEPLOYMENT), {}),
    "git_log": (repeated(COMMIT, 3), {}),
    "registry": ('[[services]]\nname = "shop"\nowner = "ann"\n', {}),
    "logfmt": (repeated('time=2024-05-01T10:00:0{i}Z level=info msg="say \\"hi\\"" n={i}'), {}),
    "container_jsonl": (repeated('web-1  | {"ts": "2024-05-01T10:00:0{i}Z", "level": "info", "msg": "m"}'), {}),
    "w3c_log": (
        "#Date: 2015-01-13 00:32:17\n#Fields: date time cs-method cs-uri-stem sc-status cs(User-Agent)\n"
        + repeated('2015-01-13 00:32:1{i} GET "/a b" 200 Mozilla/5.0+(x)'),
        {},
    ),
    "zeek_log": (
        "#separator \\x09\n#unset_field\t-\n#fields\tts\tuid\tservice\n" + repeated("132027956{i}.5\tCw\t-"),
        {},
    ),
    "glog": (repeated('E0517 15:04:2{i}.619632       1 a.go:25] "failed"\ngoroutine 1'), {}),
    "redis_log": (repeated("1:M 25 Apr 2024 05:32:3{i}.018 * Ready"), {}),
    "uwsgi_log": (
        repeated(
            "[pid: 8|app: 0|req: 1/1] ::1 () {38 vars in 696 bytes} [Sun Mar 13 22:49:1{i} 2016] POST /pay => "
            "generated 47 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches on core 3)"
        ),
        {},
    ),
    "syslog": (repeated("<34>Oct 11 22:14:1{i} host su[{i}]: 'su root' failed\n  and more"), {}),
    "syslog_5424": (repeated('<165>1 2003-10-11T22:14:1{i}.003Z h app - ID47 [a@1 iut="3"][b@2 c="\\]"] \ufeffhi'), {}),
    "cri_log": (
        repeated("2024-05-01T10:00:0{i}.1Z stdout P half a \n2024-05-01T10:00:0{i}.2Z stdout F line"),
        {},
    ),
    "remote_write": (
        repeated(
            '{"timeseries":[{"labels":{"__name__":"up","job":"shop"},"samples":[[171455760000{i},"1.5"]],"histograms":0}]}'
        ),
        {},
    ),
    "plain_log": (repeated("2024-05-01 10:00:0{i},123 ERROR [main] a.B - bad\n\tat a.b.C(D.java:1)\n"), {}),
}
