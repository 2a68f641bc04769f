"""Uploads wait privately under names that were made here, and become records when a person says so."""

from __future__ import annotations

import io
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.usecases import uploads
from app.usecases.uploads import Reading
from data.changes import list_changes
from data.errors import MappingError, NotFound
from data.store import Store

CSV = b"time,cpu\n" + b"".join(b"2024-05-01 10:0%d,1\n" % n for n in range(10)) + b"2024-05-01 10:11,oops\n"


def keep(home: Path, content: bytes = CSV, name: str = "shop.csv") -> uploads.Upload:
    return uploads.keep(home, io.BytesIO(content), name)


def test_it_waits_in_a_private_folder_under_a_name_of_ours(store: Store) -> None:
    kept = keep(store.home, name="../../../etc/passwd")
    assert kept.name == "passwd"
    assert kept.path.parent == store.home / "staging" / "uploads"
    assert kept.path.name == kept.upload_id
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert uploads.find(store.home, kept.upload_id) == kept


@given(st.text())
def test_a_name_is_one_line_and_never_a_path(name: str) -> None:
    cleaned = uploads.clean_name(name)
    assert 0 < len(cleaned) <= uploads.NAME_CHARS
    assert cleaned.isprintable()
    assert not set("/\\") & set(cleaned)
    assert not cleaned.startswith(".")


@pytest.mark.parametrize("asked", ["", "..", "../catalog.sqlite", "0" * 32, "x" * 32, "0" * 32 + "\n"])
def test_what_is_no_upload_is_not_found(store: Store, asked: str) -> None:
    with pytest.raises(NotFound, match="not here any more"):
        uploads.find(store.home, asked)


def test_a_stream_that_breaks_leaves_nothing(store: Store) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        uploads.keep(store.home, Broken(), "x")
    assert list((store.home / "staging" / "uploads").iterdir()) == []


def test_old_ones_and_those_over_the_number_make_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_KEPT", 3)
    kept = [keep(store.home) for _ in range(4)]
    old = time.time() - 2 * uploads.KEPT_S
    os.utime(kept[-1].path, (old, old))
    newest = keep(store.home)
    left = {path.name for path in newest.path.parent.iterdir() if path.suffix != ".name"}
    assert len(left) <= 3
    assert newest.upload_id in left
    assert kept[-1].upload_id not in left
    assert len(list(newest.path.parent.iterdir())) == 2 * len(left)


def test_a_look_stores_nothing(store: Store) -> None:
    one = uploads.look(store.home, keep(store.home), Reading(service="shop", tz="Europe/Berlin"))
    assert (one.file, one.kind, one.accepted, one.rejected) == ("shop.csv", "metrics", 10, 1)
    assert one.rows[0][1][0]["ts"] == "2024-05-01T08:00:00+00:00"
    assert store.catalog.generation == 0


def test_taking_it_in_is_signed_and_the_upload_goes(store: Store) -> None:
    kept = keep(store.home)
    report = uploads.take_in(store, kept, Reading(service="shop"), "Ines")
    assert (report.accepted, report.rejected) == (10, 1)
    with store.snapshot() as snap:
        assert snap.rows("SELECT DISTINCT service, metric, source_file FROM metrics") == [
            ("shop", "cpu", "uploads/shop.csv")
        ]
    (change,) = list_changes(store.catalog, "file")
    assert (change.who, change.subject, change.before) == ("Ines", "uploads/shop.csv", None)
    with pytest.raises(NotFound):
        uploads.find(store.home, kept.upload_id)


def test_the_same_again_is_skipped_and_a_grown_one_continues(store: Store) -> None:
    uploads.take_in(store, keep(store.home), Reading(), "Ines")
    assert uploads.take_in(store, keep(store.home), Reading(), "Ines").skipped == 1
    uploads.take_in(store, keep(store.home, CSV + b"2024-05-01 10:12,3\n"), Reading(), "Ines")
    with store.snapshot() as snap:
        assert snap.rows("SELECT count(*), max(value) FROM metrics") == [(11, 3.0)]


def test_what_cannot_be_read_waits_on(store: Store) -> None:
    kept = keep(store.home, b"no idea what this is\n")
    assert uploads.look(store.home, kept, Reading()).error
    assert uploads.take_in(store, kept, Reading(), "Ines").failed == 1
    assert uploads.find(store.home, kept.upload_id) == kept


@pytest.mark.parametrize("reading", [Reading(kind="nonsense"), Reading(tz="Nowhere/City")])
def test_nonsense_is_refused_in_words(store: Store, reading: Reading) -> None:
    with pytest.raises(MappingError):
        uploads.look(store.home, keep(store.home), reading)
