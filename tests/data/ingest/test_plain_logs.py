"""Lines of any program with a time in them: where records begin, what their severity is, which year it was."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from data.errors import FormatError, MappingError
from data.ingest import levels, lined, streams
from tests.data.ingest.parsing import Parser, Read


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def written(parse: Parser, text: str, when: datetime, **mapping: str) -> Read:
    """Read ``text`` as a file that was last written at a moment."""
    path = parse.folder / "log"
    path.write_text(text)
    os.utime(path, (when.timestamp(), when.timestamp()))
    return parse.file(path, **mapping)


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2024-05-01 10:00:00,123", at(2024, 5, 1, 10, 0, 0, 123_000)),
        ("[2024-05-01T10:00:00.123456789+02:00]", at(2024, 5, 1, 8, 0, 0, 123_456)),
        ("2024/05/01 10:00:00", at(2024, 5, 1, 10)),
        ("20240501T100000Z", at(2024, 5, 1, 10)),
        ("20240501 10:00:00.5", at(2024, 5, 1, 10, 0, 0, 500_000)),
        ("Wed May  1 10:00:00 2024", at(2024, 5, 1, 10)),
        ("Wed May 01 10:00:00 EDT 2024", at(2024, 5, 1, 14)),
        ("Wed, 01 May 2024 10:00:00 GMT", at(2024, 5, 1, 10)),
        ("01/May/2024:10:00:00 +0200", at(2024, 5, 1, 8)),
        ("May 1, 2024 10:00:00", at(2024, 5, 1, 10)),
        ("24/05/01 10:00:00", at(2024, 5, 1, 10)),
        ("1714557600.250", at(2024, 5, 1, 10, 0, 0, 250_000)),
        ("1714557600250", at(2024, 5, 1, 10, 0, 0, 250_000)),
    ],
)
def test_times_are_found_however_they_are_written(parse: Parser, time: str, moment: datetime) -> None:
    read = parse(f"{time} INFO started the service\n{time} ERROR it is gone\n")
    assert (read.format, read.counts) == ("plain_log", (2, 0, 0))
    assert [(row["ts"], row["severity"]) for row in read.rows["logs"]] == [(moment, "INFO"), (moment, "ERROR")]
    assert read.rows["logs"][1]["message"] == "it is gone"


def test_a_zone_that_could_be_several_is_not_guessed(parse: Parser) -> None:
    read = parse("Wed May 01 10:00:00 UTC 2024 a b\nWed May 01 10:00:00 IST 2024 c d\n")
    assert read.counts == (1, 1, 0)
    assert "IST" in read.reasons[2]


def test_local_times_are_read_by_the_stated_zone(parse: Parser) -> None:
    read = parse("2024-07-01 10:00:00 INFO a\n", tz="Europe/Berlin")
    assert read.only("logs")["ts"] == at(2024, 7, 1, 8)


def test_a_day_and_a_month_that_could_be_either_need_a_format(parse: Parser) -> None:
    text = "03/04/2024 10:00:00 INFO started the service\n04/04/2024 10:00:00 WARN ended\n"
    with pytest.raises(FormatError):
        parse(text)
    read = parse(text, time_format="%d/%m/%Y %H:%M:%S")
    assert [row["ts"] for row in read.rows["logs"]] == [at(2024, 4, 3, 10), at(2024, 4, 4, 10)]


TRACE = """2024-05-01 10:00:00 ERROR boom
Traceback (most recent call last):
  File "a.py", line 1, in b

