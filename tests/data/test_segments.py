from __future__ import annotations

import math
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import segments
from data.errors import DataError
from data.schemas import BY_KIND
from data.segments import write_segments
from data.series import make_series
from tests.data.builders import NOON, at, samples, table

A, B = make_series("a", "m"), make_series("b", "m")


def read(home: Path, path: str) -> pa.Table:
    return pq.read_table(home / path)


def test_rows_are_sorted_by_series_and_time_and_kept_as_they_were(home: Path) -> None:
    rows = [*samples(B, [1.0, 2.0]), *samples(A, [3.0, 4.0])]
    (segment,) = write_segments(home, "metrics", table("metrics", reversed(rows)))
    found = read(home, segment.path).to_pylist()
    assert [(row["series_id"], row["ts"]) for row in found] == sorted((row["series_id"], row["ts"]) for row in rows)
    assert {row["value"] for row in found} == {1.0, 2.0, 3.0, 4.0}


def test_a_segment_knows_what_is_in_it(home: Path) -> None:
    rows = [{"ts": at(1), "service": "shop"}, {"ts": at(0), "service": "cart"}, {"ts": at(2), "service": None}]
    (segment,) = write_segments(home, "logs", table("logs", rows))
    assert (segment.rows, segment.min_ts, segment.max_ts, segment.day) == (3, at(0), at(2), date(2024, 3, 1))
    assert segment.services == ("cart", "shop")
    assert segment.bytes == (home / segment.path).stat().st_size
    assert segment.path.startswith("segments/logs/2024-03-01/")


def test_years_of_sparse_samples_share_a_segment(home: Path) -> None:
    daily = samples(A, [float(i) for i in range(2000)], step_s=86_400)
    (segment,) = write_segments(home, "metrics", table("metrics", daily))
    assert segment.rows == 2000
    assert segment.max_ts == NOON + timedelta(days=1999)


def test_dense_days_are_cut_at_midnight(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MIN_ROWS", 10)
    hourly = samples(A, [float(i) for i in range(60)], step_s=3600, start=datetime(2024, 1, 1, tzinfo=UTC))
    written = write_segments(home, "metrics", table("metrics", hourly))
    assert [(s.day, s.rows) for s in written] == [
        (date(2024, 1, 1), 24),
        (date(2024, 1, 2), 24),
        (date(2024, 1, 3), 12),
    ]


def test_a_huge_day_is_cut_by_rows(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MAX_ROWS", 100)
    written = write_segments(home, "metrics", table("metrics", samples(A, [0.0] * 250, step_s=1)))
    assert [s.rows for s in written] == [100, 100, 50]


def test_records_without_a_time_have_a_place_of_their_own(home: Path) -> None:
    labels = [{"prediction_id": "1", "model": "m", "y_true": "a", "label_ts": None}]
    (segment,) = write_segments(home, "labels", table("labels", labels))
    (quarantined,) = write_segments(home, "quarantine", table("quarantine", [{"reason": "no", "raw": b"\xff"}]))
    assert (segment.day, segment.min_ts, segment.models) == (None, None, ("m",))
    assert "/undated/" in quarantined.path


@pytest.mark.parametrize("kind", BY_KIND)
def test_nothing_in_no_segment_out(home: Path, kind: str) -> None:
    assert write_segments(home, kind, BY_KIND[kind].empty_table()) == ()


def test_a_segment_is_read_only_and_nothing_is_left_in_tmp(home: Path) -> None:
    (segment,) = write_segments(home, "metrics", table("metrics", samples(A, [1.0])))
    assert stat.S_IMODE((home / segment.path).stat().st_mode) == 0o400
    assert list((home / "tmp").iterdir()) == []


def test_columns_may_come_in_any_order_and_narrower_types(home: Path) -> None:
    given = table("metrics", samples(A, [1.0])).select(["value", "line", "file_id", "known_at", "series_id", "ts"])
    seconds = given.set_column(5, "ts", given["ts"].cast(pa.timestamp("s", tz="UTC")))
    (segment,) = write_segments(home, "metrics", seconds)
    assert read(home, segment.path).schema.equals(BY_KIND["metrics"])


def test_an_unknown_kind_is_refused(home: Path) -> None:
    with pytest.raises(DataError, match="no kind of segment named 'traces'"):
        write_segments(home, "traces", pa.table({}))


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "é", None]), st.integers(0, 5) | st.none()), max_size=60))
def test_sorted_is_what_arrow_sorts_and_equal_rows_keep_their_order(rows: list[tuple[str | None, int | None]]) -> None:
    columns = {
        "service": pa.array([service for service, _ in rows], pa.string()),
        "ts": pa.array([minute for _, minute in rows], pa.timestamp("us", "UTC")),
        "line": pa.array(range(len(rows)), pa.int64()),
    }
    table = pa.table(columns)
    by = [(name, "ascending") for name in ("service", "ts", "line")]
    assert segments.sort(table, ["service", "ts"]).to_pylist() == table.sort_by(by).to_pylist()


def test_values_that_differ_take_less_room_without_a_dictionary(home: Path) -> None:
    values = [round(100 + 20 * math.sin(i / 229) + 10 * math.sin(i * i), 3) for i in range(20_000)]
    (segment,) = write_segments(home, "metrics", table("metrics", samples(A, values)))
    assert segment.bytes / segment.rows < 4
    column = pq.ParquetFile(home / segment.path).metadata.row_group(0).column(2)
    assert (column.path_in_schema, column.has_dictionary_page) == ("value", False)
