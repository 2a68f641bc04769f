"""Folders of real data come in by mapping files alone, with every line accounted for and every count exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.ingest import IngestReport, ingest
from data.ingest.formats import csv_table, plain_log
from data.ingest.job import Place
from data.ingest.mapping import FileMapping
from data.ingest.source import Source
from data.ingest.streams import read_head
from data.store import Store

HERE = Path(__file__).parent
SHARED = HERE.parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Folder:
    """Files, and lines as accepted, rejected and ignored."""

    path: str
    files: int
    lines: tuple[int, int, int]
    by_kind: dict[str, int]


FOLDERS = {
    "luminol": Folder("metrics/luminol_demo", 3, (7_819, 0, 0), {"metrics": 7_819}),
    "upptime": Folder("incidents/upptime_toro", 1, (1_043, 0, 1_605), {"events": 1_043}),
    "service_now": Folder("incidents/uci_incident_log", 1, (2_989, 0, 1), {"events": 2_989}),
    "elastic_apache": Folder("logs/elastic_apache_access", 1, (10_000, 0, 0), {"logs": 10_000}),
    "california_housing": Folder(
        "models/nannyml_california_housing", 3, (22_296, 0, 3), {"predictions": 14_064, "labels": 14_064}
    ),
    "nezha": Folder(
        "root_cause/nezha_online_boutique", 17, (28_901, 0, 16), {"metrics": 84_359, "events": 24, "logs": 13_134}
    ),
    "nab": Folder("metrics/nab", 36, (154_717, 0, 36), {"metrics": 154_717}),
    "ms_cloud_monitoring": Folder("metrics/ms_cloud_monitoring", 40, (55_862, 0, 82), {"metrics": 55_862}),
    "azure_vm_noise": Folder("metrics/azure_vm_noise", 5, (103_687, 0, 5), {"metrics": 103_687}),
    "car_loan": Folder("models/nannyml_car_loan", 3, (150_000, 0, 3), {"predictions": 100_000, "labels": 100_000}),
    "petshop": Folder("root_cause/petshop", 27, (719, 0, 108), {"metrics": 173_111}),
}
FAST = ("luminol", "upptime", "service_now", "elastic_apache", "california_housing")
NAMES = [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in FOLDERS]


@dataclass(frozen=True)
class Taken:
    store: Store
    report: IngestReport

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.store.snapshot() as snap:
            return snap.rows(query)


def take(home: Path, name: str) -> Taken:
    source = SHARED / FOLDERS[name].path
    if not source.is_dir():
        pytest.skip(
            f"{source.relative_to(SHARED.parents[1])} is not there: the real data are kept beside the repository"
        )
    store = Store.open(home)
    return Taken(store, ingest(store, [source], mapping=HERE / "mappings" / f"{name}.toml"))


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Takes a folder in, once for all tests of it."""
    known: dict[str, Taken] = {}

    def get(name: str) -> Taken:
        if name not in known:
            known[name] = take(tmp_path_factory.mktemp(name) / "home", name)
        return known[name]

    yield get
    for each in known.values():
        each.store.close()


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_accounted_for(taken: Any, name: str) -> None:
    folder, report = FOLDERS[name], taken(name).report
    assert (report.files, report.skipped, report.failed) == (folder.files, 0, 0)
    assert (report.accepted, report.rejected, report.ignored) == folder.lines
    assert report.by_kind == folder.by_kind
    for kind, count in folder.by_kind.items():
        assert taken(name).rows(f"SELECT count(*) FROM {kind}") == [(count,)]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_local_times_of_the_pacific_coast_without_a_header(taken: Any) -> None:
    rows = taken("luminol").rows("SELECT metric, min(ts), count(*) FROM metrics GROUP BY 1 ORDER BY 1")
    assert rows == [
        ("GC.commit", at(2014, 1, 5, 10, 0, 1, 110_000), 378),
        ("Ingraphs.latency", at(2014, 1, 5, 10, 0), 241),
        ("SAR-device.sdb.await", at(2014, 1, 5, 10, 0, 1), 7_200),
    ]


def test_outages_are_told_from_the_subjects_of_commits(taken: Any) -> None:
    assert taken("upptime").rows("SELECT kind, count(*) FROM events GROUP BY 1 ORDER BY 1") == [
        ("alert", 122),
        ("note", 921),
    ]
    pieces = "service, attributes['code'], attributes['response_ms']"
    query = f"SELECT {pieces} FROM events WHERE kind = 'alert' ORDER BY ts LIMIT 1"
    assert taken("upptime").rows(query) == [("TORO Dynmap", "0", "0")]