ValueError: no
2024-05-01 10:00:01 INFO on
"""


def test_a_stack_trace_is_one_record(parse: Parser) -> None:
    read = parse(TRACE)
    assert read.counts == (2, 0, 4)
    assert read.rows["logs"][0]["message"].endswith(
        'boom\nTraceback (most recent call last):\n  File "a.py", line 1, in b\n\nValueError: no'
    )


@pytest.mark.parametrize("size", [1, 40, 90, 1000])
def test_records_go_on_over_the_ends_of_blocks(parse: Parser, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parse(TRACE * 3).rows["logs"]
    monkeypatch.setattr(lined, "blocks", lambda path, encoding="": streams.blocks(path, encoding, size))
    read = parse(TRACE * 3)
    assert read.counts == (6, 0, 12)
    assert read.rows["logs"] == whole


def test_lines_above_the_first_record_are_refused_and_blank_ones_ignored(parse: Parser) -> None:
    read = parse(f"Some header\n\n{TRACE}")
    assert read.counts == (2, 1, 5)
    assert read.reasons == {1: lined.NO_RECORD}


def test_a_record_does_not_grow_without_end(parse: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lined, "MAX_RECORD_BYTES", 100)
    read = parse("2024-05-01 10:00:00 INFO a\n" + ("x" * 40 + "\n") * 5)
    assert read.counts == (1, 3, 2)
    assert set(read.reasons.values()) == {lined.TOO_LARGE}


def test_a_time_that_does_not_exist_is_refused_with_all_its_lines(parse: Parser) -> None:
    read = parse("2024-05-01 10:00:00 INFO a\n2024-02-31 10:00:00 INFO b\n  more\n2024-05-01 10:00:02 INFO c\n")
    assert read.counts == (2, 1, 1)
    assert read.rejects[0].raw == b"2024-02-31 10:00:00 INFO b\n  more"


def test_lines_of_containers_keep_to_their_service(parse: Parser) -> None:
    read = parse(
        "web-1  | 2024-05-01 10:00:00 INFO a\nweb-1  |   more\n"
        "db-1   | no time here\ndb-1   | 2024-05-01 10:00:01 WARN b\n"
    )
    assert read.counts == (2, 1, 1)
    assert read.reasons == {3: lined.OTHERS}
    assert [(row["service"], row["message"]) for row in read.rows["logs"]] == [("web-1", "a\n  more"), ("db-1", "b")]


def test_colours_are_left_out(parse: Parser) -> None:
    row = parse("\x1b[32m2024-05-01 10:00:00\x1b[0m \x1b[31mERROR\x1b[0m bad\n").only("logs")
    assert (row["severity"], row["message"]) == ("ERROR", "bad")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (" [main] WARN  a.b.C - x", "WARN"),
        (" [error] 12#0: *1 open() failed", "error"),
        (" [core:warn] [pid 1] x", "warn"),
        (" UTC [7] LOG:  ready", "LOG"),
        (" local.CRITICAL: x", "CRITICAL"),
        ("  1234  5678 W Tag: x", "W"),
        (" Warning: x", "Warning"),
        (" Debug mode: on", None),
        (" I am no severity", None),
        (" user set the level of detail to ERROR in a long sentence of many words", None),
    ],
)
def test_a_severity_is_one_in_the_head_of_a_message_only(text: str, word: str | None) -> None:
    assert levels.find(pa.array([text])).to_pylist() == [word]


SUMMER = "Jul  1 00:00:01 host cron[1]: c\n"
SYSLOG = "Dec 31 23:59:59 host cron[1]: a\nJan  1 00:00:01 host cron[1]: b\n"


def test_a_year_is_counted_from_the_date_of_the_file_over_new_year(parse: Parser) -> None:
    read = written(parse, SYSLOG, at(2024, 1, 1, 1))
    assert [row["ts"] for row in read.rows["logs"]] == [at(2023, 12, 31, 23, 59, 59), at(2024, 1, 1, 0, 0, 1)]
    assert any("no year" in note and "begins" in note for note in read.notes)


def test_a_year_is_counted_over_several(parse: Parser) -> None:
    read = written(parse, (SYSLOG + SUMMER) * 2, at(2024, 1, 5))
    assert [row["ts"].year for row in read.rows["logs"]] == [2021, 2022, 2022, 2022, 2023, 2023]


def test_the_29th_of_february_was_in_a_leap_year(parse: Parser) -> None:
    read = written(parse, "Feb 29 10:00:00 host cron[1]: a\n", at(2026, 6, 1))
    assert read.only("logs")["ts"] == at(2024, 2, 29, 10)


def test_a_stated_year_holds_over_the_file(parse: Parser) -> None:
    read = written(parse, SYSLOG, at(2024, 1, 1, 1), begins="2019")
    assert [row["ts"].year for row in read.rows["logs"]] == [2019, 2020]
    assert not any("no year" in note for note in read.notes)


def test_clocks_need_a_day_and_go_on_past_midnight(parse: Parser) -> None:
    text = "23:59:59.5 INFO a\n00:00:00.5 INFO b\n"
    with pytest.raises(FormatError, match="no date"):
        parse(text)
    read = parse(text, begins="2024-05-01")
    assert [row["ts"].day for row in read.rows["logs"]] == [1, 2]
    with pytest.raises(MappingError, match="no year and no day"):
        parse(text, begins="soon")


def test_a_record_without_words_among_some_with_lines_below_costs_none_of_them(parse: Parser) -> None:
    head = "E0517 15:04:2{}.619632       1 a.go:25] "
    text = (
        f'{head.format(0)}"failed"\ngoroutine 1\n{head.format(1)}\n{head.format(2)}"failed"\n{head.format(3)}\nstack\n'
    )
    read = written(parse, text, at(2024, 6, 1))
    assert (read.lines, len(read.rejects)) == (6, 0)
    assert read.column("message") == ['"failed"\ngoroutine 1', '{"thread":1,"code":"a.go:25"}', '"failed"', "stack"]
