from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.catalog import tables
from data.catalog.commit import commit_file, forget_files, is_ingested
from data.errors import AlreadyIngested
from data.records import Edge, MetricMeaning, Model, Objective, Service
from data.series import make_series
from data.store import Store
from tests.data.builders import at, file_commit, printed, put, python, samples, segments_of

UP = make_series("shop", "up")
P95 = make_series("shop", "latency_p95_ms", {"route": "/order"})


def values(store: Store) -> list[float]:
    with store.snapshot() as snap:
        return [row[0] for row in snap.rows("SELECT value FROM metrics ORDER BY value")]


def names(store: Store, view: str) -> list[str]:
    with store.snapshot() as snap:
        return [row[0] for row in snap.rows(f"SELECT * FROM {view} ORDER BY ALL")]


def test_a_committed_file_is_seen_with_where_it_came_from(store: Store) -> None:
    assert put(store, series=[UP], metrics=samples(UP, [1.0]), path="up.csv") == 1
    with store.snapshot() as snap:
        assert snap.rows("SELECT ts, service, metric, value, source_file FROM metrics") == [
            (at(), "shop", "up", 1.0, "up.csv")
        ]


def test_segments_without_a_commit_are_not_seen(store: Store) -> None:
    segments_of(store, 1, {"metrics": samples(UP, [1.0])})
    assert values(store) == []
    assert store.catalog.generation == 0


def test_all_that_was_counted_is_kept(store: Store) -> None:
    commit = file_commit(
        1, lines=10, accepted=7, rejected=2, ignored=1, by_kind={"metrics": 7}, span=(at(), at(5)), elapsed_s=0.5
    )
    commit_file(store.catalog, commit)
    with store.catalog.read() as connection:
        row = connection.execute(select(tables.files)).mappings().one()
    assert (row["lines"], row["accepted"], row["rejected"], row["ignored"]) == (10, 7, 2, 1)
    assert (row["by_kind"], row["span_start"], row["span_end"]) == ({"metrics": 7}, at(), at(5))


def test_the_same_key_again_is_refused_and_changes_nothing(store: Store) -> None:
    put(store, series=[UP], metrics=samples(UP, [1.0]))
    again = file_commit(2, key="key1", segments=segments_of(store, 2, {"metrics": samples(UP, [2.0])}))
    with pytest.raises(AlreadyIngested, match="in the store already"):
        commit_file(store.catalog, again)
    assert values(store) == [1.0]
    assert store.catalog.generation == 1


def test_it_can_be_asked_before_the_work(store: Store) -> None:
    assert not is_ingested(store.catalog, "key1")
    put(store)
    assert is_ingested(store.catalog, "key1")


RACER = """if True:
    import sys, json
    from data.errors import AlreadyIngested
    from data.series import make_series
    from data.store import Store
    from tests.data.builders import put, samples
    store, up, won = Store.open(sys.argv[1]), make_series("shop", "up"), 0
    print("ready", flush=True)
    sys.stdin.readline()
    for file_id in range(8):
        try:
            put(store, file_id, series=[up], metrics=samples(up, [float(file_id)]))
            won += 1
        except AlreadyIngested:
            pass
    print(json.dumps(won))
"""


def test_of_racing_processes_exactly_one_ingests_each_file(store: Store, home: Path) -> None:
    racers = [python(RACER, home) for _ in range(3)]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [printed(racer) for racer in racers]
    assert sum(won) == 8
    assert values(store) == [float(i) for i in range(8)]
    assert store.catalog.generation == 8


KILLED = """if True:
    import sys, os, signal
    from data.catalog import commit
    from data.series import make_series
    from data.store import Store
    from tests.data.builders import put, samples
    store, up = Store.open(sys.argv[1]), make_series("shop", "up")
    put(store, 1, series=[up], metrics=samples(up, [1.0]))
    def die(*_args):
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(*{"before": (commit, "bump"), "within": (commit, "_insert_stated")}[sys.argv[2]], die)
    put(store, 2, series=[up], metrics=samples(up, [2.0]))
"""


@pytest.mark.parametrize("moment", ["before", "within"])
def test_a_process_killed_between_segment_and_commit_leaves_nothing_to_see(home: Path, moment: str) -> None:
    process = python(KILLED, home, moment)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with Store.open(home) as store:
        assert len(list((home / "segments").rglob("*.parquet"))) == 2
        assert values(store) == [1.0]
        assert store.catalog.generation == 1
        put(store, 2, series=[UP], metrics=samples(UP, [2.0]))
        assert values(store) == [1.0, 2.0]


