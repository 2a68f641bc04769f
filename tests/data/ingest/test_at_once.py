"""Several files are read at once where there are cores and enough to read: what comes in is what comes one by one."""

from __future__ import annotations

import os
import threading
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from data.errors import StoreError
from data.ingest import ingest, protocol, taking
from data.ingest.mapping import parse
from data.ingest.report import IngestReport
from data.ingest.sources import Found
from data.ingest.worker import Worker
from data.store import Store

WIDE = "ts,{name}\n" + "".join(f"2024-05-01T10:{minute:02d}Z,{minute}\n" for minute in range(50))
PREDICTIONS = "ts,model,prediction_id,y_pred\n2024-05-01T10:00Z,m,1,1\n2024-05-01T10:01Z,m,2,0\n"
LABELS = {"files": [{"match": "b_labels.csv", "as": "labels", "label_lag": "5m", "constants": {"model": "m"}}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A large file first, one like it, one that is no data, an archive, labels before the predictions they rest on."""
    path = tmp_path / "in"
    path.mkdir()
    large = WIDE.format(name="cpu") + "".join(f"2024-05-02T{i // 60 % 24:02d}:{i % 60:02d}Z,{i}\n" for i in range(1440))
    large += "2024-05-01T11:00Z,oops\n"
    (path / "a.csv").write_text(large)
    (path / "a_again.csv").write_text(large)
    (path / "b_labels.csv").write_text("prediction_id,y_true\n1,1\n2,1\n")
    (path / "broken.parquet").write_bytes(b"PAR1 no more")
    for name in ("c", "d", "e", "f"):
        (path / f"{name}.csv").write_text(WIDE.format(name=name) + "2024-05-01T11:00Z,oops\n")
    with zipfile.ZipFile(path / "g.zip", "w") as archive:
        archive.writestr("h.csv", WIDE.format(name="h"))
        archive.writestr("i.csv", "nothing\n")
    (path / "z_predictions.csv").write_text(PREDICTIONS)
    return path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three cores, and every byte is worth a parser."""
    monkeypatch.setattr(protocol, "WORTH_BYTES", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})


def told(report: IngestReport) -> dict[str, Any]:
    return {name: value for name, value in asdict(report).items() if name != "elapsed_s"}


def stored(home: Path) -> list[Any]:
    """Every record, and the files in the order in which they became visible."""
    with Store.open(home) as store, store.snapshot() as snap:
        records = [
            snap.rows(f"SELECT * EXCLUDE (ingested_at) FROM {view} ORDER BY ALL") for view in ("metrics", "labels")
        ]
        return [*records, snap.rows("SELECT DISTINCT source_file FROM metrics ORDER BY 1"), snap.generation]


def test_the_report_and_the_store_are_those_of_one_after_another(
    tmp_path: Path, folder: Path, request: pytest.FixtureRequest
) -> None:
    with Store.open(tmp_path / "one") as store:
        one = ingest(store, [folder], mapping=parse(LABELS))
    request.getfixturevalue("at_once")
    for attempt in range(3):
        with Store.open(tmp_path / f"many{attempt}") as store:
            many = ingest(store, [folder], mapping=parse(LABELS))
        assert told(many) == told(one)
        assert stored(tmp_path / f"many{attempt}") == stored(tmp_path / "one")
    assert (one.skipped, one.failed, one.by_kind["labels"]) == (1, 2, 2)


@pytest.mark.usefixtures("at_once")
def test_files_are_read_by_several_parsers(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together, parse_one = threading.Barrier(3, timeout=60), Worker.plan

    def plan(self: Worker, request: Any) -> Any:
        if request.relative in ("c.csv", "d.csv", "e.csv"):
            together.wait()  # breaks, and fails the run, unless three files are at it at the same time
        return parse_one(self, request)

    monkeypatch.setattr(Worker, "plan", plan)
    for name in ("a.csv", "a_again.csv", "broken.parquet"):
        (folder / name).unlink()
    assert ingest(store, [folder]).by_kind["metrics"] == 5 * 50


@pytest.mark.usefixtures("at_once")
def test_what_no_file_is_to_blame_for_ends_the_run_and_nothing_hangs(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = taking.make_visible

    def visible(catalog: Any, commit: Any, *more: Any) -> None:
        if commit.source == "c.csv":
            raise MemoryError
        real(catalog, commit, *more)

    monkeypatch.setattr(taking, "make_visible", visible)
    with pytest.raises(MemoryError):
        ingest(store, [folder])
    monkeypatch.undo()
    assert ingest(store, [folder]).skipped >= 1, "the first file was taken, the others come with the next run"
    with store.snapshot() as snap:
        assert snap.rows("SELECT count(*) FROM metrics") == [(1490 + 5 * 50,)]


@pytest.mark.usefixtures("at_once")
def test_a_full_disk_is_said_of_each_file(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(taking, "make_visible", full)
    report = ingest(store, [folder])
    assert report.files == 0
    assert [each.file for each in report.problems if "disk" in each.reason][:3] == ["a.csv", "a_again.csv", "c.csv"]


def found(path: Path) -> Found:
    from data.ingest import sources

    (one,) = sources.find([path], None, sources.Override(), path.parent / "home")
    return one


def test_little_is_read_by_one_parser_and_much_by_one_a_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    files = []
    for number in range(3):
        (tmp_path / f"{number}.csv").write_bytes(b"\0" * (1 << 20))
        files.append(found(tmp_path / f"{number}.csv"))
    assert protocol._parsers_for(files) == 1
    os.truncate(tmp_path / "0.csv", 1 << 30)
    assert protocol._parsers_for(files) == 1, "one large file has nothing beside it"
    os.truncate(tmp_path / "1.csv", protocol.WORTH_BYTES)
    assert protocol._parsers_for(files) == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    assert protocol._parsers_for(files) == 3
