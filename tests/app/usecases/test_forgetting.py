"""What a name means, and what is left when it has been taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.usecases.forgetting import Going, find, forget
from app.usecases.intake import take_in
from data import jobs
from data.changes import list_changes
from data.errors import NotFound
from data.store import Store

ROWS = "time,service,metric,value\n2026-11-22T03:05:00Z,shop,up,1\n2026-11-22T03:06:00Z,shop,up,0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, hour in (("a/one.csv", "03"), ("a/two.csv", "04"), ("b/one.csv", "05")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(ROWS.replace("T03", f"T{hour}"))
    return tmp_path


@pytest.fixture
def filled(store: Store, folder: Path) -> Store:
    take_in(store.home, [folder / "a", folder / "b" / "one.csv"])
    return store


def stored(store: Store) -> list[tuple[object, ...]]:
    with store.snapshot() as snap:
        return snap.rows("SELECT ts, service, metric, value, source_file FROM metrics ORDER BY ALL")


def names(store: Store, name: str) -> list[str]:
    return [each.path[-9:] for each in find(store, name).files]


def ids(found: Going) -> list[int]:
    return [each.file_id for each in found.files]


def test_a_path_a_folder_and_a_name_are_understood(filled: Store, folder: Path) -> None:
    assert names(filled, str(folder / "a/one.csv")) == ["a/one.csv"]
    assert names(filled, str(folder / "a")) == names(filled, f"{folder}/a/") == ["a/one.csv", "a/two.csv"]
    assert names(filled, str(folder)) == ["a/one.csv", "a/two.csv", "b/one.csv"]
    assert names(filled, "two.csv") == ["a/two.csv"]


def test_a_relative_path_is_meant_from_here(filled: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "a")
    assert names(filled, "one.csv") == ["a/one.csv"]
    assert len(find(filled, ".").files) == 2


def test_a_path_is_known_however_it_is_written(filled: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "b")
    assert names(filled, "../a") == names(filled, "../b/../a/") == ["a/one.csv", "a/two.csv"]
    assert names(filled, "../a/one.csv") == names(filled, "./../a/./one.csv") == ["a/one.csv"]
    (folder / "b/link").symlink_to(folder / "a")
    assert names(filled, "link") == names(filled, "link/") == ["a/one.csv", "a/two.csv"]


def test_what_was_ingested_by_a_way_around_is_known_by_the_straight_one(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "b")
    take_in(store.home, [Path("../a"), Path("../b/one.csv")])
    assert names(store, str(folder / "a")) == names(store, "a") == ["a/one.csv", "a/two.csv"]
    assert names(store, "one.csv") == names(store, ".") == ["b/one.csv"]


def test_a_bare_folder_name_is_all_that_lies_in_it(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    take_in(store.home, [folder / "a", folder / "b"])
    assert names(store, "a") == names(store, "a/") == ["a/one.csv", "a/two.csv"]


def test_so_is_the_name_of_a_folder_below_what_was_ingested(store: Store, folder: Path) -> None:
    take_in(store.home, [folder])
    assert names(store, "a") == ["a/one.csv", "a/two.csv"]
    with pytest.raises(NotFound, match="Nothing was ingested from tmp"):
        find(store, "tmp")


def test_a_folder_name_in_two_places_is_refused_with_both(store: Store, folder: Path) -> None:
    (folder / "b/a").mkdir()
    (folder / "b/a/three.csv").write_text(ROWS.replace("T03", "T09"))
    take_in(store.home, [folder])
    with pytest.raises(NotFound, match=r"a stands in several places: [^ ]*/a, [^ ]*/b/a\."):
        find(store, "a")
    assert names(store, "b/a/three.csv") == ["three.csv"]


def test_a_name_in_two_places_and_one_in_none_are_refused_with_names(filled: Store) -> None:
    with pytest.raises(NotFound, match=r"one\.csv stands in several places: .*a/one\.csv, .*b/one\.csv"):
        find(filled, "one.csv")
    with pytest.raises(NotFound, match=r"Nothing was ingested from twoo\.csv\. Nearest are: .*two\.csv"):
        find(filled, "twoo.csv")


def test_an_empty_store_says_so(store: Store) -> None:
    with pytest.raises(NotFound, match="The store is empty"):
        find(store, "x")


def test_it_says_what_would_go(filled: Store, folder: Path) -> None:
    found = find(filled, str(folder / "a"))
    assert found.records == {"metrics": 4}
    assert found.start is not None
    assert found.end is not None
    assert (found.start.hour, found.end.hour, found.end.minute) == (3, 4, 6)


def test_forgetting_and_ingesting_again_gives_the_same_rows(filled: Store, folder: Path) -> None:
    before = stored(filled)
    forget(filled, ids(find(filled, str(folder / "a"))), "ines")
    assert {str(row[4]).endswith("b/one.csv") for row in stored(filled)} == {True}
    assert take_in(filled.home, [folder / "a"]).files == 2
    assert stored(filled) == before


def test_who_took_what_back_is_in_the_log(filled: Store, folder: Path) -> None:
    revision = filled.catalog.revision
    forget(filled, ids(find(filled, "two.csv")), "ines")
    (change,) = list_changes(filled.catalog, "file")
    assert (change.who, change.subject, change.after) == ("ines", str(folder / "a/two.csv"), None)
    assert change.before is not None
    assert (change.before["accepted"], change.before["by_kind"]) == (2, {"metrics": 2})
    assert filled.catalog.revision > revision
    assert [job.kind for job in jobs.recent(filled.catalog)] == ["scan"]


def test_what_someone_else_took_back_meanwhile_is_not_logged_twice(filled: Store) -> None:
    found = ids(find(filled, "two.csv"))
    assert [forget(filled, found, name) for name in ("ines", "tomas")] == [1, 0]
    assert len(list_changes(filled.catalog, "file")) == 1
