"""Cells as JSON objects: valid whatever they hold, numbers as they were written, nothing for an empty cell."""

from __future__ import annotations

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data.ingest.frames import json_objects

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CELLS = st.none() | TEXTS | st.sampled_from(["1", "-2.5e3", "01", "1.", "NaN", 'q"', "back\\slash", "a,", ",", "\x00"])


def objects(columns: dict[str, list[str | None]]) -> list[str | None]:
    arrays = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    found: list[str | None] = json_objects(arrays, len(next(iter(arrays.values())))).to_pylist()
    return found


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_every_cell_comes_back(rows: list[tuple[str | None, str | None]]) -> None:
    found = objects({'na"me': [one for one, _ in rows], "b": [other for _, other in rows]})
    for text, (one, other) in zip(found, rows, strict=True):
        said = {key: value for key, value in (('na"me', one), ("b", other)) if value is not None}
        assert (text is None) == (not said)
        if text is not None:
            assert json.loads(text, parse_int=str, parse_float=str) == said


def test_numbers_keep_their_digits_and_what_is_none_is_a_text() -> None:
    assert objects({"n": ["1.50", "007", "12345678901234567890"]}) == [
        '{"n":1.50}',
        '{"n":"007"}',
        '{"n":12345678901234567890}',
    ]


def test_a_slice_of_a_column_is_what_counts() -> None:
    cells = pa.array(['q"', "plain", None])
    assert json_objects({"a": cells.slice(1)}, 2).to_pylist() == ['{"a":"plain"}', None]
