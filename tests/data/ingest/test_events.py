"""Events from tables, JSON lines and documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from data.errors import FormatError
from data.ingest.kinds.events import kinds
from tests.data.ingest.parsing import Parser

T0 = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
ISO = "2024-05-01T10:00:00Z"


def test_a_table_of_events(parse: Parser) -> None:
    read = parse(
        f"ts,kind,service,title,source,version,known_at\n{ISO},deploy,shop,shop 1.8,CI,1.8,2024-05-01T10:05Z\n"
    )
    row = read.only("events")
    assert (read.kind, row["kind"], row["service"], row["title"], row["source"]) == (
        "events",
        "deploy",
        "shop",
        "shop 1.8",
        "CI",
    )
    assert (row["ts"], row["known_at"].minute, row["ends_at"]) == (T0, 5, None)
    assert json.loads(row["attributes"]) == {"version": 1.8}


def test_json_lines_of_events(parse: Parser) -> None:
    said = {"start": ISO, "end": "2024-05-01T11:00:00Z", "type": "incident", "summary": "down", "id": "E1", "by": "ann"}
    row = parse(json.dumps(said) + "\n", kind="events").only("events")
    assert (row["kind"], row["title"], row["fingerprint"], row["ends_at"].hour) == ("alert", "down", "E1", 11)


def test_records_inside_a_document(parse: Parser) -> None:
    document = {
        "03": [{"at": 1714557600, "what": "cpu", "pod": "shop-1-a"}],
        "04": [{"at": 1714557660, "what": "net", "pod": "x"}],
    }
    read = parse(
        json.dumps(document, indent=2),
        kind="events",
        records="$.*[*]",
        columns={"ts": "at", "title": "what"},
        constants={"kind": "fault"},
        patterns=[{"column": "pod", "like": "{service}-{set}-{pod_id}"}],
    )
    assert (read.format, read.counts) == ("json", (2, 0, 0))
    assert [(row["kind"], row["service"], row["title"]) for row in read.rows["events"]] == [
        ("fault", "shop", "cpu"),
        ("fault", "", "net"),
    ]


def test_a_list_of_events_is_found_by_itself(parse: Parser) -> None:
    for document in (
        [{"ts": ISO, "kind": "deploy", "title": "a"}],
        {"events": [{"ts": ISO, "kind": "deploy", "title": "a"}]},
    ):
        assert parse(json.dumps(document)).only("events")["title"] == "a"


def test_a_document_without_records_says_what_it_has(parse: Parser) -> None:
    with pytest.raises(FormatError, match=r"no list of records. Its keys are 'a', 'b'.*records = "):
        parse(json.dumps({"a": 1, "b": {"c": 2}}, indent=1), kind="events")


def test_kinds_of_all_tools_and_an_unknown_one_keeps_its_word(parse: Parser) -> None:
    words = ["deployment", "feature_flag", "Incident", "chaos-experiment", "annotation", "moon phase", None]
    assert kinds(pa.array(words)).to_pylist() == ["deploy", "change", "alert", "fault", "note", None, None]
    row = parse(f"ts,kind,title\n{ISO},moon phase,full\n", kind="events").only("events")
    assert (row["kind"], json.loads(row["attributes"])) == ("note", {"stated_kind": "moon phase"})


def test_an_event_that_ends_before_it_begins_is_refused(parse: Parser) -> None:
    read = parse(f"ts,ends_at,title\n{ISO},2024-05-01T09:00Z,x\n{ISO},,y\n{ISO},soon,z\n", kind="events")
    assert read.counts == (1, 2, 1)
    assert read.reasons == {
        2: "the event ends before it begins",
        4: "ends_at: the time 'soon' cannot be read; state time_format if it is one",
    }


def test_patterns_say_what_an_event_is_and_noise_is_left_out(parse: Parser) -> None:
    subjects = ("🟥 Shop is down (500 in 7 ms) [ci]", "Update README", "🟩 Shop is up (200 in 9 ms)")
    content = "at\tsubject\n" + "".join(f"{ISO}\t{subject}\n" for subject in subjects)
    down = {"column": "subject", "like": "🟥 {service} is down ({code} in {ms} ms){}", "set": {"kind": "alert"}}
    up = {"column": "subject", "like": "🟩 {service} is up ({code} in {ms} ms){}", "set": {"kind": "note"}}
    mapping = {"kind": "events", "columns": {"ts": "at", "title": "subject"}, "patterns": [down, up]}
    ignored = parse(content, unmatched="ignore", **mapping)
    assert ignored.counts == (2, 0, 2)
    assert [(row["kind"], row["service"], json.loads(row["attributes"])) for row in ignored.rows["events"]] == [
        ("alert", "Shop", {"code": 500, "ms": 7}),
        ("note", "Shop", {"code": 200, "ms": 9}),
    ]
    assert parse(content, unmatched="reject", **mapping).reasons == {3: "no pattern of the mapping fits the record"}
    assert parse(content, **mapping).counts == (3, 0, 1)
