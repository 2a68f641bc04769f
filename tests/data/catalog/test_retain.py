"""What is too old goes, to the record; everything else stays, with where it came from."""

from __future__ import annotations

import pytest

from data.catalog.compact import LEAST, compact
from data.catalog.files import list_files
from data.catalog.retain import Old, look, retain
from data.errors import DataError
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples

UP, GONE = make_series("shop", "up"), make_series("shop", "gone")


def values(store: Store) -> list[float]:
    with store.snapshot() as snap:
        return [value for (value,) in snap.rows("SELECT value FROM metrics ORDER BY value")]


@pytest.fixture
def filled(store: Store) -> Store:
    """An old file, one on the border with a series of its own on the old side, a new one, log lines of all times."""
    put(store, 1, series=[UP], metrics=samples(UP, [1.0, 2.0]))
    border = [*samples(UP, [3.0, 4.0], start=at(9)), *samples(GONE, [0.0], start=at(9))]
    put(store, 2, series=[UP, GONE], metrics=border)
    put(store, 3, series=[UP], metrics=samples(UP, [5.0], start=at(20)))
    put(store, 4, logs=[{"ts": at(minute), "message": "x"} for minute in (0, 9, 30)])
    return store


def test_a_look_counts_to_the_record_and_changes_nothing(filled: Store) -> None:
    before, generation = values(filled), filled.catalog.generation
    found = look(filled.catalog, "metrics", at(10))
    assert (found.rows, found.start, found.end) == (4, at(0), at(9))
    assert found.bytes > 0
    assert (values(filled), filled.catalog.generation) == (before, generation)


def test_what_is_older_goes_with_the_series_that_have_nothing_left(filled: Store) -> None:
    retain(filled.catalog, "metrics", at(10))
    assert values(filled) == [4.0, 5.0]
    with filled.snapshot() as snap:
        assert snap.state.metrics == ("up",)
        assert snap.rows("SELECT count(*) FROM logs") == [(3,)]
        assert snap.rows("SELECT DISTINCT source_file FROM metrics ORDER BY 1") == [("file2.csv",), ("file3.csv",)]
    assert len(list_files(filled.catalog)) == 4


def test_the_second_time_nothing_is_left_to_go(filled: Store) -> None:
    retain(filled.catalog, "metrics", at(10))
    assert look(filled.catalog, "metrics", at(10)) == Old("metrics", at(10))


def test_a_kind_without_an_age_is_refused(filled: Store) -> None:
    with pytest.raises(DataError, match="no kind of record 'quarantine' that has an age"):
        look(filled.catalog, "quarantine", at(10))


def test_merged_segments_are_cut_too(store: Store) -> None:
    for number in range(LEAST):
        put(store, number + 1, series=[UP], metrics=samples(UP, [float(number)], start=at(number)))
    compact(store.catalog)
    assert retain(store.catalog, "metrics", at(3)).rows == 3
    assert values(store) == [float(n) for n in range(3, LEAST)]


def test_who_reads_meanwhile_reads_on(filled: Store) -> None:
    before = values(filled)
    with filled.snapshot() as snap:
        retain(filled.catalog, "metrics", at(10))
        assert [value for (value,) in snap.rows("SELECT value FROM metrics ORDER BY value")] == before
