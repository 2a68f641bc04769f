"""What people call a metric."""

from __future__ import annotations

import pytest

from app.usecases.words import first_upper, labels, listed, measure, plain_name
from data.records import MetricMeaning, Role


@pytest.mark.parametrize(
    ("metric", "role", "words"),
    [
        ("latency_p95_ms", "latency", "p95 latency"),
        ("http_latency", "latency", "latency"),
        ("error_share", "errors", "errors"),
        ("redis_up", "availability", "up"),
        ("requests_per_s", "traffic", "traffic"),
        ("orders_per_s", "business", "orders per s"),
        ("worker_saturation", "saturation", "worker saturation"),
        ("process.cpu.seconds", "saturation", "process cpu"),
        ("_", "other", "_"),
    ],
)
def test_measure_in_words(metric: str, role: Role, words: str) -> None:
    assert measure(MetricMeaning(metric, role=role)) == words


def test_a_name_is_never_emptied() -> None:
    assert plain_name("total") == "total"
    assert plain_name("shop_orders_total") == "shop orders"


def test_labels_and_lists_read_like_a_sentence() -> None:
    assert labels((("route", "/order"), ("code", "503"))) == "route /order, code 503"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d"]) == "a, b and 2 more"
    assert listed([]) == ""
    assert first_upper("feature-store stopped") == "Feature-store stopped"
