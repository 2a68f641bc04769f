r"""The page of a target of Prometheus, and OpenMetrics: their traps, and what the official client writes."""

from __future__ import annotations

import math
import os
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from data.ingest import line_layout, sample_lines, streams
from data.ingest.formats import prometheus_text
from tests.data.ingest.parsing import Parser

T0 = datetime(2024, 5, 1, 10, tzinfo=UTC)
TEXT = r"""# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",job="shop"} 1027 1714557600000
http_requests_total{method="get", job="shop",} 3 1714557600000

msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot {find}:\n\"FILE.TXT\""} 1.458255915e9
metric_without_labels 12.47
weird{a="b}"} +Inf -3982045
nothing{} NaN
"""


def test_the_example_of_the_format(parse: Parser) -> None:
    os.utime(parse.folder)
    read = parse(TEXT)
    assert (read.format, read.kind, read.counts) == ("prometheus_text", "metrics", (5, 1, 3))
    assert "cannot be read" in read.reasons[8]
    shop = [(labels, ts, value) for service, _, labels, ts, value in read.samples if service == "shop"]
    assert shop == [({"method": "get"}, T0, 3.0), ({"method": "post"}, T0, 1027.0)]
    labels = next(each[2] for each in read.samples if each[1].startswith("msdos"))
    assert labels == {"path": r"C:\DIR\FILE.TXT", "error": 'Cannot {find}:\n"FILE.TXT"'}
    assert math.isnan(next(each[4] for each in read.samples if each[1] == "nothing"))


def test_samples_without_a_time_have_that_of_the_file(parse: Parser) -> None:
    path = parse.folder / "page.prom"
    path.write_text("# TYPE up gauge\nup 1\n")
    os.utime(path, (T0.timestamp(), T0.timestamp()))
    read = parse.file(path)
    assert [each[3] for each in read.samples] == [T0]
    assert read.notes[prometheus_text.NO_TIME] == 1


def test_openmetrics_counts_seconds_and_has_exemplars(parse: Parser) -> None:
    read = parse(
        '# TYPE foo histogram\nfoo_bucket{le="1"} 4 1714557600.5 # {trace_id="KOO5S4vxi0o"} 0.67 1714557600\n'
        "foo_count 4 1714557600\n# EOF\n"
    )
    assert [(each[1], each[3].microsecond, each[4]) for each in read.samples] == [
        ("foo_bucket", 500_000, 4.0),
        ("foo_count", 0, 4.0),
    ]
    assert prometheus_text.CUT not in read.notes


def test_openmetrics_that_was_cut_off_says_so(parse: Parser) -> None:
    assert parse('# TYPE a info\na_info{v="1"} 1 1714557600\n').notes[prometheus_text.CUT] == 1


def test_names_of_any_characters_stand_in_quotes(parse: Parser) -> None:
    read = parse('# TYPE "my.name" gauge\n{"my.name","a b"="c"} 5 1714557600\n{a="b"} 5 1714557600\n')
    assert [(each[1], each[2]) for each in read.samples] == [("my.name", {"a b": "c"})]
    assert list(read.reasons) == [3]


@pytest.mark.parametrize("write", [generate_latest, openmetrics.generate_latest])
def test_what_the_official_client_writes(parse: Parser, write) -> None:
    registry = CollectorRegistry()
    Counter("c", "a \\ b\nc", ["l"], registry=registry).labels('x"}\\\n').inc(2)
    Gauge("g", "g", registry=registry).set(-0.5)
    Histogram("h", "h", registry=registry).observe(3)
    Info("i", "i", registry=registry).info({"version": "1"})
    read = parse(write(registry))
    assert not read.rejects
    assert ("c_total", {"l": 'x"}\\\n'}, 2.0) in [(each[1], each[2], each[4]) for each in read.samples]
    assert len(read.samples) >= 20


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_label_value_comes_through(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert prometheus_text.parse_labels(f'a="{escaped}",b="x"') == {"a": value, "b": "x"}


LINES = (
    'up{service="a",path="/x#1"} 1 1767225600000',
    'up{service="b"} 2.5 1767225600001',
    'up{service="b"} -3. 1767225600002',
    'up{service="c"} 1e+06 1767225600003',
    'up{service="c"} 12345678901234567890 1767225600004',
    "up 1 1767225600000",
    "up 1",
    'up{a="}"} .5 1767225600000',
    *('up{a="b c"} 1 1767225600000', 'up{a="b", c="d"} 1', 'up{a="b} 1 1767225600000', 'up{a="b"} NaN 1767225600000'),
    *('up{a="b"} +Inf', 'up{a="b"} infinity', 'up{a="b"} 0x10', "up 1 0x19b76c5a000", "up 1 1767225600.5", "up 1 -12"),
    *(
        "",
        " ",
        "# HELP up",
        "# EOF",
        "#up 1 2",
        "up  1",
        "up\t1",
        "up 1 ",
        "up",
        "ä 1",
        'up{a="ä"} 1\r',
        '"up" 1',
        "up 1 x",
    ),
)


def _block(lines: list[str]) -> streams.Block:
    (block,) = streams._Lines(1 << 20).split(iter(["".join(f"{line}\n" for line in lines).encode()]))
    return block


def _found(cells: sample_lines.Cells) -> list[tuple[int, str, str, str]]:
    keys = [key.removesuffix("}").rstrip("{") for key in cells.key.to_pylist()]
    return list(zip(cells.rows.tolist(), keys, cells.value.to_pylist(), cells.ts.to_pylist(), strict=True))


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12))
def test_the_short_way_finds_what_the_careful_one_finds(lines: list[str]) -> None:
    block = _block([*lines, "up 1"])
    texts, _ = line_layout.texts_of(block)
    silent = np.array([not text.strip() or text.lstrip().startswith("#") for text in texts.to_pylist()])
    both = [found for cells in sample_lines.cells(block, texts, silent) for found in _found(cells)]
    rows = np.flatnonzero(~silent)
    assert sorted(both) == _found(sample_lines.careful(texts.take(pa.array(rows)), rows))


def test_the_short_way_is_gone_beside_comments_and_lines_that_are_not_plain() -> None:
    lines = ["# HELP up", *LINES[:5], 'up{a="b c"} 1 1767225600000', LINES[0]]
    block = _block(lines)
    plain = sample_lines.plain(block, np.array([False, *[True] * 7]))
    assert plain is not None
    assert plain.rows.tolist() == [1, 2, 3, 4, 5, 7]


def test_a_series_that_is_written_in_two_ways_is_one_without_a_service_once(parse: Parser) -> None:
    read = parse('# TYPE up gauge\nup 1\nup  1\ncpu{a="b"} 1\n cpu{a="b"} 2\nmem{a="b"} 1\n')
    assert len(read.series) == 3
    assert [count for note, count in read.notes.items() if "name no service" in note] == [3]


def test_samples_leave_in_the_order_of_the_file(parse: Parser) -> None:
    read = parse(
        '# TYPE a gauge\na  1  1700000000000\na 2 1700000000000\nb{c="d e"} 3 1700000000000\na 4 1700000000000\n'
    )
    assert [(row["line"], row["value"]) for row in read.rows["metrics"]] == [(2, 1.0), (3, 2.0), (4, 3.0), (5, 4.0)]


def test_where_a_line_holds_a_carriage_return_the_short_way_is_not_trusted(parse: Parser) -> None:
    read = parse("# TYPE a gauge\na 1\rb 2\nc 3\n", format="prometheus_text", kind="metrics")
    assert [row["line"] for row in read.rows["metrics"]] == [3]
    assert list(read.reasons) == [2]
