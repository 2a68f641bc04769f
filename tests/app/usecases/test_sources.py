"""What came in, by source: counts that add up, the first bad line, the lag."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.usecases import sources
from app.usecases.intake import take_in
from data.store import Store

GOOD = "time,service,metric,value\n2026-11-22T03:05:00Z,shop,up,1\n"
BAD = GOOD + "2026-11-22T03:06:00Z,shop,up,<b>x</b>\nnever,shop,up,2\n"
LOG = '{"ts": "2026-11-22T04:00:00Z", "service": "shop", "message": "hello"}\n'


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    for name, text in (("one/a.csv", GOOD), ("one/sub/b.csv", BAD), ("two/c.jsonl", LOG)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    take_in(store.home, [tmp_path / "one"])
    take_in(store.home, [tmp_path / "two" / "c.jsonl"])
    return store


def view(store: Store) -> sources.SourcesView:
    with store.snapshot() as snap:
        return sources.load(store, snap)


def test_a_folder_and_a_single_file_s_folder_are_sources(filled: Store, tmp_path: Path) -> None:
    found = view(filled)
    assert [(row.name, row.folder) for row in found.sources] == [("two", f"{tmp_path}/two"), ("one", f"{tmp_path}/one")]
    assert [file.name for file in found.sources[1].files] == ["a.csv", "sub/b.csv"]
    assert found.files == 3


def test_counts_add_up(filled: Store) -> None:
    found = view(filled)
    for account in (found.total, *(row.account for row in found.sources)):
        assert account is not None
        assert account.lines == account.accepted + account.rejected + account.ignored
    assert found.total is not None
    assert (found.total.lines, found.total.rejected) == (7, 2)
    assert found.total.records == {"metrics": 2, "logs": 1}
    assert found.total.bytes == sum(row.account.bytes for row in found.sources) > 0


def test_the_first_bad_line_is_kept_with_its_text(filled: Store) -> None:
    one = view(filled).sources[1]
    assert one.bad is not None
    assert (one.bad_file, one.bad.line) == ("sub/b.csv", 3)
    assert "<b>x</b>" in one.bad.raw
    assert view(filled).sources[0].bad is None


def test_lag_is_from_the_newest_record_to_when_it_came_in(filled: Store) -> None:
    account = view(filled).sources[0].account
    assert account.end is not None
    assert account.lag_s == pytest.approx((account.taken_at - account.end).total_seconds(), abs=1)


def test_ids_find_what_they_stand_for_and_nothing_else(filled: Store) -> None:
    found = view(filled)
    row = found.sources[0]
    assert found.find(row.source_id) is row
    assert found.file(str(row.files[0].file_id)) is row.files[0]
    assert found.find(row.folder) is found.find("") is found.file("x") is None


def test_rejects_of_a_file_in_order(filled: Store) -> None:
    one = view(filled).sources[1]
    with filled.snapshot() as snap:
        rows = list(sources.rejects(snap, one.files))
        assert list(sources.rejects(snap, one.files[:1])) == []
    assert [(Path(file).name, line) for file, line, _, _ in rows] == [("b.csv", 3), ("b.csv", 4)]


def test_an_empty_store_has_none(store: Store) -> None:
    assert view(store) == sources.SourcesView((), None)


def test_files_whose_records_name_no_service_are_known_until_one_is_named(filled: Store, tmp_path: Path) -> None:
    assert view(filled).unnamed == ()
    (tmp_path / "access.log").write_text('127.0.0.1 - - [22/Nov/2026:03:05:00 +0000] "GET / HTTP/1.1" 200 512\n')
    (tmp_path / "plain.csv").write_text("time,metric,value\n2026-11-22T03:05:00Z,up,1\n")
    take_in(filled.home, [tmp_path / "access.log", tmp_path / "plain.csv"])
    assert sorted(view(filled).unnamed) == ["access.log", "plain.csv"]
    take_in(filled.home, [tmp_path / "access.log", tmp_path / "plain.csv"], service="web")
    assert view(filled).unnamed == ()
