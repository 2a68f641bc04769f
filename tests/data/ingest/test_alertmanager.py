"""Alertmanager's bodies: each alert once, its end known when it was sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from data.errors import FormatError
from tests.data.ingest.parsing import Parser, Read

NEVER = "0001-01-01T00:00:00Z"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-05-01T{text}").replace(tzinfo=UTC)


def alert(start: str = "10:00:00", end: str = "", **more: Any) -> dict[str, Any]:
    return {
        "status": "resolved" if end else "firing",
        "labels": {"alertname": "High", "service": "shop", "severity": "critical"},
        "annotations": {"summary": "shop is slow"},
        "startsAt": f"2024-05-01T{start}Z",
        "endsAt": f"2024-05-01T{end}Z" if end else NEVER,
        "fingerprint": "f1",
    } | more


def body(*alerts: dict[str, Any], received: str = "") -> str:
    sent = {"version": "4", "status": "firing", "receiver": "r", "alerts": list(alerts)}
    return json.dumps(sent | ({"received_at": f"2024-05-01T{received}Z"} if received else {})) + "\n"


def states(read: Read) -> list[tuple[Any, ...]]:
    return [(row["ts"], row["ends_at"], row["known_at"]) for row in read.rows["events"]]


def test_a_firing_alert_has_no_end(parse: Parser) -> None:
    read = parse(body(alert(), received="10:00:30"))
    row = read.only("events")
    assert (read.format, read.kind, row["kind"], row["service"]) == ("alertmanager", "events", "alert", "shop")
    assert (row["title"], row["severity"], row["fingerprint"]) == ("shop is slow", "critical", "f1")
    assert states(read) == [(moment("10:00:00"), None, moment("10:00:30"))]


def test_the_status_of_the_body_is_not_that_of_the_alert(parse: Parser) -> None:
    read = parse(body(alert(end="10:09:00"), alert(fingerprint="f2"), received="10:10:00"))
    assert [row["ends_at"] for row in read.rows["events"]] == [moment("10:09:00"), None]


def test_what_is_sent_again_without_news_is_left_out_and_an_end_is_news(parse: Parser) -> None:
    read = parse(
        body(alert(), received="10:00:30")
        + body(alert(), received="10:05:30")
        + body(alert(end="10:09:00"), received="10:09:30")
        + body(alert(end="10:09:00"), received="10:14:30")
    )
    assert read.counts == (2, 0, 2)
    assert states(read) == [
        (moment("10:00:00"), None, moment("10:00:30")),
        (moment("10:00:00"), moment("10:09:00"), moment("10:09:30")),
    ]
    assert sum(read.notes.values()) == 2


def test_the_same_alert_later_is_another_event(parse: Parser) -> None:
    read = parse(body(alert(), received="10:00:30") + body(alert(start="12:00:00"), received="12:00:30"))
    assert [ts for ts, _, _ in states(read)] == [moment("10:00:00"), moment("12:00:00")]


def test_without_an_arrival_an_alert_is_known_as_it_begins_and_ends(parse: Parser) -> None:
    read = parse(body(alert(end="10:09:00")), known_lag="10s")
    assert states(read) == [
        (moment("10:00:00"), None, moment("10:00:10")),
        (moment("10:00:00"), moment("10:09:00"), moment("10:09:10")),
    ]


def test_lists_of_the_api_with_an_end_to_come(parse: Parser) -> None:
    sent = alert() | {"status": {"state": "active"}, "endsAt": "2024-05-01T23:00:00Z"}
    read = parse(json.dumps([sent], indent=1))
    assert (read.counts, read.only("events")["ends_at"]) == ((1, 0, 0), None)


def test_a_missing_fingerprint_is_made_of_the_labels(parse: Parser) -> None:
    one, two = alert(fingerprint=None), alert(fingerprint=None, labels={"alertname": "Other"})
    rows = parse(body(one, two, one, received="10:01:00")).rows["events"]
    assert len({row["fingerprint"] for row in rows}) == len(rows) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "the line is no valid JSON"),
        ("[" * 5000, "the line is nested too deeply"),
        ("5", "the line is no JSON object"),
        ('{"alerts": [7]}', "the body holds no list of alerts"),
        ('{"alerts": []}', "the body holds no list of alerts"),
        (body(alert(), alert(startsAt="soon")).strip(), "an alert has no startsAt, or a time that cannot be read"),
    ],
)
def test_a_line_that_cannot_be_read_wholly_is_refused_wholly(parse: Parser, line: str, reason: str) -> None:
    read = parse(f"{body(alert(), received='10:01:00')}{line}\n\n")
    assert read.counts == (1, 1, 1)
    assert read.reasons == {2: reason}
    assert len(read.rows["events"]) == 1


@pytest.mark.parametrize("document", ["NaN", "3", "null", '"text"', '{\n"alerts": {"a": 1}}', '{\n"alerts": 7}'])
def test_a_document_that_holds_no_list_of_alerts_is_refused_in_words(parse: Parser, document: str) -> None:
    with pytest.raises(FormatError, match="no list of alerts"):
        parse(document, format="alertmanager", kind="events")


def test_half_surrogates_anywhere_in_an_alert_cost_no_more_than_that_alert(parse: Parser) -> None:
    half = "\ud800"
    odd = alert() | {
        "labels": {half: half},
        "annotations": {"summary": half},
        "fingerprint": half,
        "generatorURL": half,
    }
    bodies = [{"alerts": [each]} for each in (odd, alert("10:01:00"), alert() | {"startsAt": half})]
    read = parse("\n".join(map(json.dumps, bodies)) + "\n")
    assert read.counts == (2, 1, 0)
    assert [row["title"] for row in read.rows["events"]] == ["?", "shop is slow"]
