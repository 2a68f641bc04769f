"""The formats, one module each. A new one is a module with a `Format` and its line in `FORMATS`."""

from __future__ import annotations

from data.ingest.formats import (
    access_log,
    alertmanager,
    cloud_events,
    container_jsonl,
    cri_log,
    csv_table,
    git_log,
    github_deployments,
    glog,
    journald_json,
    json_document,
    jsonl,
    kubernetes_events,
    logfmt,
    loki_push,
    nginx_json,
    otlp_json,
    parquet,
    plain_log,
    prometheus_range,
    prometheus_text,
    redis_log,
    registry,
    syslog,
    syslog_5424,
    uwsgi_log,
    w3c_log,
    zeek_log,
)
from data.ingest.source import Format

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        parquet,
        prometheus_range,
        prometheus_text,
        alertmanager,
        kubernetes_events,
        cloud_events,
        github_deployments,
        git_log,
        otlp_json,
        loki_push,
        journald_json,
        nginx_json,
        jsonl,
        json_document,
        access_log,
        registry,
        logfmt,
        container_jsonl,
        cri_log,
        w3c_log,
        zeek_log,
        glog,
        redis_log,
        uwsgi_log,
        syslog_5424,
        syslog,
        csv_table,
        plain_log,
    )
}
