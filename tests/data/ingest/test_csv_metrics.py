"""Metrics from tables: long, wide, with every way of writing a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.errors import FormatError, MappingError
from tests.data.ingest.parsing import Parser

T0, T1 = datetime(2024, 5, 1, 10, 0, tzinfo=UTC), datetime(2024, 5, 1, 10, 1, tzinfo=UTC)


def test_wide_makes_a_series_per_column(parse: Parser) -> None:
    read = parse("ts,cpu,mem\n2024-05-01T10:00Z,1,2\n2024-05-01T10:01Z,3,\n", service="shop")
    assert (read.kind, read.format, read.counts) == ("metrics", "csv", (2, 0, 1))
    assert read.samples == [
        ("shop", "cpu", {}, T0, 1.0),
        ("shop", "cpu", {}, T1, 3.0),
        ("shop", "mem", {}, T0, 2.0),
    ]


def test_long_takes_service_metric_and_labels_from_columns(parse: Parser) -> None:
    read = parse("time,job,metric,value,zone\n2024-05-01T10:00Z,shop,cpu,1,a\n2024-05-01T10:00Z,shop,cpu,2,b\n")
    assert read.samples == [("shop", "cpu", {"zone": "a"}, T0, 1.0), ("shop", "cpu", {"zone": "b"}, T0, 2.0)]


def test_one_value_column_without_a_telling_name_takes_the_name_of_the_file(parse: Parser) -> None:
    read = parse("timestamp,value\n2024-05-01T10:00Z,1\n", name="disk/read_ops.csv")
    assert [sample[1] for sample in read.samples] == ["read_ops"]
    assert read.derived == {"metric": "read_ops"}


def test_service_and_labels_can_come_from_the_path(parse: Parser) -> None:
    read = parse("ts,value\n2024-05-01T10:00Z,1\n", name="eu/shop/cpu.csv", path="{region}/{service}/{metric}.csv")
    assert read.samples == [("shop", "cpu", {"region": "eu"}, T0, 1.0)]
    assert read.derived == {"path:region": "eu", "path:service": "shop", "path:metric": "cpu"}


def test_a_table_without_a_header(parse: Parser) -> None:
    read = parse("2024-05-01 10:00:00.110,12155.75\n2024-05-01 10:01:00,3\n", name="gc.csv", service="jvm")
    assert read.counts == (2, 0, 0)
    assert [(sample[1], sample[4]) for sample in read.samples] == [("gc", 12155.75), ("gc", 3.0)]


def test_names_stand_in_for_a_header(parse: Parser) -> None:
    read = parse(
        "1,2024-05-01T10:00Z,7\n", header=False, names=["id", "when", "load"], columns={"ts": "when"}, drop=["id"]
    )
    assert [(sample[1], sample[4]) for sample in read.samples] == [("load", 7.0)]


def test_lines_before_the_header_can_be_skipped(parse: Parser) -> None:
    read = parse("Export of today\n\nts,cpu\n2024-05-01T10:00Z,1\n", skip_rows=2)
    assert read.counts == (1, 0, 3)


def test_several_header_rows_are_joined_and_cut(parse: Parser) -> None:
    content = "node,shop,shop\nmetric,cpu,latency\nstat,avg,p95\n1714557600,1,2\n"
    read = parse(
        content, header=3, wide_names="{service}|{metric}|{stat}", columns={"ts": "node|metric|stat"}, kind="metrics"
    )
    assert read.counts == (1, 0, 3)
    assert [sample[:3] for sample in read.samples] == [
        ("shop", "cpu", {"stat": "avg"}),
        ("shop", "latency", {"stat": "p95"}),
    ]


def test_decimal_comma_and_thousands(parse: Parser) -> None:
    read = parse("ts;power\n2024-05-01T10:00Z;1.234,5\n2024-05-01T10:01Z;0,25\n", decimal=",")
    assert [sample[4] for sample in read.samples] == [1234.5, 0.25]


def test_a_comma_without_word_of_it_is_refused_with_a_hint(parse: Parser) -> None:
    read = parse('ts,a,b\n2024-05-01T10:00Z,1,"1,5"\n2024-05-01T10:01Z,2,3\n', value_columns=["a", "b"])
    assert read.counts == (1, 1, 1)
    assert (
        read.reasons[2]
        == "column 'b' holds '1,5', which is no number; state decimal = ',' if its comma is a decimal comma"
    )


@pytest.mark.parametrize(("unit", "text"), [("s", "1714557600"), ("ms", "1714557600000"), ("us", "1714557600000000")])
def test_epoch_of_any_unit(parse: Parser, unit: str, text: str) -> None:
    for mapping in ({}, {"time_unit": unit}):
        assert parse(f"ts,cpu\n{text},1\n", **mapping).samples[0][3] == T0


def test_byte_order_marks_and_utf_16(parse: Parser) -> None:
    for content in ("\ufeffts,é\n2024-05-01T10:00Z,1\n".encode(), "ts,é\n2024-05-01T10:00Z,1\n".encode("utf-16")):
        assert [sample[1] for sample in parse(content).samples] == ["é"]


def test_line_ends_of_all_systems(parse: Parser) -> None:
    for end in ("\n", "\r\n", "\r"):
        assert parse(f"ts,cpu{end}2024-05-01T10:00Z,1{end}2024-05-01T10:01Z,2{end}").counts == (2, 0, 1)


def test_duplicate_headers_are_refused_in_words(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"'cpu' more than once \(columns 2, 4\).*names = "):
        parse("ts,cpu,mem,cpu\n2024-05-01T10:00Z,1,2,3\n")


def test_a_missing_column_is_named_with_those_there_are(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"'tme', which the mapping names for ts.*mean 'time'.*'time', 'cpu'"):
        parse("time,cpu\n2024-05-01T10:00Z,1\n", columns={"ts": "tme"})


def test_a_table_without_a_time_says_so(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"No column is known to hold the time.*'host', 'cpu'.*ts ="):
        parse("host,cpu\na,1\nb,2\n", kind="metrics")


def test_rows_of_another_width_are_refused(parse: Parser) -> None:
    read = parse("ts,cpu\n2024-05-01T10:00Z,1\n2024-05-01T10:01Z\n2024-05-01T10:02Z,1,2\n")
    assert read.counts == (1, 2, 1)
    assert read.reasons[3] == "the row has 1 cells, the table has 2 columns"
    assert read.rejects[1].raw == b"2024-05-01T10:02Z,1,2"


def test_missing_values_are_gaps_and_rows_of_nothing_are_ignored(parse: Parser) -> None:
    read = parse("ts,a,b\n2024-05-01T10:00Z,NA,1\n2024-05-01T10:01Z,-,\n,,\n2024-05-01T10:02Z,NaN,2\n")
    assert read.counts == (2, 0, 3)
    assert [sample[4] for sample in read.samples] == [1.0, 2.0]


def test_repeated_times_are_kept_and_said(parse: Parser) -> None:
    read = parse("ts,cpu\n" + "2024-05-01T10:00Z,1\n" * 3)
    assert read.accepted == 3
    assert read.notes["samples repeat a time of their series; all are kept"] == 2


def test_cells_in_quotes_may_go_on_over_lines(parse: Parser) -> None:
    read = parse('ts,cpu,host\n2024-05-01T10:00Z,1,"a\nb"\n2024-05-01T10:01Z,2,"a\nb"\n', label_columns=["host"])
    assert read.counts == (2, 0, 3)
    assert {row["line"] for row in read.rows["metrics"]} == {2, 4}
    assert read.samples[0][2] == {"host": "a\nb"}


def test_a_quote_that_never_closes_costs_one_line(parse: Parser) -> None:
    read = parse('ts,cpu\n2024-05-01T10:00Z,"1\n2024-05-01T10:01Z,2\n2024-05-01T10:02Z,3\n', kind="metrics")
    assert read.counts == (2, 1, 1)
    assert "never closed" in read.reasons[2]


def test_quotes_in_the_middle_of_a_cell_mislead_nobody(parse: Parser) -> None:
    read = parse('ts,disk,cpu\n2024-05-01T10:00Z,5" disk,"1\n2024-05-01T10:01Z,a "b" c,2\n', kind="metrics")
    assert read.counts == (1, 1, 1)
    assert "never closed" in read.reasons[2]


def test_comments_are_ignored(parse: Parser) -> None:
    assert parse("# made by hand\nts,cpu\n# later\n2024-05-01T10:00Z,1\n", comment="#").counts == (1, 0, 3)


def test_known_at_is_stated_or_lags(parse: Parser) -> None:
    lagged = parse("ts,cpu\n2024-05-01T10:00Z,1\n", known_lag="1m")
    assert lagged.column("known_at") == [T1]
    stated = parse("ts,cpu,arrived_at\n2024-05-01T10:00Z,1,2024-05-01T10:01Z\n")
    assert stated.column("known_at") == [T1]


def test_rules_cut_columns_into_service_and_labels(parse: Parser) -> None:
    rule = {"column": "Pod", "like": "{service}-{set}-{pod}"}
    read = parse("ts,Pod,cpu\n2024-05-01T10:00Z,my-shop-6cf-gfj,1\n", patterns=[rule], label_columns=["pod"])
    assert read.samples == [("my-shop", "cpu", {"pod": "gfj"}, T0, 1.0)]


def test_a_service_that_nothing_names_is_said(parse: Parser) -> None:
    read = parse("ts,cpu\n2024-05-01T10:00Z,1\n")
    assert read.samples[0][0] == "unknown_service"
    assert any("state service" in note for note in read.notes)


def test_a_column_that_is_empty_at_first_is_a_value_once_it_speaks(parse: Parser) -> None:
    rows = "".join(f"2024-05-01T10:00:{i % 60:02d}Z,1,\n" for i in range(600))
    read = parse(f"ts,a,b\n{rows}2024-05-01T11:00Z,1,5\n2024-05-01T11:01Z,1,oops\n")
    assert [sample[4] for sample in read.samples if sample[1] == "b"] == [5.0]
    assert read.counts == (602, 0, 1)
    assert any("'b'" in note for note in read.notes)


def test_an_epoch_column_beside_the_time_is_no_metric(parse: Parser) -> None:
    read = parse(
        "Time,TimeStamp,cpu\n2024-05-01T10:00Z,1714557600,1\n2024-05-01T10:01Z,1714557660,2\n", columns={"ts": "Time"}
    )
    assert {sample[1] for sample in read.samples} == {"cpu"}


def test_files_that_hold_nothing_are_refused(parse: Parser) -> None:
    for content in ("", "\n\n", "ts,cpu\n"):
        with pytest.raises(FormatError):
            parse(content, kind="metrics")


def test_latin_1_has_to_be_stated(parse: Parser) -> None:
    content = "ts,host,cpu\n2024-05-01T10:00Z,Zürich,1\n".encode("latin-1")
    assert parse(content, encoding="latin-1", label_columns=["host"]).samples[0][2] == {"host": "Zürich"}
    unstated = parse(content, label_columns=["host"])
    assert unstated.samples[0][2] == {"host": "Z\\xfcrich"}
    assert any("no UTF-8" in note for note in unstated.notes)


def test_thousands_of_columns(parse: Parser) -> None:
    names = [f"a_rather_long_name_of_a_metric_{i}" for i in range(2_000)]
    read = parse(f"ts,{','.join(names)}\n2024-05-01T10:00Z,{','.join('1' * len(names))}\n")
    assert (read.counts, len(read.series)) == ((1, 0, 1), 2_000)


def test_a_value_behind_a_time_is_no_fraction_of_its_second(parse: Parser) -> None:
    read = parse("timestamp,value\n2024-05-01 10:00:00,73.9\n2024-05-01 10:01:00,5\n2024-05-01 10:02:00,731.25\n")
    assert (read.format, read.kind, read.counts) == ("csv", "metrics", (3, 0, 1))
    assert [sample[4] for sample in read.samples] == [73.9, 5.0, 731.25]
