"""What Prometheus answers: matrices and vectors of text values."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import FormatError
from tests.data.ingest.parsing import Parser

T0 = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)


def answer(*results: dict[str, Any], kind: str = "matrix", **more: Any) -> str:
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": list(results)}} | more)


def series(labels: dict[str, str], *values: list[Any]) -> dict[str, Any]:
    return {"metric": labels, "values": list(values)}


def test_a_matrix(parse: Parser) -> None:
    read = parse(
        answer(series({"__name__": "up", "job": "shop", "instance": "a:1"}, [1714557600, "1"], [1714557605.5, "0"]))
    )
    assert (read.format, read.kind, read.counts) == ("prometheus_query_range", "metrics", (2, 0, 0))
    assert read.samples[0] == ("shop", "up", {"instance": "a:1"}, T0, 1.0)
    assert read.samples[1][3].microsecond == 500_000


def test_a_vector(parse: Parser) -> None:
    read = parse(answer({"metric": {"__name__": "up", "job": "s"}, "value": [1714557600, "1"]}, kind="vector"))
    assert read.samples == [("s", "up", {}, T0, 1.0)]


def test_values_are_texts_of_any_float(parse: Parser) -> None:
    pairs = [[1714557600 + i, text] for i, text in enumerate(["NaN", "+Inf", "-Inf", "1e-7"])]
    values = [sample[4] for sample in parse(answer(series({"__name__": "x"}, *pairs))).samples]
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf, 1e-7]


@pytest.mark.parametrize(
    ("labels", "mapping", "service", "kept"),
    [
        ({"service": "a", "job": "b"}, {}, "a", {"job": "b"}),
        ({"job": "b", "app": "c"}, {}, "b", {"app": "c"}),
        ({"app": "c"}, {}, "c", {}),
        ({"service": "a", "app": "c"}, {"service_from": "label:app"}, "c", {"service": "a"}),
        ({"service": "a"}, {"service": "z"}, "z", {"service": "a"}),
        ({"pod": "p"}, {}, "unknown_service", {"pod": "p"}),
    ],
)
def test_the_service_comes_from_a_label(
    parse: Parser, labels: dict[str, str], mapping: dict[str, str], service: str, kept: dict[str, str]
) -> None:
    read = parse(answer(series({"__name__": "up", **labels}, [1714557600, "1"])), **mapping)
    assert read.samples == [(service, "up", kept, T0, 1.0)]


def test_a_result_without_a_name_takes_that_of_the_file(parse: Parser) -> None:
    read = parse(answer(series({"job": "s"}, [1714557600, "1"])), name="latency_p95_ms.json")
    assert read.samples[0][1] == "latency_p95_ms"
    assert read.derived == {"metric": "latency_p95_ms"}


def test_a_stated_metric_holds_over_all(parse: Parser) -> None:
    assert (
        parse(answer(series({"__name__": "up", "job": "s"}, [1714557600, "1"])), metric="alive").samples[0][1]
        == "alive"
    )


def test_a_broken_sample_costs_only_itself(parse: Parser) -> None:
    read = parse(
        answer(series({"__name__": "up", "job": "s"}, [1714557600, "1"], [1714557605], ["x", "1"], [1714557610, "2"]))
    )
    assert read.counts == (2, 2, 0)
    assert read.reasons == {
        2: "'[1714557605]' is no [time, value] of a sample",
        3: '\'["x", "1"]\' is no [time, value] of a sample',
    }
    assert [row["line"] for row in read.rows["metrics"]] == [1, 4]


def test_warnings_are_notes(parse: Parser) -> None:
    read = parse(answer(series({"__name__": "up", "job": "s"}, [1714557600, "1"]), warnings=["results are partial"]))
    assert any("results are partial" in note for note in read.notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            json.dumps({"status": "error", "error": "bad query", "data": {"resultType": "matrix", "result": []}}),
            "bad query",
        ),
        (answer(kind="streams"), "type 'streams'"),
        (answer(series({"__name__": "up"}, [1, "1"]))[:60], "cut off"),
    ],
)
def test_what_is_no_answer_of_samples_is_refused_in_words(parse: Parser, content: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse(content)


NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
PAIRS = st.tuples(st.integers(0, 4_000_000_000_000), st.floats(allow_nan=False, width=64))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(NAMES, st.dictionaries(st.integers(0, 4_000_000_000_000), st.floats(allow_nan=False)), max_size=4)
)
def test_what_is_written_is_what_is_read(parse_once: Parser, written: dict[str, dict[int, float]]) -> None:
    results = [
        series({"__name__": name, "job": "s"}, *([ms / 1000, repr(value)] for ms, value in values.items()))
        for name, values in written.items()
    ]
    read = parse_once(answer(*results))
    expected = sorted((name, ms, value) for name, values in written.items() for ms, value in values.items())
    found = [(name, round(ts.timestamp() * 1000), value) for _, name, _, ts, value in read.samples]
    assert sorted(found) == expected
