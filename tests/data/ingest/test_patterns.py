"""The small language that cuts texts into pieces."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest import patterns

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=12)


@pytest.mark.parametrize(
    ("pattern", "text", "pieces"),
    [
        ("{service}-{set}-{pod}", "my-shop-6cf-gfj", {"service": "my-shop", "set": "6cf", "pod": "gfj"}),
        ("{}/{metric}.csv", "a/b/cpu.csv", {"metric": "cpu"}),
        ("a(b)*+{x}", "a(b)*+y", {"x": "y"}),
        ("plain", "plain", {}),
        ("{a} is {b}", "x\ny is z", {"a": "x\ny", "b": "z"}),
        ("{a}.csv", "cpuXcsv", None),
        ("plain", "plainer", None),
    ],
)
def test_pieces(pattern: str, text: str, pieces: dict[str, str] | None) -> None:
    assert patterns.parse(pattern).cut_all([text]).get(text) == pieces


@given(before=TEXTS, piece=TEXTS.filter(bool), after=TEXTS)
def test_words_mean_themselves(before: str, piece: str, after: str) -> None:
    text = f"{before}{piece}{after}"
    fits, cut = patterns.parse(before.replace("{", "") + "{x}" + after).cut(pa.array([text]))
    assert fits.to_pylist() == [True]
    assert cut["x"].to_pylist() == [piece]
