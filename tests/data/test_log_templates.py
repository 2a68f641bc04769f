"""What is kept beside a segment of logs is what the masks make of its lines, and goes when the segment goes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.templates import masked as masked_lines
from data import log_templates
from data.catalog.commit import forget_files
from data.catalog.sweep import sweep
from data.queries import logs
from data.snapshot import Snapshot
from data.store import Store
from tests.data.builders import at, put

LINES = [
    {"ts": at(0), "service": "shop", "severity": "INFO", "message": "order 17 placed for user ann"},
    {"ts": at(1), "service": "shop", "severity": "INFO", "message": "order 18 placed for user bob"},
    {"ts": at(2), "service": "a/b", "severity": None, "message": "GET /cart/7 in 12ms"},
]


@pytest.fixture
def snap(store: Store) -> Snapshot:
    put(store, logs=LINES)
    return store.snapshot()


def beside(store: Store) -> list[Path]:
    return sorted((store.home / "segments").rglob("*.templates"))


def read(snap: Snapshot) -> list[tuple[object, ...]]:
    return snap.rows(f"SELECT ts, service, severity, template FROM {log_templates.source(snap)} ORDER BY ts")


def test_what_is_kept_says_the_same_as_what_is_masked_anew(store: Store, snap: Snapshot) -> None:
    anew = read(snap)
    assert not beside(store)
    assert log_templates.prepare(snap).whole
    assert len(beside(store)) == 1
    assert read(snap) == anew
    assert anew[1][3] == "order <*> placed for user <*>"


def test_patterns_keep_templates_and_are_the_same_where_nothing_can_be_kept(store: Store, snap: Snapshot) -> None:
    kept = logs.patterns(snap, at(), at(5))
    assert log_templates.kept(snap).whole
    shutil.rmtree(store.home / "tmp")
    (store.home / "tmp").write_text("no folder: nothing can be written")
    beside(store)[0].unlink()
    assert logs.patterns(snap, at(), at(5)).equals(kept)


def test_without_time_nothing_is_begun_and_it_is_said_what_is_missing(store: Store, snap: Snapshot) -> None:
    assert log_templates.prepare(snap, budget_s=0) == log_templates.Prepared(0, 3)
    assert not log_templates.kept(snap).whole
    assert not beside(store)
    assert log_templates.prepare(snap, budget_s=0, at_least_one=True).whole


def test_only_the_range_is_read(store: Store) -> None:
    put(store, 1, logs=LINES)
    put(store, 2, logs=[{**LINES[0], "ts": at(60 * 24 * 9)}])
    with store.snapshot() as snap:
        assert log_templates.prepare(snap, at(), at(5)) == log_templates.Prepared(3, 3)
        assert len(read(snap)) == 4  # one segment kept, one read anew


def test_it_goes_with_its_segment_and_no_earlier(store: Store, snap: Snapshot) -> None:
    log_templates.prepare(snap)
    later = datetime.now(UTC) + timedelta(days=3)
    sweep(store.catalog, now=later)
    assert len(beside(store)) == 1
    forget_files(store.catalog, (1,))
    sweep(store.catalog, now=datetime.now(UTC) + timedelta(days=3))
    assert not beside(store)


@given(st.lists(st.text(alphabet="ab1/ <*>()=.\n", max_size=30), max_size=8))
def test_masking_what_the_first_mask_leaves_is_masking_the_line(lines: list[str]) -> None:
    array = pa.array(lines, pa.string())
    assert log_templates.templates(array).to_pylist() == masked_lines(array).to_pylist()
