"""Lines are found page by page, newest first, by whatever they are asked for; and a search ends in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from data import log_templates
from data.queries import log_counts, log_fields, log_lines
from data.queries.log_fields import Asked, FieldCounts, FieldNumbers
from data.queries.log_filter import LogFilter, WrongPattern
from data.queries.log_lines import LineKey
from data.snapshot import Snapshot
from data.store import Store
from tests.data.builders import at, put

DAY = at(), at(60)
ODD = 'a/b~c "d"'


def line(n: int) -> dict[str, Any]:
    """Three lines a minute at the same moment, of two services, every tenth an error."""
    error = n % 10 == 0
    told = {"zone": "eu" if n % 2 else "us", ODD: f"v{n % 3}", "took_ms": str(n * 7 % 401)}
    return {
        "ts": at(n // 3),
        "service": "till" if n % 5 == 0 else "shop",
        "severity": "ERROR" if error else "INFO",
        "message": f"Payment {n} refused" if error else f"order {n} placed",
        "attributes": json.dumps(told),
    }


def filled(home: Path) -> Snapshot:
    store = Store.open(home)
    put(store, 1, logs=[line(n) for n in range(0, 180, 2)])
    put(store, 2, logs=[line(n) for n in range(1, 180, 2)])
    return store.snapshot()


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return filled(tmp_path_factory.mktemp("anew"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The same with the templates of all lines kept."""
    found = filled(tmp_path_factory.mktemp("kept"))
    log_templates.prepare(found)
    return found


def walked(snap: Snapshot, some: LogFilter, limit: int = 7) -> list[str]:
    """All messages, page by page."""
    found, key = list[str](), None
    while True:
        page = log_lines.older(snap, some, *DAY, limit, key)
        found += [one.message for one in page.lines]
        if not page.more:
            return found
        key = page.lines[-1].key


def expected(keep: Callable[[int], bool]) -> list[str]:
    return [line(n)["message"] for n in range(180) if keep(n)]


ASKED: list[tuple[LogFilter, Callable[[int], bool]]] = [
    (LogFilter(), lambda n: True),
    (LogFilter(service="till"), lambda n: n % 5 == 0),
    (LogFilter(severities=("ERROR", "FATAL")), lambda n: n % 10 == 0),
    (LogFilter(severities=("",)), lambda n: False),
    (LogFilter(text="PAYMENT"), lambda n: n % 10 == 0),
    (LogFilter(text="/order 1[0-2] /"), lambda n: n in (11, 12)),
    (LogFilter(template="Payment <*> refused"), lambda n: n % 10 == 0),
    (LogFilter(template="Payment <*> refused", text="7"), lambda n: n % 10 == 0 and "7" in str(n)),
    (LogFilter(field="zone", value="us", service="till"), lambda n: n % 10 == 0),
    (LogFilter(field=ODD, value="v1"), lambda n: n % 3 == 1),
]


@pytest.mark.parametrize(("some", "keep"), ASKED, ids=range(len(ASKED)))
def test_every_line_that_is_asked_for_comes_once_in_order(
    snap: Snapshot, kept: Snapshot, some: LogFilter, keep: Callable[[int], bool]
) -> None:
    for one in (snap, kept):
        found = walked(one, some)
        assert sorted(found) == sorted(expected(keep))
        assert found == [line.message for line in log_lines.older(one, some, *DAY, 500).lines]
        counted = log_counts.over_time(one, some, *DAY, 600)
        assert counted.frame["n"].sum() == len(found)


def test_newer_lines_are_those_that_older_came_from(snap: Snapshot) -> None:
    first = log_lines.older(snap, LogFilter(), *DAY, 40)
    second = log_lines.older(snap, LogFilter(), *DAY, 40, first.lines[-1].key)
    assert log_lines.newer(snap, LogFilter(), *DAY, 40, second.lines[0].key).lines == first.lines


def test_a_line_is_found_by_its_key_as_long_as_it_is_there(snap: Snapshot) -> None:
    line = log_lines.older(snap, LogFilter(), *DAY, 3).lines[2]
    assert log_lines.one(snap, line.key) == line
    assert log_lines.one(snap, LineKey(line.key.ts, line.key.file_id, 10**9)) is None


