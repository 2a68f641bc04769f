"""The views have exactly the columns of the contract, and hold whatever comes in."""

from __future__ import annotations

import math

import pytest

from data.log_templates import template_id
from data.records import MetricMeaning, Model, Objective, Service
from data.series import make_series
from data.store import Snapshot, Store
from data.views import CONTRACT_VIEWS
from tests.data.builders import at, put, samples

TIME, TEXT, MAP = "TIMESTAMP WITH TIME ZONE", "VARCHAR", "MAP(VARCHAR, VARCHAR)"
RECORD = {"known_at": TIME, "ingested_at": TIME, "source_file": TEXT}


def typed(columns: str, kind: str) -> dict[str, str]:
    return dict.fromkeys(columns.split(), kind)


CONTRACT = {
    "metrics": {"ts": TIME, "service": TEXT, "metric": TEXT, "labels": MAP, "value": "DOUBLE", **RECORD},
    "logs": {
        "ts": TIME,
        **typed("service severity message", TEXT),
        "template_id": "BIGINT",
        "attributes": MAP,
        **RECORD,
    },
    "events": {
        **typed("ts ends_at", TIME),
        **typed("kind service severity title source fingerprint", TEXT),
        "attributes": MAP,
        **RECORD,
    },
    "incidents": {
        **typed("incident_id title severity status", TEXT),
        **typed("started_at detected_at acknowledged_at mitigated_at resolved_at", TIME),
        "services": "VARCHAR[]",
        "cause": TEXT,
    },
    "anomalies": {
        **typed("anomaly_id service metric", TEXT),
        "labels": MAP,
        **typed("start_ts end_ts", TIME),
        **typed("peak_score observed expected_low expected_high", "DOUBLE"),
        **typed("direction detector mode model", TEXT),
    },
    "predictions": {
        "ts": TIME,
        **typed("model version prediction_id y_pred", TEXT),
        "y_score": "DOUBLE",
        "features": TEXT,
        "received_at": TIME,
        **RECORD,
    },
    "labels": {**typed("prediction_id model y_true", TEXT), "label_ts": TIME, **RECORD},
    "services": {
        **typed("service owner team environment", TEXT),
        "objectives": "STRUCT(metric VARCHAR, threshold DOUBLE, comparison VARCHAR, "
        '"target" DOUBLE, window_s DOUBLE)[]',
    },
    "models": {**typed("model version stage service", TEXT), "reads": "VARCHAR[]", "kind": TEXT, "trained_at": TIME},
    "metric_meanings": typed("metric role unit bad_direction kind", TEXT),
    "topology": typed("service depends_on kind", TEXT),
    "templates": {
        "template_id": "BIGINT",
        **typed("service template", TEXT),
        **typed("first_ts last_ts", TIME),
        "count": "BIGINT",
    },
    "quarantine": {"file": TEXT, "line": "BIGINT", **typed("reason raw", TEXT), "ingested_at": TIME},
}


def columns(snap: Snapshot, view: str) -> dict[str, str]:
    return {row[0]: row[1] for row in snap.rows(f"DESCRIBE {view}")}


def fill(store: Store) -> None:
    up = make_series("shop", "up", {"zone": "a"})
    put(
        store,
        series=[up],
        metrics=samples(up, [1.0], lag_s=5),
        logs=[{"ts": at(), "service": "shop", "severity": "INFO", "message": "hi", "attributes": '{"a":"b"}'}],
        events=[{"ts": at(), "kind": "deploy", "service": "shop", "title": "v2", "known_at": at(1)}],
        predictions=[{"ts": at(), "model": "m", "prediction_id": "1", "y_pred": "a", "received_at": at(2)}],
        labels=[{"prediction_id": "1", "model": "m", "y_true": "b", "label_ts": at(3)}],
        quarantine=[{"line": 7, "reason": "no time", "raw": b"caf\xc3\xa9"}],
        services=[Service("shop", "Ines", "orders", "prod", (Objective("up", 1, ">=", 0.99, 3600),))],
        models=[Model("m", "shop", ("store",), version="2")],
        meanings=[MetricMeaning("up", "availability", "bool", "down")],
        path="all.csv",
    )


def test_the_contract_names_these_views() -> None:
    assert set(CONTRACT_VIEWS) == set(CONTRACT)


@pytest.mark.parametrize("view", CONTRACT)
def test_an_empty_store_gives_empty_typed_results(empty: Snapshot, view: str) -> None:
    assert columns(empty, view) == CONTRACT[view]
    assert empty.rows(f"FROM {view}") == []


@pytest.mark.parametrize("view", CONTRACT)
def test_a_full_store_has_the_same_columns(store: Store, view: str) -> None:
    fill(store)
    with store.snapshot() as snap:
        assert columns(snap, view) == CONTRACT[view]


