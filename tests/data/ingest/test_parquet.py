"""Parquet: times with and without a zone, INT96, nanoseconds, NaN, nested columns, and files that are broken."""

from __future__ import annotations

import io
import json
import math
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import FormatError
from tests.data.ingest.parsing import Parser

T0 = datetime(2024, 5, 1, 10, tzinfo=UTC)
NAIVE = datetime(2024, 5, 1, 12)  # noqa: DTZ001 a local time


def written(columns: dict[str, Any], **said: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **said)
    return out.getvalue()


def test_metrics_with_times_of_utc(parse: Parser) -> None:
    ts = pa.array([T0, T0.replace(minute=1), None], pa.timestamp("ms", "UTC"))
    read = parse(written({"ts": ts, "cpu": [1.5, math.nan, 2.0]}), service="s")
    assert (read.format, read.kind) == ("parquet", "metrics")
    assert [(each[3], each[4]) for each in read.samples] == [(T0, 1.5)]
    assert read.reasons == {3: "there is no time"}
    assert json.loads(read.rejects[0].raw) == {"cpu": "2"}


@pytest.mark.parametrize("said", [{}, {"use_deprecated_int96_timestamps": True}])
def test_times_that_are_not_adjusted_are_local(parse: Parser, said: dict[str, Any]) -> None:
    content = written({"ts": pa.array([NAIVE], pa.timestamp("us")), "cpu": [1]}, **said)
    assert [each[3] for each in parse(content, tz="Europe/Berlin").samples] == [T0]
    assert any("no zone" in note for note in parse(content).notes)


def test_times_far_off_do_not_wrap_around(parse: Parser) -> None:
    far = pa.array([NAIVE, datetime(9999, 1, 1)], pa.timestamp("us"))  # noqa: DTZ001 a local time
    read = parse(written({"ts": far, "cpu": [1, 2]}, use_deprecated_int96_timestamps=True))
    assert read.counts == (1, 1, 0)
    assert "9999" in read.reasons[2]


def test_predictions_with_features_inside(parse: Parser) -> None:
    columns = {
        "ts": pa.array([T0], pa.timestamp("ns", "UTC")),
        "prediction_id": ["1"],
        "y_pred": pa.array(["yes"]).dictionary_encode(),
        "features": [{"age": 30, "words": ["a"]}],
    }
    row = parse(written(columns), constants={"model": "m"}).only("predictions")
    assert (row["ts"], row["y_pred"], json.loads(row["features"])) == (T0, "yes", {"age": 30, "words": ["a"]})


def test_logs_with_texts_as_bytes(parse: Parser) -> None:
    columns = {"ts": pa.array([T0], pa.timestamp("us", "UTC")), "level": ["info"], "message": [b"caf\xe9 is open now"]}
    assert parse(written(columns)).only("logs")["message"] == "caf\\xe9 is open now"


def test_a_file_that_was_cut_off_says_so(parse: Parser) -> None:
    with pytest.raises(FormatError, match="cut off"):
        parse(written({"ts": [T0], "cpu": [1]})[:-10])


def test_many_row_groups_are_counted_through(parse: Parser) -> None:
    ts = [T0.replace(second=i % 60, microsecond=i) for i in range(1000)]
    read = parse(written({"ts": ts, "cpu": list(range(1000))}, row_group_size=7))
    assert read.counts == (1000, 0, 0)
    assert sorted(row["line"] for row in read.rows["metrics"]) == list(range(1, 1001))
