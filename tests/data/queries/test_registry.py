from __future__ import annotations

from data.queries import registry
from data.records import Edge, MetricMeaning, Model, Service
from data.series import make_series
from data.store import Snapshot, Store
from tests.data.builders import put


def test_what_is_stated_goes_before_what_is_guessed(store: Store) -> None:
    stated = MetricMeaning("up", "business", "1", "both", "gauge")
    put(store, series=[make_series("shop", "up"), make_series("shop", "latency_ms")], meanings=[stated])
    with store.snapshot() as snap:
        found = registry.meanings(snap)
        assert (found["up"], found["latency_ms"].role) == (stated, "latency")
        assert [meaning.guessed for meaning in found.values()] == [True, False]
        assert snap.rows("SELECT metric, role, unit FROM metric_meanings") == [
            ("latency_ms", "latency", "ms"),
            ("up", "business", "1"),
        ]


def test_a_meaning_may_be_stated_before_its_metric_is_seen(store: Store) -> None:
    put(store, meanings=[MetricMeaning("later", "errors")])
    with store.snapshot() as snap:
        assert registry.meanings(snap)["later"].role == "errors"


def test_services_models_and_topology(store: Store) -> None:
    put(store, services=[Service("shop", "Ines")], models=[Model("m", "shop")], edges=[Edge("gateway", "shop")])
    with store.snapshot() as snap:
        assert registry.services(snap) == (Service("gateway"), Service("shop", "Ines"))
        assert registry.models(snap) == (Model("m", "shop"),)
        assert registry.topology(snap) == (Edge("gateway", "shop"),)


def test_an_empty_store_knows_nothing(empty: Snapshot) -> None:
    assert (registry.services(empty), registry.models(empty), registry.topology(empty)) == ((), (), ())
    assert registry.meanings(empty) == {}