@pytest.mark.parametrize(
    ("view", "known_at"),
    [("metrics", at(0, 5)), ("logs", at()), ("events", at(1)), ("predictions", at(2)), ("labels", at(3))],
)
def test_every_record_says_when_it_could_be_known_and_where_it_came_from(
    store: Store, view: str, known_at: object
) -> None:
    fill(store)
    with store.snapshot() as snap:
        ((known, ingested, source),) = snap.rows(f"SELECT known_at, ingested_at, source_file FROM {view}")
        assert (known, source) == (known_at, "all.csv")
        assert ingested == snap.rows("SELECT max(ingested_at) FROM metrics")[0][0]


def test_a_registry_is_joined_to_what_it_describes(store: Store) -> None:
    fill(store)
    with store.snapshot() as snap:
        assert snap.rows(
            "SELECT m.value, s.owner, mm.role, s.objectives[1].threshold FROM metrics AS m "
            "JOIN services AS s USING (service) JOIN metric_meanings AS mm USING (metric)"
        ) == [(1.0, "Ines", "availability", 1.0)]
        assert snap.rows("SELECT model, version, reads FROM models") == [("m", "2", ["store"])]


def test_labels_are_a_map(store: Store) -> None:
    fill(store)
    with store.snapshot() as snap:
        assert snap.rows("SELECT labels['zone'], labels['none'] FROM metrics") == [("a", None)]


@pytest.mark.parametrize("values", [[math.nan, 1.0, 3.0], [1.0, math.nan, 3.0, math.inf], [math.nan, 3.0]])
def test_a_nan_is_a_nan_and_hides_no_number(store: Store, values: list[float]) -> None:
    """Infinity beside it would hide that DuckDB takes pyarrow's statistics to exclude NaN."""
    series = make_series("shop", "m")
    put(store, series=[series], metrics=samples(series, values))
    with store.snapshot() as snap:
        assert snap.rows("SELECT count(*) FROM metrics WHERE isnan(value)") == [(1,)]
        assert snap.rows("SELECT min(value) FROM metrics WHERE value > 2 AND value < 5") == [(3.0,)]
        assert snap.rows("SELECT count(*) FROM metrics WHERE NOT isnan(value)") == [(len(values) - 1,)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a":"b","n":1,"deep":{"x":[1]},"none":null}', {"a": "b", "n": "1", "deep": '{"x":[1]}', "none": None}),
        ("{}", {}),
        (None, None),
        ("not json", None),
        ("[1,2]", None),
        ('"text"', None),
    ],
)
def test_attributes_of_any_shape_lose_no_record(store: Store, text: str | None, found: dict[str, str] | None) -> None:
    put(store, logs=[{"ts": at(), "message": "x", "attributes": text}])
    with store.snapshot() as snap:
        ((attributes,),) = snap.rows("SELECT attributes FROM logs")
        assert (attributes if attributes is None else dict(attributes)) == found


def test_quarantined_bytes_are_shown_as_text_where_they_are_text(store: Store) -> None:
    put(store, path="bad.csv", quarantine=[{"line": 3, "reason": "no", "raw": b"caf\xc3\xa9"}, {"raw": b"\xff\x00a"}])
    with store.snapshot() as snap:
        assert snap.rows("SELECT file, line, raw FROM quarantine ORDER BY line") == [
            ("bad.csv", 2, r"\xFF\x00a"),
            ("bad.csv", 3, "café"),
        ]


def test_times_stay_in_utc_whatever_the_machine_says(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    fill(store)
    with store.snapshot() as snap:
        assert snap.rows("SELECT ts::VARCHAR FROM metrics") == [("2024-03-01 12:00:00+00",)]
        assert str(snap.frame("SELECT ts FROM metrics")["ts"].dt.tz) == "UTC"


def test_log_lines_have_the_number_of_their_template_and_templates_their_counts(store: Store) -> None:
    messages = ["took 12 ms", "took 3 ms", None, "gave up {on} it"]
    lines = [{"ts": at(i), "service": "shop", "message": message} for i, message in enumerate(messages)]
    put(store, logs=[*lines, {"ts": at(9), "service": "cart", "message": "took 5 ms"}])
    took, gave = (int(template_id(text), 16) for text in ("took <*> ms", "gave up {on} it"))
    with store.snapshot() as snap:
        numbers = snap.rows("SELECT template_id FROM logs ORDER BY ts")
        listed = snap.rows("SELECT * FROM templates ORDER BY first_ts")
    assert numbers == [(took,), (took,), (None,), (gave,), (took,)]
    assert listed == [
        (took, "shop", "took <*> ms", at(0), at(1), 2),
        (gave, "shop", "gave up {on} it", at(3), at(3), 1),
        (took, "cart", "took <*> ms", at(9), at(9), 1),
    ]
