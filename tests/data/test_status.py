from __future__ import annotations

from data.queries.incidents import save_incidents
from data.records import Incident, Model, Service
from data.series import make_series
from data.status import status
from data.store import Store
from tests.data.builders import at, put, samples

UP = make_series("shop", "up")


def test_a_store_is_counted(store: Store) -> None:
    put(store, 1, series=[UP], metrics=samples(UP, [1.0, 2.0]), quarantine=[{"reason": "no"}])
    put(store, 2, logs=[{"ts": at(-1), "service": "cart"}], models=[Model("m")], services=[Service("db")])
    save_incidents(store.catalog, [Incident("", "slow", "major", "open", at())])
    found = status(store)
    assert found.rows == {"metrics": 2, "logs": 1}
    assert (found.start, found.end) == (at(-1), at(1))
    assert (found.services, found.models, found.series, found.incidents, found.files) == (3, 1, 1, 1, 2)
    assert (found.quarantine, found.generation, found.revision) == (1, 2, 1)
    assert found.bytes == sum(path.stat().st_size for path in (store.home / "segments").rglob("*.parquet"))


def test_what_was_superseded_is_not_counted(store: Store) -> None:
    put(store, 1, series=[UP], metrics=samples(UP, [1.0, 2.0]))
    put(store, 2, series=[UP], metrics=samples(UP, [1.0]), supersedes=(1,))
    assert (status(store).rows, status(store).files) == ({"metrics": 1}, 1)


def test_an_empty_store_has_no_span_and_no_rows(store: Store) -> None:
    found = status(store)
    assert (found.rows, found.start, found.end, found.bytes, found.quarantine) == ({}, None, None, 0, 0)
