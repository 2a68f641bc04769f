from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from app.charts import as_rows
from tests.app.charts.lanes_data import lane


def plain(cells):
    return [cell.replace("\u00a0", " ") for cell in cells]


def test_a_row_has_the_time_and_every_measure():
    lanes = [lane("latency"), lane("errors", 0.001, 0.02, "share")]
    assert as_rows.heads(lanes) == ["Time", "Latency", "Errors"]
    first = plain(as_rows.rows(lanes, UTC)[0])
    assert first[0] == "14:00:00"
    assert first[1].endswith(" ms")
    assert first[2].endswith(" %")


def test_for_a_file_each_row_is_a_moment_in_utc_and_bare_figures_with_units_in_the_head():
    lanes = [lane("latency"), lane("errors", 0.001, 0.02, "share")]
    assert as_rows.csv_heads(lanes) == ["Time (UTC)", "Latency (ms)", "Errors (share, 0 to 1)"]
    lines = as_rows.lines(lanes)
    assert len(lines) == len(as_rows.rows(lanes, UTC))
    assert lines[0][0] == datetime(2026, 11, 21, 14, tzinfo=UTC)
    assert lines[0][1:] == [float(lanes[0].value[0]), float(lanes[1].value[0])]


def test_what_was_outside_says_so():
    assert sum("(outside)" in row[1] for row in as_rows.rows([lane()], UTC)) == 9  # 3 of 30 minutes, 90 rows


def test_a_long_series_is_as_long_as_a_person_reads_and_keeps_its_ends():
    found = as_rows.rows([lane(n=50_000)], UTC)
    assert len(found) == as_rows.MOST_ROWS
    assert found[-1][0] == "14:29:59"


def test_a_gap_is_a_dash_and_lanes_may_have_their_own_times():
    one, late = lane("latency"), lane("errors")
    value = one.value.copy()
    value[0] = np.nan
    gap = dataclasses.replace(one, value=value)
    half = dataclasses.replace(
        late, **{n: getattr(late, n)[180:] for n in ("ts", "value", "expected", "lower", "upper")}
    )
    assert as_rows.rows([gap, half], UTC)[0] == ["14:00:00", "–", "–"]


def test_time_stands_in_the_zone_of_the_reader():
    assert as_rows.rows([lane()], ZoneInfo("Asia/Tokyo"))[0][0] == "23:00:00"


def test_without_lanes_or_samples_there_are_no_rows():
    nothing = np.array([])
    columns = dict.fromkeys(("value", "expected", "lower", "upper"), nothing)
    assert as_rows.rows([], UTC) == []
    assert as_rows.rows([dataclasses.replace(lane(), ts=nothing.astype("datetime64[us]"), **columns)], UTC) == []
