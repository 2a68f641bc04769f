"""Logs from JSON lines and tables: the time, severity and message are found, and nothing else is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from data.errors import MappingError
from data.ingest import severity
from tests.data.ingest.parsing import Parser

T0 = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
ISO = "2024-05-01T10:00:00Z"


def lines(*objects: Any) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


@pytest.mark.parametrize(
    ("said", "service", "level", "message"),
    [
        ({"ts": ISO, "severity": "ERROR", "message": "m", "service": "shop"}, "shop", "ERROR", "m"),
        ({"@timestamp": ISO, "log.level": "warn", "message": "m", "service.name": "shop"}, "shop", "WARN", "m"),
        (
            {"@timestamp": ISO, "log": {"level": "warn"}, "message": "m", "service": {"name": "shop"}},
            "shop",
            "WARN",
            "m",
        ),
        ({"time": 1714557600000, "level": 30, "msg": "m", "pid": 7, "service.name": "pay"}, "pay", "INFO", "m"),
        (
            {"asctime": "2024-05-01 10:00:00,000", "levelname": "CRITICAL", "message": "m", "app": "a"},
            "a",
            "FATAL",
            "m",
        ),
        ({"timeUnixNano": "1714557600000000000", "severityNumber": 17, "body": "m", "service": "s"}, "s", "ERROR", "m"),
        ({"ts": 1714557600.0, "lvl": "DEBUG5", "msg": "m", "service": "s"}, "s", "DEBUG", "m"),
    ],
)
def test_the_usual_keys_are_found(parse: Parser, said: dict[str, Any], service: str, level: str, message: str) -> None:
    row = parse(lines(said), kind="logs").only("logs")
    assert (row["ts"], row["service"], row["severity"], row["message"]) == (T0, service, level, message)


def test_logs_are_told_from_their_content(parse: Parser) -> None:
    read = parse(lines({"ts": ISO, "level": "info", "msg": "started the thing"}))
    assert (read.format, read.kind) == ("jsonl", "logs")


def test_all_else_stays_as_attributes_with_every_digit(parse: Parser) -> None:
    said = {
        "ts": ISO,
        "msg": "m",
        "id": 12345678901234567890,
        "huge": 123456789012345678901234567890,
        "http": {"ms": 1.5},
    }
    row = parse(lines(said), kind="logs").only("logs")
    assert json.loads(row["attributes"]) == {key: said[key] for key in ("id", "huge", "http")}


def test_a_record_without_a_message_shows_what_it_says(parse: Parser) -> None:
    row = parse(lines({"ts": ISO, "level": "info", "user": "ann"}), kind="logs").only("logs")
    assert json.loads(row["message"]) == {"user": "ann"}


def test_mixed_schemas_each_find_their_time(parse: Parser) -> None:
    read = parse(
        lines(
            {"ts": ISO, "level": "info", "msg": "a"},
            {"time": "2024-05-01T10:00:00+00:00", "severity": "warn", "message": "b"},
            {"started_at": 1714557600000, "response": {"status": 200}},
        ),
        kind="logs",
    )
    assert read.counts == (3, 0, 0)
    assert [row["ts"] for row in read.rows["logs"]] == [T0] * 3
    assert sorted(str(row["severity"]) for row in read.rows["logs"]) == ["INFO", "None", "WARN"]


def test_lines_that_are_no_objects_are_refused_each_with_its_reason(parse: Parser) -> None:
    good = json.dumps({"ts": ISO, "msg": "m"})
    read = parse(f'{good}\n\npanic: oh no\n[1]\n{{"msg": "no time"}}\n{good}', kind="logs")
    assert read.counts == (2, 3, 1)
    assert read.reasons == {
        3: "the line is no valid JSON",
        4: "the line is JSON but no object (array)",
        5: "there is no time",
    }
    assert {each.line: each.raw for each in read.rejects}[3] == b"panic: oh no"


def test_a_line_whose_error_is_quoted_within_a_letter_costs_only_itself(parse: Parser) -> None:
    good = '{"ts": "2024-05-01T10:00:00Z", "msg": "hello"}'
    for length in range(1, 9):  # DuckDB quotes so much of a value in its error, wherever that ends
        read = parse(f"{good}\n{'x' * length}{'ï€😀' * 40}\n{good}\n", format="jsonl", kind="logs")
        assert (read.accepted, [each.line for each in read.rejects]) == (2, [2])


def test_a_stated_key_that_nothing_has_is_named_with_those_there_are(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"'when', which the mapping names for ts, is not there.*'ts', 'msg', 'a.b'"):
        parse(lines({"ts": ISO, "msg": "m", "a": {"b": 1}}), kind="logs", columns={"ts": "when"})


def test_json_inside_json_inside_a_table(parse: Parser) -> None:
    inner = json.dumps({"severity": "info", "message": "hello"})
    cell = json.dumps({"log": inner + "\n", "stream": "stdout"}).replace('"', '""')
    plain = json.dumps({"log": "plain text\n"}).replace('"', '""')
    read = parse(
        f'when,Log\n{ISO},"{cell}"\n{ISO},"{plain}"\n',
        kind="logs",
        columns={"ts": "when", "severity": "Log.log.severity", "message": ["Log.log.message", "Log.log"]},
        drop=["Log"],
    )
    assert [(row["severity"], row["message"], row["attributes"]) for row in read.rows["logs"]] == [
        ("INFO", "hello", None),
        (None, "plain text", None),
    ]


def test_known_at_lags_as_stated(parse: Parser) -> None:
    row = parse(lines({"ts": ISO, "msg": "m"}), kind="logs", known_lag="2s").only("logs")
    assert (row["known_at"] - row["ts"]).total_seconds() == 2


def test_hostile_keys_and_texts_stay_what_they_are(parse: Parser) -> None:
    said = {"ts": ISO, "msg": "<script>'; DROP TABLE logs --\u202e\u0000", "a'b\"c/~.d": "1", "": "empty"}
    row = parse(lines(said), kind="logs").only("logs")
    assert row["message"] == said["msg"]
    assert json.loads(row["attributes"]) == {"a'b\"c/~.d": "1", "": "empty"}


def test_broken_utf_8_is_shown_and_noted(parse: Parser) -> None:
    read = parse(f'{{"ts": "{ISO}", "msg": "caf'.encode() + b"\xe9" + b'"}\n', kind="logs")
    assert read.only("logs")["message"] == "caf\ufffd"
    assert any("no UTF-8" in note for note in read.notes)


def test_severities_of_all_tools() -> None:
    words = ["information", "NOTICE", "err", "SEVERE", "emerg", "trace2", "verbose", "nonsense", "", None]
    found = severity.read(pa.array(words)).to_pylist()
    assert found == ["INFO", "INFO", "ERROR", "ERROR", "FATAL", "TRACE", "TRACE", None, None, None]


@pytest.mark.parametrize(
    ("scale", "number", "word"),
    [
        ("bunyan", "20", "DEBUG"),
        ("python", "20", "INFO"),
        ("syslog", "3", "ERROR"),
        ("otel", "13", "WARN"),
        ("otel", "99", None),
    ],
)
def test_numbers_mean_what_their_scale_says(scale: str, number: str, word: str | None) -> None:
    assert severity.read(pa.array([number]), scale=scale).to_pylist() == [word]
