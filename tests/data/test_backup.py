"""Backup and restore: the same store comes back, and nothing else than a whole backup ever does."""

from __future__ import annotations

import json
import math
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data import backup
from data.backup import BackupError, export_state, import_state
from data.catalog.commit import forget_files
from data.errors import StoreError
from data.series import make_series
from data.status import status
from data.store import Store
from tests.data.builders import put, samples

UP = make_series("shop", "up")
QUERY = "SELECT ts, service, metric, value, source_file FROM metrics ORDER BY ALL"


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, 1, series=[UP], metrics=samples(UP, [1.0, 2.0]), path="one.csv")
    put(store, 2, series=[UP], metrics=samples(UP, [3.0]), path="two.csv")
    put(store, 3, series=[UP], metrics=samples(UP, [9.0]), path="gone.csv")
    forget_files(store.catalog, (3,))
    return store


@pytest.fixture
def saved(filled: Store, tmp_path: Path) -> Path:
    export_state(filled.home, tmp_path / "state.zip")
    return tmp_path / "state.zip"


def said(home: Path) -> tuple[Any, ...]:
    with Store.open(home, create=False) as store, store.snapshot() as snap:
        return status(store), snap.rows(QUERY)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The backup with each member changed, or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            made = change(name, old.read(name))
            if made:
                new.writestr(*made)
    return target


def in_manifest(**changes: Any) -> Callable[[str, bytes], tuple[str, bytes]]:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, json.dumps(json.loads(content) | changes).encode() if name == "manifest.json" else content

    return change


def test_what_comes_back_is_what_went(filled: Store, saved: Path, tmp_path: Path) -> None:
    manifest, aside = import_state(tmp_path / "restored", saved)
    assert aside is None
    assert said(tmp_path / "restored") == said(filled.home)
    assert (manifest.generation, manifest.files, manifest.rows) == (4, 2, {"metrics": 3})
    assert (tmp_path / "restored").stat().st_mode & 0o077 == 0


def test_only_what_lives_is_in_it_and_no_key(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        listed = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert sorted(listed) == sorted(["manifest.json", *(each["name"] for each in manifest["members"])])
    assert sum(name.startswith("segments/metrics/") for name in listed) == 2
    assert len(listed) == 4
    assert saved.stat().st_mode & 0o077 == 0


def test_it_is_one_state_while_others_write(filled: Store, tmp_path: Path) -> None:
    def meanwhile(share: float, words: str) -> None:
        put(filled, 100 + filled.catalog.generation, series=[UP], metrics=samples(UP, [5.0]))
        forget_files(filled.catalog, (1,))

    before = said(filled.home)
    export_state(filled.home, tmp_path / "state.zip", meanwhile)
    assert said(filled.home) != before
    import_state(tmp_path / "restored", tmp_path / "state.zip")
    assert said(tmp_path / "restored") == before


def test_a_restored_home_goes_on(saved: Path, tmp_path: Path) -> None:
    import_state(tmp_path / "restored", saved)
    with Store.open(tmp_path / "restored") as store:
        put(store, 7, series=[UP], metrics=samples(UP, [7.0]))
        assert store.catalog.generation == 5


def test_a_home_that_is_not_empty_is_only_put_aside_when_told(filled: Store, saved: Path, tmp_path: Path) -> None:
    put(filled, 8, series=[UP], metrics=samples(UP, [8.0]))
    now = said(filled.home)
    filled.close()
    with pytest.raises(BackupError, match="is not empty"):
        import_state(filled.home, saved)
    assert said(filled.home) == now
    _, aside = import_state(filled.home, saved, replace=True)
    assert aside is not None
    assert said(aside) == now
    assert said(filled.home)[0].files == 2
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def test_an_empty_folder_is_a_home_to_restore_into(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert import_state(tmp_path / "empty", saved)[1] is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda name, content: (name, content[:-1] + b"!") if name.endswith("parquet") else (name, content),
            "not what",
        ),
        (lambda name, content: None if name.endswith("parquet") else (name, content), "its list and its files differ"),
        (lambda name, content: None if name == "manifest.json" else (name, content), "no list of its files"),
        (lambda name, content: (name, b"[]" if name == "manifest.json" else content), "no list of its files"),
        (in_manifest(catalog="9999"), "newer Diptych"),
        (in_manifest(format=2), "newer Diptych"),
        (in_manifest(members=[{"name": "../../evil", "bytes": 1, "sha256": ""}]), "no place in it"),
        (in_manifest(members=[{"name": "/etc/evil", "bytes": 1, "sha256": ""}]), "no place in it"),
        (in_manifest(members=[]), "differ"),
        (in_manifest(surprise=1), "no list of its files"),
        *(
            (in_manifest(members=[{"name": "catalog.sqlite", "bytes": odd, "sha256": ""}]), "no list of its files")
            for odd in (math.inf, math.nan, -1, 1.5, "7", None)
        ),
        (in_manifest(rows={"metrics": math.inf}), "no list of its files"),
        (in_manifest(rows=[]), "no list of its files"),
        (in_manifest(files="many"), "no list of its files"),
        (lambda name, content: (name, b"[" * 200_000 if name == "manifest.json" else content), "no list of its files"),
    ],
)
def test_a_damaged_or_hostile_backup_changes_nothing(
    saved: Path, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], words: str
) -> None:
    wrong = rewrite(saved, tmp_path / "wrong.zip", change)
    before = names(tmp_path)
    with pytest.raises(BackupError, match=words):
        import_state(tmp_path / "restored", wrong)
    assert names(tmp_path) == before


