from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from data.series import canonical_key, labels_json, make_series, series_id

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def test_an_id_is_the_same_for_ever() -> None:
    assert canonical_key("shop", "up", {"b": "2", "a": "1"}) == '["shop","up",{"a":"1","b":"2"}]'
    assert series_id("shop", "up", {"b": "2", "a": "1"}) == 6951234559631941493


@given(service=text, metric=text, labels=st.dictionaries(text, text, max_size=4))
def test_duckdb_computes_the_same_id_from_the_canonical_key(service: str, metric: str, labels: dict[str, str]) -> None:
    key = canonical_key(service, metric, labels)
    row = duckdb.execute("SELECT (md5_number_lower(?) >> 1)::BIGINT", [key]).fetchone()
    assert row == (series_id(service, metric, labels),)


def test_the_order_of_labels_does_not_matter() -> None:
    assert series_id("s", "m", [("a", "1"), ("b", "2")]) == series_id("s", "m", {"b": "2", "a": "1"})


def test_what_belongs_to_the_name_cannot_pass_for_a_label() -> None:
    assert series_id("s", "m", {"a": "b"}) != series_id("s", 'm",{"a":"b"}]')


def test_labels_keep_letters_of_every_script() -> None:
    assert labels_json({"ort": "Zürich", "a": '"'}) == '{"a":"\\"","ort":"Zürich"}'


def test_a_made_series_has_sorted_labels_and_its_id() -> None:
    series = make_series("shop", "up", {"z": "1", "a": "2"})
    assert series.labels == (("a", "2"), ("z", "1"))
    assert series.series_id == series_id("shop", "up", {"a": "2", "z": "1"})
