"""What is read by a short way where all is as usual is what the long way reads."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data.ingest import objects, streams
from data.ingest.kinds.metrics import repeated

LINES = (
    *('{"ts": 1, "a": "x"}', '{"a": 1.50, "b": {"c": [1, 2]}}', '{"a": null, "ts": ""}', '{"a": "\\u00e4\\n"}', "{}"),
    *(' {"a": 1}', '{"a": 1', '{"a": 1} x', "[1]", '"a"', "null", "", " ", '{"a": "\\ud800"}', '{"A": 1, "a": 2}'),
    *('{"a": 1, "a": 2}', '{"a": ' + "[" * 1200 + "]" * 1200 + "}", '{"a": "' + "y" * 1500 + '"}'),
)


def block_of(lines: list[str]) -> streams.Block:
    (block,) = streams._Lines(1 << 20).split(iter(["".join(f"{line}\n" for line in lines).encode()]))
    return block


@given(st.lists(st.sampled_from(LINES) | st.sampled_from(LINES[:5]), min_size=1, max_size=8))
def test_objects_whose_keys_are_asked_for_at_once_are_those_found_one_by_one(lines: list[str]) -> None:
    block, names = block_of(lines), ("ts", "a", "b")
    short, long = objects._piece(block, names), objects._piece(block)
    assert (short.rejects, short.ignored, short.notes) == (long.rejects, long.ignored, long.notes)
    assert short.frame.lines.tolist() == long.frame.lines.tolist()
    for name in names:
        assert short.frame.text(name).to_pylist() == long.frame.text(name).to_pylist()


def test_a_line_that_could_be_nested_too_deeply_goes_the_long_way() -> None:
    block = block_of(['{"a": 1}', '{"a": ' + '{"b": ' * 600 + "1" + "}" * 600 + "}"])
    short, long = objects._piece(block, ("a",)), objects._piece(block)
    assert [each.line for each in long.rejects] == [2]
    assert short.rejects == long.rejects


def test_keys_are_at_hand_where_all_lines_are_objects() -> None:
    piece = objects._piece(block_of(list(LINES[:5])), ("ts", "a"))
    assert piece.frame.keys["a"].to_pylist() == ["x", "1.5", None, "ä\n", None]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 4)), min_size=1, max_size=40),
    st.sampled_from([1, 10**9]),
)
def test_repeated_samples_are_those_at_a_time_that_their_series_has(samples: list[tuple[int, int]], step: int) -> None:
    series = pa.array(np.array([one for one, _ in samples], np.int64))
    ts = pa.array([None if at is None else at * step for _, at in samples], pa.timestamp("us", "UTC"))
    assert repeated(series, ts) == len(samples) - len(Counter(samples))


def test_repeated_samples_are_found_where_series_and_times_are_sparse() -> None:
    numbers = np.arange(300, dtype=np.int64)
    twice = np.append(numbers, 7)
    assert repeated(pa.array(twice), pa.array(twice, pa.timestamp("us", "UTC"))) == 1
