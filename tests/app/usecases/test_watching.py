"""A watched folder: files are taken when they stand still, again when they have grown, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from app.usecases.intake import following, take_in
from app.usecases.watching import HOLD_S, Ripe, Watched, watch
from data.ingest import IngestReport, ingest
from data.store import Store

HEAD = "time,service,metric,value\n"


def row(minute: int) -> str:
    return f"2026-11-22T03:{minute:02d}:00Z,shop,up,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def watched(folder: Path, home: Path) -> Watched:
    return Watched(folder, home)


def test_a_file_is_ripe_when_it_stood_still_between_two_looks(watched: Watched, folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text(HEAD)
    assert watched.look() == Ripe()
    path.write_text(HEAD + row(1))
    assert watched.look() == Ripe((path,), frozenset({path}), frozenset({path})), "it grows"
    assert watched.look() == Ripe((path,), frozenset({path}))


def test_what_was_taken_is_not_ripe_until_it_changes(watched: Watched, folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text(HEAD)
    watched.look()
    watched.done(watched.look())
    assert watched.look() == Ripe()
    path.write_text(HEAD + row(1))
    assert watched.look().paths == (path,)


def test_a_last_line_that_is_not_ended_waits_for_a_while_only(folder: Path, home: Path) -> None:
    now, path = [0.0], folder / "a.csv"
    watched = Watched(folder, home, lambda: now[0])
    path.write_text(HEAD)
    watched.look()
    watched.done(watched.look(), [path])
    now[0] = HOLD_S - 1
    assert watched.look() == Ripe()
    now[0] = HOLD_S
    assert watched.look() == Ripe((path,)), "it is taken as it is"
    path.write_text(HEAD + row(1))
    assert watched.look().growing == {path}


def test_hidden_files_and_the_home_are_none_of_its_business(folder: Path) -> None:
    watched = Watched(folder, folder / "var")
    for name in (".partial", ".git/x", "var/catalog.sqlite", "sub/b.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    watched.look()
    assert watched.look().paths == (folder / "sub/b.csv",)


def test_it_takes_what_arrives_and_what_grows_with_the_folder_s_mapping(store: Store, folder: Path) -> None:
    (folder / "ingest.toml").write_text('[[files]]\nmatch = "a.csv"\nas = "metrics"\nservice = "pay"\n')
    (folder / "a.csv").write_text("time,up\n2026-11-22T03:01:00Z,1\n")
    stop, said = Event(), list[IngestReport]()

    def say(report: IngestReport) -> None:
        said.append(report)
        if len(said) == 2:
            stop.set()
        with (folder / "a.csv").open("a") as file:
            file.write("2026-11-22T03:02:00Z,1\n")

    with following(store.home, folder) as take:
        total = watch(folder, store.home, stop, take, say, every_s=0.05)
    assert (total.files, total.accepted, total.failed) == (2, 3, 0)
    assert take_in(store.home, [folder]).files == 1
    with store.snapshot() as snap:
        assert snap.rows("SELECT service, count(*) FROM metrics GROUP BY ALL") == [("pay", 3)]


def test_a_growing_file_beside_a_complete_one_is_left_alone(store: Store, folder: Path) -> None:
    for name in ("done.csv", "growing.csv"):
        (folder / name).write_text(HEAD + row(1))
    report = ingest(store, [folder], only=[folder / "done.csv"])
    assert report.files == 1
    with store.snapshot() as snap:
        assert [Path(str(name)).name for (name,) in snap.rows("SELECT source_file FROM metrics")] == ["done.csv"]


def test_a_refused_file_is_said_once(store: Store, folder: Path) -> None:
    (folder / "x.csv").write_text("no idea\n")
    watched, said = Watched(folder, store.home), list[IngestReport]()
    for _ in range(5):
        ripe = watched.look()
        if ripe.paths:
            said.append(ingest(store, [folder], only=ripe.paths))
            watched.done(ripe)
    assert [report.failed for report in said] == [1]