def test_a_search_without_time_says_how_far_it_came(snap: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "SLICE_ROWS", 30)
    never = LogFilter(text="never there")
    found = log_lines.older(snap, never, *DAY, 5, budget_s=0.0)
    assert found.lines == ()
    assert found.stopped_at is not None
    assert DAY[0] < found.stopped_at < DAY[1]
    rest = log_lines.older(snap, never, DAY[0], found.stopped_at, 5)
    assert (rest.lines, rest.stopped_at) == ((), None)


def test_a_count_without_time_says_how_far_it_came(snap: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = log_lines.slices(snap, *DAY, 30)
    assert [parts[0][1], parts[-1][0]] == [DAY[1], DAY[0]]
    assert all(one[0] == other[1] for one, other in pairwise(parts))
    assert len(parts) > 3
    monkeypatch.setattr(log_counts, "slices", lambda snap, start, end: log_lines.slices(snap, start, end, 30))
    counted = log_counts.over_time(snap, LogFilter(text="order"), *DAY, 600, budget_s=0.0)
    assert counted.read_from == parts[0][0]
    assert set(counted.frame["bucket"]) == {at(50)}


def test_what_is_no_regular_expression_is_refused(snap: Snapshot) -> None:
    with pytest.raises(WrongPattern, match="is no regular expression"):
        log_lines.older(snap, LogFilter(text="/(/"), *DAY, 1)
    with pytest.raises(WrongPattern):
        log_counts.over_time(snap, LogFilter(text="/(/"), *DAY, 600)


def test_templates_have_their_counts_of_both_windows_and_their_first_time(snap: Snapshot) -> None:
    frame = log_counts.by_template(snap, LogFilter(service="till"), at(), at(30), at(60))
    told = {row["template"]: row for row in frame.to_dict("records")}
    refused = told["Payment <*> refused"]
    assert (refused["n"], refused["before"], refused["severity"]) == (9, 9, "ERROR")
    assert refused["first_ts"].to_pydatetime() == at()
    over = log_counts.templates_over_time(snap, LogFilter(service="till"), at(30), at(60), 3)
    assert over[over["template"] == "Payment <*> refused"].sort_values("bucket")["n"].tolist() == [3, 3, 3]


def test_templates_of_what_a_search_finds(snap: Snapshot) -> None:
    frame, stopped = log_counts.found_templates(snap, LogFilter(text="refused"), *DAY)
    assert stopped is None
    assert sorted(zip(frame["service"], frame["template"], frame["n"], strict=True)) == [
        ("till", "Payment <*> refused", 18)
    ]


def test_fields_are_counted_in_both_windows(snap: Snapshot) -> None:
    asked = Asked((at(), at(30)), (at(30), at(60)))
    assert log_fields.records(snap, asked) == (90, 90)
    found = {one.field: one for one in (*log_fields.kept_fields(snap, asked), *log_fields.attributes(snap, asked))}
    assert set(found) == {"service", "severity", "template", "zone", ODD, "took_ms"}
    zone, took = found["zone"], found["took_ms"]
    assert isinstance(zone, FieldCounts)
    assert dict(zip(zone.values, zip(zone.before, zone.during, strict=True), strict=True)) == {
        "eu": (45, 45), "us": (45, 45),
    }  # fmt: skip
    assert isinstance(took, FieldNumbers)
    assert sorted(took.before) == sorted(float(n * 7 % 401) for n in range(90))


def test_a_sample_of_the_fields_is_counted_as_one(snap: Snapshot) -> None:
    asked = Asked((at(), at(30)), (at(30), at(60)), every=3)
    sampled = log_fields.records(snap, asked, sampled=True)
    assert 0 < sum(sampled) < 180
    (zone,) = [one for one in log_fields.attributes(snap, asked) if one.field == "zone"]
    assert isinstance(zone, FieldCounts)
    assert (sum(zone.before), sum(zone.during)) == sampled


def test_windows_need_not_touch(snap: Snapshot) -> None:
    asked = Asked((at(), at(10)), (at(50), at(60)), service="till")
    assert log_fields.records(snap, asked) == (6, 6)
    assert asked.span == (at(), at(60))
    assert asked.span[1] - asked.span[0] == timedelta(hours=1)
