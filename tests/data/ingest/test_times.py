"""Texts to times: every way of writing one, and no guess where two readings are possible."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from data.ingest.localtime import Memory
from data.ingest.times import Clock, read, why_not


def one(text: str | None, **clock: str) -> datetime | None:
    return read(pa.array([text], pa.string()), Clock(**clock)).ts[0].as_py()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014-01-05 02:00:01.110", "2014-01-05T02:00:01.110"),
        ("2022-08-22T05:19:27.920702815Z", "2022-08-22T05:19:27.920702"),
        ("2022-08-22 03:51:19.89129634 +0000 UTC m=+0.397250321", "2022-08-22T03:51:19.891296"),
        ("2024-04-08T14:41:33+09:00", "2024-04-08T05:41:33"),
        ("2024-04-08T14:41:33-0330", "2024-04-08T18:11:33"),
        ("2024-04-08T14:41:33 +09", "2024-04-08T05:41:33"),
        ("2024-04-08T14:41", "2024-04-08T14:41:00"),
        ("2024-04-08", "2024-04-08T00:00:00"),
        ("2024-01-02 03:04:05,123", "2024-01-02T03:04:05.123"),
        ("[17/May/2015:10:05:03 +0200]", "2015-05-17T08:05:03"),
        ("Tue, 21 May 2024 10:00:00 GMT", "2024-05-21T10:00:00"),
        ("20240102T030405Z", "2024-01-02T03:04:05"),
        ("2024/01/02 03:04:05", "2024-01-02T03:04:05"),
        ("  2024-04-08T14:41:33.5Z ", "2024-04-08T14:41:33.500"),
        ("1661140279", "2022-08-22T03:51:19"),
        ("1661140279.5", "2022-08-22T03:51:19.500"),
        ("1661140279123", "2022-08-22T03:51:19.123"),
        ("1661145567896495", "2022-08-22T05:19:27.896495"),
        ("1661145567896495999", "2022-08-22T05:19:27.896495"),
    ],
)
def test_ways_of_writing_a_time(text: str, moment: str) -> None:
    assert one(text) == at(moment)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("03/04/2024 10:00", "day or the month first; state time_format"),
        ("20240102", "state time_unit"),
        ("0", "state time_unit"),
        ("0001-01-01T00:00:00Z", "cannot be read"),
        ("2024-02-30 10:00", "cannot be read"),
        ("infinity", "cannot be read"),
        ("epoch", "cannot be read"),
        ("9" * 60, "no time of our days"),
        (None, "there is no time"),
    ],
)
def test_what_is_no_time_is_said_in_words(text: str | None, words: str) -> None:
    assert one(text) is None
    assert words in why_not(text, Clock())


def test_a_stated_unit_reads_any_number() -> None:
    assert one("60", unit="s") == at("1970-01-01T00:01:00")
    assert one("-1500", unit="ms") == at("1969-12-31T23:59:58.500")
    assert one("1661140279123", unit="us") == at("1970-01-20T05:25:40.279123")


def test_a_stated_format_reads_nothing_else() -> None:
    form = "%d/%m/%Y %H:%M"
    assert one("03/04/2024 10:00", format=form) == at("2024-04-03T10:00:00")
    assert one("1661140279", format=form) is None
    assert one("31/02/2024 10:00", format=form) is None
    assert "not written as %d/%m" in why_not("2024-04-03", Clock(format=form))


def test_times_without_a_zone_are_read_as_utc_and_noted() -> None:
    found = read(pa.array(["2024-05-01 10:00", "2024-05-01T10:00Z"]), Clock())
    assert found.ts.to_pylist() == [at("2024-05-01T10:00:00")] * 2
    assert sum(found.notes.values()) == 1


def test_a_zone_holds_only_for_times_without_one() -> None:
    texts = pa.array(["2024-07-01 12:00", "2024-07-01T12:00Z", "1719835200", "Mon, 01 Jul 2024 12:00:00 GMT"])
    found = read(texts, Clock(zone="Europe/Berlin")).ts.to_pylist()
    assert found == [at("2024-07-01T10:00:00"), *[at("2024-07-01T12:00:00")] * 3]


AUTUMN = [
    "2024-10-27 01:59",
    "2024-10-27 02:00",
    "2024-10-27 02:59",
    "2024-10-27 02:00",
    "2024-10-27 02:59",
    "2024-10-27 03:00",
]
AUTUMN_UTC = ["23:59", "00:00", "00:59", "01:00", "01:59", "02:00"]


def test_the_hour_that_occurs_twice_is_read_by_its_order() -> None:
    found = read(pa.array(AUTUMN), Clock(zone="Europe/Berlin"))
    assert [f"{ts:%H:%M}" for ts in found.ts.to_pylist()] == AUTUMN_UTC
    assert not found.notes


@pytest.mark.parametrize("cut", range(len(AUTUMN) + 1))
def test_the_order_holds_over_the_pieces_of_a_file(cut: int) -> None:
    memory, clock = Memory(), Clock(zone="Europe/Berlin")
    pieces = [
        read(pa.array(texts, pa.string()), clock, memory).ts.to_pylist() for texts in (AUTUMN[:cut], AUTUMN[cut:])
    ]
    assert [f"{ts:%H:%M}" for ts in (*pieces[0], *pieces[1])] == AUTUMN_UTC


def test_one_pass_through_that_hour_is_taken_for_the_first_and_noted() -> None:
    found = read(pa.array(["2024-10-27 02:30"]), Clock(zone="Europe/Berlin"))
    assert found.ts[0].as_py() == at("2024-10-27T00:30:00")
    assert "twice" in next(iter(found.notes))


def test_a_local_time_that_the_clocks_skipped_does_not_exist() -> None:
    clock = Clock(zone="Europe/Berlin")
    assert one("2024-03-31 02:30", zone="Europe/Berlin") is None
    assert "does not exist in Europe/Berlin" in why_not("2024-03-31 02:30", clock)


def test_mixed_ways_in_one_column_keep_their_order() -> None:
    texts = ["1661140279", None, "2024-05-01", "nonsense", "17/May/2015:10:05:03 +0000"]
    found = read(pa.array(texts), Clock()).ts.to_pylist()
    assert [ts.year if ts else None for ts in found] == [2022, None, 2024, None, 2015]


@pytest.mark.parametrize("zone", ["", "Europe/Berlin"])
def test_times_that_repeat_are_read_once_each_and_come_out_the_same(zone: str) -> None:
    ways = ["2024-10-27 01:59:59", "2024-10-27 02:30:00", "22/Nov/2026:03:05:00 +0100", "1661140279", "no time", None]
    texts = pa.array([way for way in ways for _ in range(500)], pa.string())
    many = read(texts, Clock(zone=zone), Memory())
    memory = Memory()
    singly = [read(texts.slice(i, 1), Clock(zone=zone), memory) for i in range(0, len(texts), 250)]
    assert [many.ts[i] for i in range(0, len(texts), 250)] == [one.ts[0] for one in singly]
    assert sum(many.notes.values()) == (1_000 if not zone else sum(many.notes.values()))