def test_a_file_supersedes_what_a_wrong_mapping_made_of_it(store: Store) -> None:
    wrong = make_series("shop", "wrong_name")
    put(store, 1, series=[wrong, UP], metrics=[*samples(wrong, [1.0]), *samples(UP, [5.0])])
    put(store, 2, series=[UP], metrics=samples(UP, [6.0]))
    put(store, 3, series=[P95], metrics=samples(P95, [2.0]), supersedes=(1,))
    assert values(store) == [2.0, 6.0]
    with store.snapshot() as snap:
        assert snap.rows("SELECT metric FROM metric_meanings") == [("latency_p95_ms",), ("up",)]


def test_the_superseded_mapping_may_come_back(store: Store) -> None:
    put(store, 1, series=[UP], metrics=samples(UP, [1.0]))
    put(store, 2, series=[P95], metrics=samples(P95, [2.0]), supersedes=(1,))
    put(store, 1, series=[UP], metrics=samples(UP, [1.0]), supersedes=(2,))
    assert values(store) == [1.0]


def test_a_snapshot_still_reads_what_was_superseded_after_it(store: Store) -> None:
    put(store, 1, series=[UP], metrics=samples(UP, [1.0]))
    with store.snapshot() as before:
        put(store, 2, series=[P95], metrics=samples(P95, [2.0]), supersedes=(1,))
        assert before.rows("SELECT metric, value FROM metrics") == [("up", 1.0)]


def test_a_forgotten_file_takes_all_it_brought_with_it(store: Store) -> None:
    put(
        store,
        1,
        series=[UP],
        metrics=samples(UP, [1.0]),
        logs=[{"ts": at(), "service": "ghost"}],
        predictions=[{"ts": at(), "model": "gone", "prediction_id": "1"}],
        edges=[Edge("shop", "db")],
        services=[Service("billing")],
    )
    assert names(store, "services") == ["billing", "db", "ghost", "shop"]
    forget_files(store.catalog, (1,))
    assert values(store) == []
    assert names(store, "services") == names(store, "models") == names(store, "topology") == []
    assert not is_ingested(store.catalog, "key1")


def test_services_and_models_are_known_once_they_are_seen(store: Store) -> None:
    put(
        store,
        series=[UP],
        metrics=samples(UP, [1.0]),
        logs=[{"ts": at(), "service": "cart"}, {"ts": at(), "service": ""}],
        events=[{"ts": at(), "kind": "deploy", "service": "gateway"}],
        labels=[{"prediction_id": "1", "model": "fraud", "label_ts": at()}],
    )
    assert names(store, "services") == ["cart", "gateway", "shop"]
    assert names(store, "models") == ["fraud"]


def test_the_newest_statement_of_a_name_holds_and_the_older_comes_back_when_it_is_forgotten(store: Store) -> None:
    objective = Objective("up", 1, ">=", 0.99, 86_400)
    put(store, 1, services=[Service("shop", owner="Ines", objectives=(objective,))])
    put(store, 2, services=[Service("shop", owner="Tomas")])
    with store.snapshot() as snap:
        assert snap.state.services == (Service("shop", owner="Tomas"),)
    forget_files(store.catalog, (2,))
    with store.snapshot() as snap:
        assert snap.state.services == (Service("shop", owner="Ines", objectives=(objective,)),)


def test_a_registry_comes_back_as_it_was_stated(store: Store) -> None:
    model = Model("fraud", "shop", ("features",), "regression", "mae", 90.0, "prod", version="3", trained_at=at(-60))
    meaning = MetricMeaning("orders", "business", "1/s", "down", "gauge")
    put(store, models=[model], meanings=[meaning], edges=[Edge("shop", "db", "reads"), Edge("shop", "db", "reads")])
    with store.snapshot() as snap:
        assert snap.state.models == (model,)
        assert snap.state.stated_meanings == (meaning,)
        assert snap.state.topology == (Edge("shop", "db", "reads"),)
        assert [s.name for s in snap.state.services] == ["db", "features", "shop"]


def test_series_that_are_known_are_not_counted_as_new(store: Store) -> None:
    put(store, 1, series=[UP])
    put(store, 2, series=[UP])
    put(store, 3, series=[UP, P95])
    assert store.catalog.counters().series_version == 2
    with store.catalog.read() as connection:
        assert connection.execute(select(func.count()).select_from(tables.series)).scalar() == 2


@pytest.mark.parametrize("name", ["x'; DROP TABLE files; --", 'q"uote', "\\", "💥", "a\nb", "{}", "$name", "x" * 5000])
def test_hostile_names_are_only_names(store: Store, name: str) -> None:
    series = make_series(name, name, {name: name})
    put(store, series=[series], metrics=samples(series, [1.0]), path=name, services=[Service(name, owner=name)])
    with store.snapshot() as snap:
        found = snap.rows("SELECT service, metric, map_entries(labels)[1], source_file FROM metrics")
        assert found == [(name, name, {"key": name, "value": name}, name)]
        assert [row[:2] for row in snap.rows("FROM services")] == [(name, name)]
