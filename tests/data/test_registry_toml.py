"""What is written as a registry file is read back as the same registry."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from data.records import Edge, FeatureSource, MetricMeaning, Model, Objective, Service, StatedThreshold
from data.registry import THRESHOLDS, Registry, parse
from data.registry_toml import write
from data.timespan import parse_span, span_text

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
names = texts.filter(str.strip)
spans = st.one_of(st.integers(1, 10**7).map(float), st.integers(1, 10**6).map(lambda ms: ms / 1000))
finite = st.floats(allow_nan=False, allow_infinity=False)
objectives = st.builds(Objective, names, finite, st.sampled_from(["<=", ">="]), st.floats(0.001, 0.9999), spans)
features = st.builds(FeatureSource, names, names, st.one_of(st.none(), finite, names))
services = st.builds(Service, names, texts, texts, texts, st.lists(objectives, max_size=2).map(tuple))
models = st.builds(
    Model,
    names,
    texts,
    st.lists(names, max_size=2).map(tuple),
    st.sampled_from(["binary", "multiclass", "regression"]),
    st.sampled_from(["accuracy", "mae"]),
    spans,
    texts,
    st.lists(features, max_size=2, unique_by=lambda f: f.name).map(tuple),
    texts,
    st.one_of(st.none(), st.just(datetime(2026, 5, 4, 10, 0, 1, tzinfo=UTC))),
)
meanings = st.builds(
    MetricMeaning,
    names,
    st.sampled_from(["latency", "other"]),
    texts,
    st.sampled_from(["up", "down", "both"]),
    st.sampled_from(["gauge", "counter"]),
    st.none() | finite,
)
thresholds = st.sampled_from(sorted(THRESHOLDS)).flatmap(
    lambda name: st.builds(StatedThreshold, st.just(name), st.floats(*THRESHOLDS[name]))
)
registries = st.builds(
    Registry,
    st.lists(services, max_size=3, unique_by=lambda s: s.name).map(tuple),
    st.lists(models, max_size=3, unique_by=lambda m: m.name).map(tuple),
    st.lists(meanings, max_size=3, unique_by=lambda m: m.metric).map(tuple),
    thresholds=st.lists(thresholds, max_size=3, unique_by=lambda one: one.name).map(tuple),
)


@given(registries)
def test_it_comes_back_as_it_was_whatever_the_names_hold(registry: Registry) -> None:
    assert parse(write(registry), "registry.toml") == registry


def test_dependencies_come_back_too() -> None:
    registry = Registry((Service("shop"),), edges=(Edge("shop", "cache"),))
    assert parse(write(registry), "r.toml") == registry


@given(spans)
def test_spans_come_back_as_they_were(seconds: float) -> None:
    assert abs(parse_span(span_text(seconds)) - seconds) < 1e-6


def test_spans_are_written_as_people_do() -> None:
    assert [span_text(s) for s in (2_419_200.0, 5400.0, 90.0, 0.5)] == ["28d", "90m", "90s", "0.5s"]
