"""The protocol with its real process: each file once, whole or not at all, and words for what fails."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from data.errors import DataError, MappingError, StoreError
from data.ingest import ingest, staging, visible
from data.ingest.limits import Limits
from data.ingest.mapping import parse
from data.ingest.report import IngestReport
from data.store import Store

WIDE = "ts,cpu\n2024-05-01T10:00Z,1\n2024-05-01T10:01Z,2\n"
Take = Callable[..., IngestReport]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def take(store: Store, folder: Path) -> Take:
    def run(*paths: Path, mapping: dict[str, Any] | None = None, **options: Any) -> IngestReport:
        said = parse({"files": [mapping]}) if mapping else None
        return ingest(store, paths or [folder], mapping=said, **options)

    return run


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.snapshot() as snap:
        return snap.rows(query)


def count(store: Store, view: str) -> int:
    return int(rows(store, f"SELECT count(*) FROM {view}")[0][0])


def segment_files(store: Store) -> int:
    return sum(path.is_file() for path in (store.home / "segments").rglob("*"))


def test_a_folder_comes_in_and_comes_in_once(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE + "2024-05-01T10:02Z,oops\n")
    (folder / "shop.jsonl").write_text('{"ts": "2024-05-01T10:00Z", "level": "info", "msg": "hello"}\n')
    (folder / "edges.csv").write_text("service,depends_on\na,b\n")
    first = take(service="shop")
    assert (first.files, first.skipped, first.failed) == (3, 0, 0)
    assert (first.lines, first.accepted, first.rejected, first.ignored) == (7, 4, 1, 2)
    assert first.by_kind == {"metrics": 2, "logs": 1}
    assert [(each.file, each.line) for each in first.problems] == [("a.csv", 4)]
    assert [count(store, view) for view in ("metrics", "logs", "topology", "quarantine")] == [2, 1, 1, 1]
    generation = store.catalog.generation
    second = take(service="shop")
    assert (second.files, second.skipped, second.lines) == (0, 3, 0)
    assert (store.catalog.generation, count(store, "metrics")) == (generation, 2)


def test_quarantine_holds_file_line_reason_and_bytes(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_bytes(WIDE.encode() + b"2024-05-01T10:02Z,\xff\n")
    take()
    ((line, reason, raw),) = rows(store, "SELECT line, reason, raw FROM quarantine")
    assert (line, reason) == (4, "column 'cpu' holds '\\\\xff', which is no number")
    assert raw.startswith("2024-05-01T10:02Z,")


def test_a_copy_and_a_renamed_file_are_the_same_file(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)
    (folder / "copy.csv").write_text(WIDE)
    assert (take().files, take().skipped) == (1, 2)
    (folder / "a.csv").rename(folder / "a.csv.1")
    assert take().skipped == 2
    assert count(store, "metrics") == 2


def test_files_that_are_named_by_their_path_are_different_files(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE.replace("cpu", "value"))
    (folder / "b.csv").write_text(WIDE.replace("cpu", "value"))
    assert take().files == 2
    assert rows(store, "SELECT DISTINCT metric FROM metrics ORDER BY 1") == [("a",), ("b",)]


def test_a_corrected_mapping_replaces_what_the_wrong_one_made(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)
    take(mapping={"as": "metrics", "service": "shpo"})
    report = take(mapping={"as": "metrics", "service": "shop"})
    assert (report.files, report.skipped) == (1, 0)
    assert any("replaces" in note.text for note in report.notes)
    assert rows(store, "SELECT DISTINCT service FROM metrics") == [("shop",)]
    assert count(store, "metrics") == 2


def test_a_file_that_has_grown_replaces_what_it_was(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)
    take()
    (folder / "a.csv").write_text(WIDE + "2024-05-01T10:02Z,3\n")
    assert take().files == 1
    assert rows(store, "SELECT value FROM metrics ORDER BY 1") == [(1.0,), (2.0,), (3.0,)]


def test_a_log_that_has_grown_and_was_rotated_away_is_the_same_log(store: Store, folder: Path, take: Take) -> None:
    line = '{"ts": "2024-05-01T10:00:0%dZ", "level": "info", "msg": "m"}\n'
    (folder / "shop.log").write_text(line % 1)
    take(service="shop")
    (folder / "shop.log").write_text(line % 1 + line % 2)
    (folder / "shop.log").rename(folder / "shop.log.1")
    (folder / "shop.log").write_text(line % 3)
    assert take(service="shop").files == 2
    assert count(store, "logs") == 3


def test_another_export_at_the_same_path_is_added(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)
    take()
    (folder / "a.csv").write_text(WIDE.replace("05-01", "05-02"))
    take()
    assert count(store, "metrics") == 4


def test_a_folder_is_read_by_its_own_mapping_file(store: Store, folder: Path, take: Take) -> None:
    (folder / "ingest.toml").write_text('ignore = ["x.csv"]\n[[files]]\nmatch = "m/*.csv"\nservice = "shop"\n')
    (folder / "m").mkdir()
    (folder / "m" / "a.csv").write_text(WIDE)
    for name in ("x.csv", "README.md", ".hidden"):
        (folder / name).write_text("nothing")
    report = take()
    assert (report.files, report.failed) == (1, 0)
    assert rows(store, "SELECT DISTINCT service FROM metrics") == [("shop",)]


def test_a_store_inside_the_folder_is_left_alone(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)
    report = take(folder.parent)
    assert (report.files, report.failed) == (1, 0)


def test_one_bad_file_is_a_problem_of_its_own(store: Store, folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)
    (folder / "b.csv").write_text("ts,cpu,cpu\n2024-05-01T10:00Z,1,2\n")
    (folder / "c.txt").write_text("just words\n")
    (folder / "d.csv.gz").write_bytes(b"\x1f\x8b\x08\x00broken")
    os.mkfifo(folder / "e.csv")
    report = take()
    assert (report.files, report.failed, report.ok) == (1, 4, False)
    said = {each.file: each.reason for each in report.problems}
    assert said.keys() == {"b.csv", "c.txt", "d.csv.gz", "e.csv"}
    assert "more than once" in said["b.csv"]
    assert "cannot be told" in said["c.txt"]
    assert "gzip" in said["d.csv.gz"]
    assert "no regular file" in said["e.csv"]
    assert all(each.line == 0 for each in report.problems)


def test_a_file_that_failed_is_taken_once_it_is_right(folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text("ts,cpu,cpu\n2024-05-01T10:00Z,1,2\n")
    assert take().failed == 1
    (folder / "a.csv").write_text(WIDE)
    assert take().files == 1


def test_ugly_names_are_fine(store: Store, folder: Path, take: Take) -> None:
    for number, name in enumerate((b"a b'\"[x]*?.csv", b"\xff\xfe.csv", "\u202etxt\n;rm.csv".encode())):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(WIDE.replace("cpu", f"m{number}"))
    report = take()
    assert (report.files, report.failed) == (3, 0)
    assert all(path.isprintable() for (path,) in rows(store, "SELECT DISTINCT source_file FROM metrics"))


def test_a_wrong_call_is_said_before_anything_is_done(folder: Path, take: Take) -> None:
    with pytest.raises(MappingError, match="no file or folder"):
        take(folder / "none")
    with pytest.raises(MappingError, match="as = 'metric' is not known"):
        take(kind="metric")
    with pytest.raises(MappingError, match="no time zone 'Berlin'"):
        take(tz="Berlin")


def test_progress_is_told_of_every_file(folder: Path, take: Take) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.csv").write_text(WIDE.replace("cpu", name))
    told: list[tuple[int, int, str, int]] = []
    take(progress=lambda *said: told.append(said))
    assert told == [(1, 2, "a.csv", 0), (2, 2, "b.csv", 0)]


def test_a_file_that_is_written_to_meanwhile_is_left_for_later(
    folder: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.csv"
    path.write_text(WIDE)
    real = staging._copy

    def copy(*given: Any) -> Any:
        done = real(*given)
        path.write_text(WIDE + "2024-05-01T10:02Z,3\n")
        return done

    monkeypatch.setattr(staging, "_copy", copy)
    assert [each.reason for each in take().problems] == [
        "The file was written to while it was copied. Take it when it is complete."
    ]
    monkeypatch.undo()
    assert take().accepted == 3


def parsers() -> list[psutil.Process]:
    """The parsers of this process; other children (a browser, a server) belong to other tests."""
    return [child for child in psutil.Process().children() if _is_parser(child)]


def _is_parser(child: psutil.Process) -> bool:
    try:
        return "data.ingest.child" in child.cmdline()
    except psutil.Error:  # it has ended, and a fixture has yet to hear of that
        return False


def kill_the_parser(number: int) -> None:
    for child in parsers():
        os.kill(child.pid, number)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGKILL, "was killed"),
        pytest.param(signal.SIGXCPU, "s of CPU", marks=pytest.mark.slow),
        pytest.param(signal.SIGSEGV, "broke the parser", marks=pytest.mark.slow),
    ],
)
def test_a_parser_that_dies_takes_only_its_file_with_it(
    store: Store, folder: Path, take: Take, number: int, words: str
) -> None:
    for name in ("a", "b", "c"):
        (folder / f"{name}.csv").write_text(WIDE.replace("cpu", name))
    report = take(progress=lambda i, _n, _name, _rows: kill_the_parser(number) if i == 2 else None)
    assert (report.files, report.failed) == (2, 1)
    assert words in report.problems[0].reason
    assert report.problems[0].file == "b.csv"
    assert rows(store, "SELECT DISTINCT metric FROM metrics ORDER BY 1") == [("a",), ("c",)]
    assert take().files == 1


def test_a_parser_that_says_nothing_is_ended(folder: Path, take: Take) -> None:
    (folder / "a.csv").write_text(WIDE)

    (folder / "b.csv").write_text(WIDE.replace("cpu", "mem"))

    def stop(number: int, *_: object) -> None:
        for child in parsers() if number == 2 else ():
            child.suspend()

    report = take(limits=Limits(idle_s=5), progress=stop)
    assert (report.files, report.failed) == (1, 1)
    assert "stood still" in report.problems[0].reason


def test_what_is_not_committed_leaves_nothing(
    store: Store, folder: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_text(WIDE)

    def full(*_: object) -> None:
        raise StoreError("The disk is full.", "Make room.")

    monkeypatch.setattr(visible, "commit_file", full)
    assert [each.reason for each in take().problems] == ["The disk is full. Make room."]
    assert (segment_files(store), count(store, "metrics")) == (0, 0)
    monkeypatch.undo()
    assert take().accepted == 2


def test_staging_is_empty_afterwards_and_what_a_killed_run_left_is_swept(
    store: Store, folder: Path, take: Take
) -> None:
    left = store.home / "staging" / "left"
    left.mkdir()
    (left / ".lock").touch()
    (left / "copy").write_text("half")
    (folder / "a.csv").write_text(WIDE)
    take()
    assert list((store.home / "staging").iterdir()) == []


def test_labels_without_a_time_count_from_stored_predictions(store: Store, folder: Path, take: Take) -> None:
    mapping = {
        "files": [
            {"match": "labels*.csv", "as": "labels", "known_lag": "1d", "constants": {"model": "m"}},
            {"match": "preds*.csv", "as": "predictions", "constants": {"model": "m"}},
        ]
    }
    (folder / "labels.csv").write_text("prediction_id,y_true\na,1\nb,0\n")
    (folder / "preds1.csv").write_text("prediction_id,ts,y_pred\na,2024-05-01T10:00Z,1\n")
    first = ingest(store, [folder], mapping=parse(mapping))
    assert (first.by_kind["predictions"], first.by_kind["labels"], first.rejected) == (1, 1, 1)
    assert ingest(store, [folder], mapping=parse(mapping)).skipped == 2
    (folder / "preds2.csv").write_text("prediction_id,ts,y_pred\nb,2024-05-02T10:00Z,1\n")
    second = ingest(store, [folder], mapping=parse(mapping))
    assert (second.by_kind["labels"], second.rejected) == (2, 0)
    found = rows(store, "SELECT prediction_id, date_part('day', label_ts) FROM labels ORDER BY 1")
    assert found == [("a", 2), ("b", 3)]


def test_a_registry_fills_services_models_and_meanings(store: Store, folder: Path, take: Take) -> None:
    (folder / "registry.toml").write_text(
        '[[services]]\nname = "shop"\nowner = "Ann"\ndepends_on = ["db"]\n[[models]]\nname = "m"\n'
        '[[metrics]]\nname = "cpu"\nrole = "saturation"\n'
    )
    report = take()
    assert (report.accepted, report.lines) == (3, 3)
    assert rows(store, "SELECT service, owner FROM services WHERE service = 'shop'") == [("shop", "Ann")]
    assert count(store, "models") == count(store, "topology") == 1
    (folder / "registry.toml").write_text('[[services]]\nnme = "shop"\n')
    assert "unknown entry 'nme'" in take().problems[0].reason


def test_errors_of_the_store_are_not_swallowed_as_problems_of_a_file() -> None:
    assert issubclass(StoreError, DataError)


def test_folders_of_runs_that_begin_at_once_are_never_swept_by_each_other(home: Path) -> None:
    def open_and_write(_: int) -> bool:
        with staging.private_folder(home) as folder:
            (folder / "copy").write_text("x")
            return (folder / "copy").exists()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(open_and_write, range(400)))
    assert list((home / "staging").iterdir()) == []


def test_what_a_killed_run_left_is_swept(home: Path) -> None:
    left = home / "staging" / "left"
    left.mkdir(parents=True)
    (left / ".lock").touch()
    with staging.private_folder(home) as folder:
        assert [path.name for path in (home / "staging").iterdir()] == [folder.name]
