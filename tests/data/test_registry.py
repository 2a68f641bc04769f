"""Registry files: services, models and the meaning of metrics, and the words for a wrong one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import RegistryError
from data.records import Edge, FeatureSource, MetricMeaning, Objective
from data.registry import load_registry, parse

TEXT = """
[[services]]
name = "shop"
owner = "Ann"
team = "orders"
environment = "prod"
depends_on = ["db"]
[[services.objectives]]
metric = "latency_p95_ms"
comparison = "<="
threshold = 250
target = 0.95
window = "30d"

[[models]]
name = "churn"
service = "shop"
reads = ["feature-store"]
kind = "multiclass"
metric = "f1"
label_delay = "2m"
stage = "live"
version = "v3"
trained_at = 2024-05-01T10:00:00Z
[models.features]
age = { from = "feature-store", default = 40 }
city = { from = "request", default = "none" }
hour = {}

[[metrics]]
name = "latency_p95_ms"
role = "latency"
unit = "ms"
bad_direction = "up"
kind = "gauge"
"""


def test_all_that_a_registry_says(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text(TEXT)
    found = load_registry(path)
    (service,), (model,) = found.services, found.models
    assert (service.name, service.owner, service.team, service.environment) == ("shop", "Ann", "orders", "prod")
    assert service.objectives == (Objective("latency_p95_ms", 250.0, "<=", 0.95, 2_592_000.0),)
    assert (model.kind, model.metric, model.label_delay_s, model.reads) == (
        "multiclass",
        "f1",
        120.0,
        ("feature-store",),
    )
    assert model.trained_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert model.features == (
        FeatureSource("age", "feature-store", 40.0),
        FeatureSource("city", "request", "none"),
        FeatureSource("hour", "request", None),
    )
    assert found.meanings == (MetricMeaning("latency_p95_ms", "latency", "ms", "up", "gauge"),)
    assert found.edges == (Edge("shop", "db"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[services]]\nnme = 'a'", r"r.toml: services number 1 has an unknown entry 'nme'. Did you mean 'name'"),
        ("[[services]]\nowner = 'a'", "services number 1 has no name"),
        ("[[service]]\nname = 'a'", "unknown entry 'service'. Did you mean 'services'"),
        ("[[services]]\nname = 'a'\n[[services]]\nname = 'a'", "states the service 'a' twice"),
        (
            "[[services]]\nname = 'a'\n[[services.objectives]]\nmetric = 'm'\nthreshold = 1\ntarget = 99",
            "target = 99 is no share",
        ),
        (
            "[[services]]\nname = 'a'\n[[services.objectives]]\nmetric = 'm'\ntarget = 0.9",
            "threshold has to be a number",
        ),
        (
            "[[services]]\nname = 'a'\n[[services.objectives]]\nmetric = 'm'\nthreshold = inf\ntarget = 0.9",
            "threshold has to be a number",
        ),
        ("[[models]]\nname = 'a'\n[models.features]\nx = { default = nan }", "default has to be a number or a text"),
        ("[[models]]\nname = 'a'\nkind = 'magic'", "kind = 'magic' is not known. Known are binary, multiclass"),
        ("[[models]]\nname = 'a'\nlabel_delay = 'soon'", "label_delay = 'soon' is no span of time"),
        ("[[models]]\nname = 'a'\ntrained_at = 'May'", "trained_at has to be a time like"),
        ("[[models]]\nname = 'a'\nfeatures = ['x']", "features has to be a table"),
        ("[[models]]\nname = 'a'\n[models.features]\nx = { default = true }", "default has to be a number or a text"),
        ("[[metrics]]\nname = 'a'\nrole = 'speed'", "role = 'speed' is not known"),
        ("[[metrics]]\nname = 7", "name has to be a text"),
        ("[[metrics]]\nname = 'a'\nlimit = nan", "limit has to be a number"),
        ("[[metrics]]\nname = 'a'\nlimit = '80 %'", "limit has to be a number"),
        ("[thresholds]\ngroup_reach = 5", "unknown entry 'group_reach'. Did you mean 'group_reach_s'"),
        ("[thresholds]\ndrift_limit = 'high'", "drift_limit has to be a number"),
        ("[thresholds]\ndrift_limit = 9", "drift_limit lies between 0.05 and 2"),
        ("thresholds = 3", "thresholds is no table"),
        ("services = 1", "services has to be a list of tables"),
        ("[[services", "r.toml is no valid TOML"),
    ],
)
def test_a_wrong_registry_names_the_entry_and_the_mistake(text: str, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        parse(text, "r.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="cannot be read"):
        load_registry(tmp_path / "none.toml")


def test_a_model_s_metric_is_one_that_can_be_computed() -> None:
    from analytics.performance import METRICS
    from data.registry import MODEL_METRICS

    assert tuple(METRICS) == MODEL_METRICS
    with pytest.raises(RegistryError, match="metric = 'acurracy' is not known"):
        parse('[[models]]\nname = "m"\nmetric = "acurracy"\n', "r.toml")