def test_requests_have_messages_and_severities(taken: Any) -> None:
    rows = taken("elastic_apache").rows("SELECT severity, count(*) FROM logs GROUP BY 1 ORDER BY 1")
    assert rows == [("ERROR", 3), ("INFO", 9_780), ("WARN", 217)]
    escaped = r"SELECT count(*) FROM logs WHERE attributes['http_referer'] LIKE '%\xe4\xe5%'"
    assert taken("elastic_apache").rows(escaped) == [(3,)]


def test_a_stated_lag_stands_for_label_times_that_nobody_wrote(taken: Any) -> None:
    query = (
        "SELECT version, count(*), min(label_ts - ts) = INTERVAL 30 DAYS, max(label_ts - ts) = INTERVAL 30 DAYS "
        "FROM predictions JOIN labels USING (model, prediction_id) GROUP BY 1 ORDER BY 1"
    )
    assert taken("california_housing").rows(query) == [
        ("analysis", 8_232, True, True),
        ("reference", 5_832, True, True),
    ]
    (features,) = taken("california_housing").rows("SELECT features FROM predictions WHERE prediction_id = '5832'")[0]
    assert features.startswith('{"MedInc":3.4583,"HouseAge":24.0,')
    assert "clf_target" not in features


@pytest.mark.slow
def test_online_boutique_past_its_traps(taken: Any) -> None:
    boutique = taken("nezha")
    span = "SELECT service, count(DISTINCT metric), min(ts)::DATE, max(ts)::DATE FROM metrics GROUP BY 1 ORDER BY 1"
    day = at(2022, 8, 22).date()
    services = boutique.rows(span)
    assert [row[0] for row in services if row[0].endswith("service")] == [
        row[0] for row in services if row[0] != "frontend"
    ]
    assert len(services) == 10
    assert {row[2:] for row in services} == {(day, day)}
    assert boutique.rows("SELECT avg(value) > 99, max(value) FROM metrics WHERE metric = 'success_percent'") == [
        (True, 100.0)
    ]
    assert boutique.rows("SELECT count(*), count(DISTINCT service) FROM events WHERE kind = 'fault'") == [(24, 10)]
    assert boutique.rows("SELECT kind, count(*) FROM topology GROUP BY 1 ORDER BY 1") == [
        ("calls", 14),
        ("runs_on", 12),
    ]
    logs = "SELECT severity, count(*), count(*) FILTER (message LIKE '{%') FROM logs GROUP BY 1 ORDER BY 1"
    assert boutique.rows(logs) == [("INFO", 12_203, 0), (None, 931, 0)]


@pytest.mark.slow
def test_names_over_four_rows_become_services_metrics_and_labels(taken: Any) -> None:
    query = "SELECT DISTINCT metric, labels['statistic'] FROM metrics WHERE service = 'PetSite' ORDER BY 1, 2"
    assert ("latency", "Average") in taken("petshop").rows(query)


@pytest.mark.slow
def test_repeated_times_are_said(taken: Any) -> None:
    notes = {note.file: note.count for note in taken("nab").report.notes}
    assert notes["realKnownCause/machine_temperature_system_failure.csv"] == 12


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["metrics", "models", "infra_and_models", "root_cause"])
def test_a_table_is_never_taken_for_lines_of_text(parse: Any, folder: str) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"shared/data/{folder} is not there: the real data are kept beside the repository")
    tables = [path for path in sorted((SHARED / folder).rglob("*")) if ".csv" in path.suffixes and path.is_file()]
    assert tables
    assert not [path.name for path in tables if plain_log.sniff(source_of(path)) and csv_is_unsure(path)]


def source_of(path: Path) -> Source:
    return Source(path, read_head(path), FileMapping(), Place(path.name))


def csv_is_unsure(path: Path) -> bool:
    source = source_of(path)
    (text,) = plain_log.sniff(source)
    return max((guess.confidence for guess in csv_table.sniff(source)), default=0.0) < text.confidence


@pytest.mark.slow
def test_real_logs_of_systems_are_read_whole(parse: Any) -> None:
    """Their licence keeps them out of the product; they may be read."""
    if not (SHARED / "logs" / "loghub_2k").is_dir():
        pytest.skip("shared/data/logs/loghub_2k is not there: the real data are kept beside the repository")
    for name in ("Apache", "BGL", "Linux", "OpenSSH", "OpenStack", "Spark", "Zookeeper"):
        read = parse.file(SHARED / "logs" / "loghub_2k" / name / f"{name}_2k.log")
        assert (name, read.counts) == (name, (2_000, 0, 0))
