"""What ingest would make of files, in words and rows: kind and why, columns, decisions, first records, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from data.ingest.preview import FilePreview, Preview, preview, problems

__all__ = [
    "COLUMN_WORDS",
    "FilePreview",
    "Preview",
    "columns_of_rows",
    "counts",
    "decisions",
    "found_as",
    "preview",
    "preview_json",
    "shown",
]

FORMAT_WORDS = {
    "csv": "CSV",
    "jsonl": "JSON lines",
    "json": "a JSON document",
    "prometheus_query_range": "an answer of Prometheus",
    "access_log": "an access log",
    "plain_log": "lines of text with a time in them",
    "syslog": "syslog (RFC 3164)",
    "syslog_5424": "syslog (RFC 5424)",
    "glog": "glog or klog",
    "redis_log": "a log of Redis",
    "uwsgi_log": "a log of uWSGI",
    "w3c_log": "a W3C log (IIS)",
    "zeek_log": "a log of Zeek",
    "cri_log": "logs of Kubernetes containers",
    "container_jsonl": "JSON lines of docker compose",
    "journald_json": "systemd's journal",
    "otlp_json": "OpenTelemetry (OTLP)",
    "loki_push": "Loki",
    "prometheus_text": "the page of a Prometheus target",
    "parquet": "Parquet",
    "kubernetes_events": "events of Kubernetes",
    "cloud_events": "CloudEvents",
    "github_deployments": "deployments of GitHub",
    "git_log": "git log",
    "nginx_json": "nginx JSON lines",
    "alertmanager": "Alertmanager messages",
    "registry": "a registry file",
}
_FIX = {
    "(state tz to change that)": ("(change it with --tz)", "(name another zone above)"),
    "(state service)": (
        '(name it with --service NAME, or with service = "NAME" in an ingest.toml beside the file)',
        "(name it above)",
    ),
}
TIMES = ("ts", "known_at", "ends_at", "received_at", "label_ts", "trained_at")
COLUMN_WORDS = {
    "ts": "Time (UTC)",
    "known_at": "Could be known (UTC)",
    "ends_at": "Ends (UTC)",
    "received_at": "Received (UTC)",
    "label_ts": "Label known (UTC)",
    "prediction_id": "Prediction",
    "y_pred": "Predicted",
    "y_score": "Score",
    "y_true": "Truth",
    "depends_on": "Depends on",
    "label_delay_s": "Label delay (s)",
    "trained_at": "Trained (UTC)",
    "bad_direction": "Hurts when",
    **{
        name: name.capitalize()
        for name in (
            *("service", "metric", "labels", "value", "line", "severity", "message", "attributes", "kind", "title"),
            *("source", "fingerprint", "model", "version", "features", "name", "owner", "team", "environment"),
            *("objectives", "reads", "stage", "role", "unit", "limit", "guessed"),
        )
    },
}
_SAID = ("service", "service_from", "metric", "tz", "time_unit", "time_format", "known_lag", "label_lag")


def found_as(one: FilePreview) -> str:
    """``Metrics, from CSV (found from the content; it could also be logs).``"""
    stated = [word for word, given in (("kind", one.mapping.kind), ("format", one.mapping.format)) if given]
    why = f"{' and '.join(stated)} as stated" if stated else "found from the content"
    others = list(dict.fromkeys(kind for kind, _ in one.others if kind != one.kind))
    doubt = f"; next it looks like {' or '.join(others)}" if others and "kind" not in stated else ""
    return f"{one.kind.capitalize()}, from {FORMAT_WORDS.get(one.format, one.format)} ({why}{doubt})"


def decisions(one: FilePreview, *, page: bool = False) -> list[str]:
    """What the mapping or the caller states, then what had to be decided, each with how to change it (there)."""
    said = [f"stated: {name} = {one.mapping.table[name]}" for name in _SAID if name in one.mapping.table]
    return said + [decision(note.text, note.count, page) for note in one.notes]


def decision(text: str, count: int, page: bool = False) -> str:
    """A note of a reader in words, with how to change it: by an option, or in the form of the ``page``."""
    for mapping_words, words in _FIX.items():
        text = text.replace(mapping_words, words[page])
    return f"{text}, {count:,} times" if count > 1 else text


def preview_json(found: Preview) -> dict[str, Any]:
    """One JSON object: counts over all files in the words of `diptych ingest --json`, then each file."""
    names = ("lines", "accepted", "rejected", "ignored")
    totals = {name: sum(getattr(each, name) for each in found.files) for name in names}
    told = [asdict(each) for each in problems(found)]
    return {**totals, "more_files": found.more, "problems": told, "files": [*map(_file_json, found.files)]}


def _file_json(one: FilePreview) -> dict[str, Any]:
    names = ("file", "kind", "format", "error", "lines", "accepted", "rejected", "ignored", "whole")
    return {
        **{name: getattr(one, name) for name in names},
        "mapping": dict(one.mapping.table),
        "columns": dict(one.columns),
        "decisions": decisions(one),
        "by_kind": dict(one.by_kind),
        "span": one.span,
        "rows": dict(one.rows),
        "rejects": one.rejects,
    }


def columns_of_rows(rows: tuple[dict[str, str], ...]) -> Iterator[str]:
    """The names of the columns in which some row says something, in order."""
    for name in dict.fromkeys(name for row in rows for name in row):
        if any(row.get(name) for row in rows):
            yield name


def counts(one: FilePreview) -> str:
    """``4 lines = 2 accepted + 1 rejected + 1 ignored: 2 metrics.``"""
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in one.by_kind)
    where = "" if one.whole else "the first "
    line = "line" if one.lines == 1 else "lines"
    account = f"{one.accepted:,} accepted + {one.rejected:,} rejected + {one.ignored:,} ignored"
    return f"{where}{one.lines:,} {line} = {account}{f': {kinds}' if kinds else ''}."


def shown(name: str, text: str) -> str:
    """A cell for people: times without the letters of ISO."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)T([\d:.]+)\+00:00$", r"\1 \2", text) if name in TIMES else text
