"""A file that grows is continued where it ended: the store then holds what one reading of the whole would have made."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.catalog import compact
from data.catalog.commit import forget_files
from data.catalog.files import read_files
from data.ingest import IngestReport, growth, ingest, keys, visible
from data.ingest.wire import Request
from data.ingest.worker import Worker
from data.store import Store

STAMP = "2026-11-22 03:{:02d}:{:02d}"
PLAIN = [
    line
    for i in range(40)
    for line in (
        f"{STAMP.format(i, 1)} ERROR shop: failed {i}",
        "Traceback (most recent call last):",
        f'  File "shop.py", line {i}',
        f"{STAMP.format(i, 2)} INFO shop: went on",
    )
]
FILES = {
    "app.log": PLAIN,
    "shop.jsonl": [f'{{"ts": "2026-11-22T03:{i:02d}:00Z", "level": "info", "msg": "number {i}"}}' for i in range(60)],
    "m.csv": ["time,service,metric,value", *(f"2026-11-22T03:{i:02d}:00Z,shop,up,{i}" for i in range(60))],
    "access.log": [f'10.0.0.1 - - [22/Nov/2026:03:{i:02d}:00 +0000] "GET /{i} HTTP/1.1" 200 {i}' for i in range(60)],
    "bad.jsonl": [
        f'{{"ts": "2026-11-22T03:{i:02d}:00Z", "msg": "{i}"}}' if i % 7 else "not JSON at all" for i in range(1, 60)
    ],
}
KIND = {"m.csv": "metrics"}


@pytest.fixture
def worker(store: Store) -> Iterator[Worker]:
    with Worker(store.home) as worker:
        yield worker


@pytest.fixture
def tails(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The offsets at which files were continued; small beginnings are continued too."""
    found, real = list[int](), Worker.parse

    def parse(self: Worker, request: Request, progress: Any) -> Any:
        done = real(self, request, progress)
        found.extend([request.tail.offset] if request.tail else [])
        return done

    monkeypatch.setattr(Worker, "parse", parse)
    monkeypatch.setattr(keys, "CONTINUED_FROM", 1)
    return found


def rows(store: Store, name: str) -> list[tuple[Any, ...]]:
    columns = {"metrics": "ts, service, metric, value"}.get(KIND.get(name, "logs"), "ts, severity, message")
    with store.snapshot() as snap:
        lines = snap.rows("SELECT line, reason, raw FROM quarantine ORDER BY line")
        return [*snap.rows(f"SELECT {columns} FROM {KIND.get(name, 'logs')} ORDER BY ALL"), *lines]


def take(store: Store, worker: Worker, path: Path, **options: Any) -> IngestReport:
    return ingest(store, [path], service=None if path.name in KIND else "shop", worker=worker, **options)


@pytest.mark.parametrize("name", FILES)
def test_what_was_continued_is_what_was_read_at_once(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int], name: str
) -> None:
    path, lines, dice = tmp_path / name, FILES[name], random.Random(name)
    cuts = sorted(dice.sample(range(4, len(lines)), 4))
    for cut in (*cuts, len(lines)):
        path.write_text("\n".join(lines[:cut]) + "\n")
        report = take(store, worker, path)
        assert report.failed == 0
    grown = rows(store, name)
    with store.snapshot() as snap:
        (account,) = snap.rows("SELECT count(DISTINCT file_id) FROM raw_logs" if name not in KIND else "SELECT 1")
    assert account == (1,)
    with Store.open(tmp_path / "other") as other:
        whole = ingest(other, [path], service=None if name in KIND else "shop")
        assert rows(other, name) == grown
        assert whole.lines == len(lines)
    assert tails, "at least one of the pieces was read by itself"


def test_the_account_of_a_file_goes_on(store: Store, tmp_path: Path, worker: Worker, tails: list[int]) -> None:
    path, lines = tmp_path / "bad.jsonl", FILES["bad.jsonl"]
    path.write_text("\n".join(lines[:20]) + "\n")
    first = take(store, worker, path)
    path.write_text("\n".join(lines) + "\n")
    second = take(store, worker, path)
    assert (first.lines + second.lines, len(tails)) == (len(lines), 1)
    with store.catalog.read() as connection:
        ((found, accepted, rejected, size),) = connection.exec_driver_sql(
            "SELECT lines, accepted, rejected, size_bytes FROM files"
        )
    assert (found, accepted + rejected, size) == (len(lines), len(lines), path.stat().st_size)


def test_a_record_that_goes_on_is_read_again_with_what_follows(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int]
) -> None:
    path = tmp_path / "app.log"
    path.write_text("\n".join(PLAIN[:5]) + "\n")
    take(store, worker, path)
    path.write_text("\n".join(PLAIN[:8]) + "\n")
    take(store, worker, path)
    assert tails == []
    with store.snapshot() as snap:
        (message,) = snap.rows("SELECT message FROM logs WHERE message LIKE '%failed 1%'")
    assert message == ('failed 1\nTraceback (most recent call last):\n  File "shop.py", line 1',)


