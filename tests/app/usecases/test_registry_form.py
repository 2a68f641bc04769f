"""A form gives back the record that it was made from, to the last digit, and refuses what is no number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.usecases.registry_form import fields_of, record_of
from data.errors import RegistryError
from data.records import FeatureSource, MetricMeaning, Model, Objective, Service

names = st.text(min_size=1, max_size=12).filter(str.strip)
finite = st.floats(allow_nan=False, allow_infinity=False)
spans = st.floats(1e-6, 1e9)
objectives = st.builds(
    Objective, names, finite, st.sampled_from(["<=", ">="]), st.floats(1e-9, 1, exclude_max=True), spans
)
defaults = st.none() | finite | st.text(max_size=8) | st.sampled_from(["00501", "nan", "-inf", '"', '"5"', " 7", "1e3"])
features = st.builds(FeatureSource, names, names, defaults)
services = st.builds(Service, names, st.text(), st.text(), st.text(), st.lists(objectives, max_size=3).map(tuple))
models = st.builds(
    Model,
    names,
    service=st.text(),
    reads=st.lists(names, max_size=3).map(tuple),
    kind=st.sampled_from(["binary", "regression"]),
    metric=st.sampled_from(["accuracy", "mae"]),
    label_delay_s=st.just(0.0) | spans,
    stage=st.text(),
    features=st.lists(features, max_size=3, unique_by=lambda one: one.name).map(tuple),
    version=st.text(),
    trained_at=st.none() | st.datetimes(timezones=st.timezones()),
)

MODEL = fields_of(Model("m")) | {"features.0.name": "hour"}


@given(services | models | st.builds(MetricMeaning, names, unit=st.text(), limit=st.none() | finite))
def test_a_form_that_nobody_touched_means_the_record_it_was_made_from(record: Any) -> None:
    assert record_of(record, fields_of(record)) == record


def test_numbers_stand_as_people_write_them() -> None:
    fields = fields_of(Service("shop", objectives=(Objective("p95", 1234567.0, "<=", 0.9999999, 2_419_200.0),)))
    assert [fields[f"objectives.0.{name}"] for name in ("threshold", "target", "window")] == [
        *("1234567", "99.99999", "28d")
    ]


@pytest.mark.parametrize(
    ("unit", "text", "limit"),
    [
        ("percent", "95", 95),
        ("percent", "95 %", 95),
        ("share", "95%", 0.95),
        ("share", "0,95", 0.95),
        ("bytes", "", None),
    ],
)
def test_a_limit_is_read_in_the_unit_of_its_metric_and_of_a_share_in_percent_too(
    unit: str, text: str, limit: float | None
) -> None:
    made = record_of(MetricMeaning("disk"), fields_of(MetricMeaning("disk")) | {"unit": unit, "limit": text})
    assert isinstance(made, MetricMeaning)
    assert made.limit == limit


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999"])
def test_what_is_no_finite_number_is_refused_in_words(text: str) -> None:
    row = {"objectives.0.metric": "p95", "objectives.0.threshold": text, "objectives.0.target": "99"}
    with pytest.raises(RegistryError, match="Write a number like 500"):
        record_of(Service("shop"), row)
    with pytest.raises(RegistryError, match="Write a number like 100"):
        record_of(MetricMeaning("disk"), {"role": "saturation", "bad_direction": "up", "kind": "gauge", "limit": text})
    with pytest.raises(RegistryError, match="or a text in quotes"):
        record_of(Model("m"), MODEL | {"features.0.default": text})


@pytest.mark.parametrize(("text", "default"), [("0,5", "0,5"), ("7", 7.0), ('"7"', "7"), ("none", "none"), ("", None)])
def test_a_default_is_a_number_where_it_reads_as_one_and_quotes_make_it_a_text(text: str, default: Any) -> None:
    record = record_of(Model("m"), MODEL | {"features.0.default": text})
    assert isinstance(record, Model)
    assert record.features[0].default == default
