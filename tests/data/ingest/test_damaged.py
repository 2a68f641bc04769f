"""Whatever bytes come: every line is accounted for once, and an error is in words."""

from __future__ import annotations

import contextlib
import json
import warnings

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from data.errors import DataError
from data.ingest.streams import MAX_LINE_BYTES
from tests.data.ingest.parsing import Parser

LOG = {"ts": "2024-05-01T10:00:00Z", "level": "info", "msg": 'hello "you"', "http": {"path": "/a"}, "n": 2**60}
ACCESS = '::1 - bob [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 12 "-" "curl \\"x\\""'
SAMPLES = {
    "wide": ("ts,cpu,mem\n" + "2024-05-01T10:00:00Z,1,2\n2024-05-01T10:01:00Z,3,\n" * 3, {"kind": "metrics"}),
    "long": (
        'time;metric;value\n"2024-05-01 10:00";"a\nb";1,5\n\n1714557600;c;2\n',
        {"kind": "metrics", "decimal": ","},
    ),
    "logs": ((json.dumps(LOG) + "\n") * 5, {"kind": "logs", "format": "jsonl"}),
    "access": ((ACCESS + "\n") * 5, {"kind": "logs", "format": "access_log"}),
    "events": ("ts,kind,title,ends_at\n" + "2024-05-01,deploy,x,\n" * 4, {"kind": "events"}),
    "labels": ("prediction_id,y_true,label_ts\n" + "a,1,2024-05-01\n" * 4, {"kind": "labels"}),
}
EDIT = st.tuples(
    st.integers(0, 400), st.integers(0, 3), st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b"\r", b"{", b","])
)


def damaged(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, gone, added in edits:
        content = content[: at % (len(content) + 1)] + added + content[at % (len(content) + 1) + gone :]
    return content


def line_count(content: bytes) -> int:
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, max_size=6))
def test_lines_add_up_in_damaged_files(parse_once: Parser, sample: str, edits: list[tuple[int, int, bytes]]) -> None:
    text, mapping = SAMPLES[sample]
    content = damaged(text.encode(), edits)
    assume(not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b")) and b"\n" in content[:400])
    with contextlib.suppress(DataError):
        read = parse_once(content, **mapping)
        assert read.lines == line_count(content)
        assert len({each.line for each in read.rejects}) == len(read.rejects)
        assert all(each.reason for each in read.rejects)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300), kind=st.sampled_from(["", "metrics", "logs", "events", "predictions", "topology"])
)
def test_any_bytes_give_records_or_words(parse_once: Parser, content: bytes, kind: str) -> None:
    with warnings.catch_warnings(), contextlib.suppress(DataError):
        warnings.simplefilter("error")
        parse_once(content, **({"kind": kind} if kind else {}))


def test_one_long_line_costs_only_itself(parse: Parser) -> None:
    long = json.dumps(LOG | {"msg": "x" * (MAX_LINE_BYTES + 100)})
    good = json.dumps(LOG)
    read = parse(f"{good}\n{long}\n{good}\n", kind="logs")
    assert read.counts == (2, 1, 0)
    assert "over the limit of 8 MB" in read.reasons[2]
    assert [row["line"] for row in read.rows["logs"]] == [1, 3]


def test_one_deep_line_costs_only_itself(parse: Parser) -> None:
    deep = '{"ts": "2024-05-01T10:00:00Z", "msg": "m", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    good = json.dumps(LOG)
    read = parse(f"{good}\n{deep}\n{good}\n", kind="logs")
    assert read.counts == (2, 1, 0)
    assert "nested deeper than" in read.reasons[2]