def test_a_line_that_is_not_ended_waits_where_the_file_is_followed(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int]
) -> None:
    path, lines = tmp_path / "shop.jsonl", FILES["shop.jsonl"]
    path.write_text("\n".join(lines[:3]) + "\n" + lines[3][:20])
    report = take(store, worker, path, follow=[path])
    assert (report.accepted, report.rejected, report.waiting) == (3, 0, [path])
    path.write_text("\n".join(lines[:4]) + "\n")
    report = take(store, worker, path, follow=[path], growing=[path])
    assert (report.accepted, report.waiting, len(tails)) == (1, [], 1)
    assert len(rows(store, "shop.jsonl")) == 4


def test_what_is_no_lines_has_to_stand_still(store: Store, tmp_path: Path, worker: Worker) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"ts": "2026-11-22T03:00:00Z", "level": "info", "msg": "half')
    report = take(store, worker, path, follow=[path], growing=[path])
    assert (report.files, report.failed, report.waiting) == (0, 0, [path])


def test_a_rotated_log_is_continued_under_its_new_name(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int]
) -> None:
    path, lines = tmp_path / "shop.jsonl", FILES["shop.jsonl"]
    path.write_text("\n".join(lines[:10]) + "\n")
    take(store, worker, path)
    with path.open("a") as file:
        file.write("\n".join(lines[10:20]) + "\n")
    path.rename(tmp_path / "shop.jsonl.1")
    path.write_text("\n".join(lines[20:30]) + "\n")
    for _ in range(2):
        take(store, worker, tmp_path / "shop.jsonl.1")
        take(store, worker, path)
    assert (len(rows(store, "shop.jsonl")), len(tails)) == (30, 1)


def test_a_log_that_is_packed_when_it_is_rotated_is_the_same_log(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int]
) -> None:
    path, lines = tmp_path / "shop.jsonl", FILES["shop.jsonl"]
    path.write_text("\n".join(lines[:10]) + "\n")
    take(store, worker, path)
    (tmp_path / "shop.jsonl.1.gz").write_bytes(gzip.compress(("\n".join(lines[:20]) + "\n").encode()))
    assert take(store, worker, tmp_path / "shop.jsonl.1.gz").accepted == 10
    (tmp_path / "shop.jsonl.1.gz").rename(tmp_path / "shop.jsonl.2.gz")
    assert take(store, worker, tmp_path / "shop.jsonl.2.gz").skipped == 1
    (tmp_path / "shop.jsonl.3.gz").write_bytes(gzip.compress(("\n".join(lines[30:]) + "\n").encode()))
    assert take(store, worker, tmp_path / "shop.jsonl.3.gz").accepted == 30, "another log is taken as it is"
    assert (len(rows(store, "shop.jsonl")), len(tails)) == (50, 1)


def test_many_small_steps_leave_few_segments(store: Store, tmp_path: Path, worker: Worker, tails: list[int]) -> None:
    path, lines = tmp_path / "shop.jsonl", FILES["shop.jsonl"]
    for cut in range(10, 40, 2):
        path.write_text("\n".join(lines[:cut]) + "\n")
        take(store, worker, path)
    with store.snapshot() as snap:
        assert len(snap.state.segments) == 1
    assert len(tails) == 14


def test_of_segments_the_small_ones_are_merged() -> None:
    sizes = [("logs", "a", 400), ("logs", "b", 700), ("metrics", "c", 800), ("logs", "d", 5_000)]
    assert growth.chosen(sizes, 100) == (("logs", "a"), ("logs", "b"))
    assert growth.chosen(sizes, 10_000) == (("logs", "a"), ("logs", "b"), ("metrics", "c"), ("logs", "d"))


def test_of_two_that_continue_one_file_one_begins_anew(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lines = tmp_path / "shop.jsonl", FILES["shop.jsonl"]
    path.write_text("\n".join(lines[:10]) + "\n")
    take(store, worker, path)
    path.write_text("\n".join(lines[:30]) + "\n")
    real, raced = visible.continue_file, list[int]()

    def overtaken(*given: Any) -> int:
        if not raced:
            raced.append(1)
            with path.open("a") as file:
                file.write(lines[30] + "\n")
            os.utime(path)
            ingest(store, [path], service="shop")
        return real(*given)

    monkeypatch.setattr(visible, "continue_file", overtaken)
    assert take(store, worker, path).failed == 0
    assert len(rows(store, "shop.jsonl")) == 31


def test_a_file_whose_beginning_was_merged_with_others_goes_on_and_can_be_taken_back(
    store: Store, tmp_path: Path, worker: Worker, tails: list[int]
) -> None:
    head, *lines = FILES["m.csv"]
    grows, others = tmp_path / "m.csv", [tmp_path / f"other{n}.csv" for n in range(compact.LEAST)]
    grows.write_text("\n".join([head, *lines[:20]]) + "\n")
    for n, other in enumerate(others):
        other.write_text(f"{head}\n2026-11-22T04:{n:02d}:00Z,pay,up,{n}\n")
    ingest(store, [grows, *others], worker=worker)
    assert compact.compact(store.catalog).after == 1
    grows.write_text("\n".join([head, *lines]) + "\n")
    ingest(store, [grows], worker=worker)
    assert tails
    assert len(rows(store, "m.csv")) == len(lines) + len(others)
    with store.catalog.read() as connection:
        (mine,) = (each.file_id for each in read_files(connection) if each.path == str(grows))
    forget_files(store.catalog, (mine,))
    assert [row[1] for row in rows(store, "m.csv")] == ["pay"] * len(others)