def test_names_that_climb_are_refused(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("../evil", b"x")
    with pytest.raises(BackupError, match="differ"):
        import_state(tmp_path / "restored", saved)
    assert not (tmp_path.parent / "evil").exists()


def test_a_member_that_unpacks_to_more_than_it_says_is_stopped(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        members = json.loads(archive.read("manifest.json"))["members"]
    small = [each | {"bytes": 10} for each in members]
    wrong = rewrite(saved, tmp_path / "wrong.zip", in_manifest(members=small))
    with pytest.raises(BackupError, match="is not what was written"):
        import_state(tmp_path / "restored", wrong)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_what_is_no_backup_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BackupError, match="no backup of Diptych"):
        import_state(tmp_path / "restored", tmp_path / "x.zip")


def test_a_backup_cut_short_is_said_so(saved: Path, tmp_path: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-200])
    with pytest.raises(BackupError, match="no backup of Diptych"):
        import_state(tmp_path / "restored", saved)


def test_a_catalog_of_other_segments_is_refused(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        archive.extract("catalog.sqlite", tmp_path / "x")
    with sqlite3.connect(tmp_path / "x" / "catalog.sqlite") as connection:
        connection.execute("DELETE FROM segments WHERE rowid = 1")
    connection.close()
    changed = (tmp_path / "x" / "catalog.sqlite").read_bytes()
    import hashlib

    entry = {"name": "catalog.sqlite", "bytes": len(changed), "sha256": hashlib.sha256(changed).hexdigest()}
    members = [entry if each["name"] == "catalog.sqlite" else each for each in manifest["members"]]

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return in_manifest(members=members)(name, changed if name == "catalog.sqlite" else content)

    with pytest.raises(BackupError, match="lists other segments"):
        import_state(tmp_path / "restored", rewrite(saved, tmp_path / "wrong.zip", change))
    assert not (tmp_path / "restored").exists()


def test_no_room_is_said_before_anything_is_written(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(BackupError, match="no room"):
        import_state(tmp_path / "restored", saved)


def test_a_home_that_is_none_has_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no Diptych store"):
        export_state(tmp_path / "nowhere", tmp_path / "state.zip")
    assert names(tmp_path) == []


def test_a_failed_export_leaves_the_file_that_was_there(filled: Store, saved: Path) -> None:
    before = saved.read_bytes()
    for segment in (filled.home / "segments").rglob("*.parquet"):
        segment.unlink()
    with pytest.raises(StoreError, match="is missing"):
        export_state(filled.home, saved)
    assert saved.read_bytes() == before
