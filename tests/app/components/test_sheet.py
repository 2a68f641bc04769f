"""What tables say in their CSV: one plain value per cell."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from plotly.io.json import to_json_plotly

from app.components import sheet, tables
from app.format import value
from tests.web import components


def test_numbers_stay_numbers_and_what_is_not_known_is_null() -> None:
    told = json.loads(sheet.as_json(["−5\u202f000 ms", 3, np.float64(0.1) + 0.2, np.nan, None, np.inf]))
    assert told == ["−5\u202f000 ms", 3, 0.3, None, None, None]


def test_a_time_has_its_date_and_is_in_utc_whatever_the_zone_of_the_page() -> None:
    at = datetime(2026, 11, 22, 4, 57, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert sheet.stamp(at) == "2026-11-22T03:57:05Z"
    assert sheet.stamp(datetime(2026, 11, 22, 3, 57, 5, 123_456, tzinfo=UTC)) == "2026-11-22T03:57:05.123Z"


def test_a_row_carries_its_lines_and_one_that_sums_up_many() -> None:
    columns = [tables.Column("Service"), tables.Column("Against expected")]
    rows = [
        tables.Row(["shop", value(-5000, "ms")], lines=[["shop", -5000.0]]),
        tables.Row(["Models", ""], hinge=True),
        tables.Row(["2 services without metrics"], lines=[["a", None], ['"b', None]]),
    ]
    tree = json.loads(to_json_plotly(tables.table(columns, rows, heads=["Service", "Latency (ms)"])))
    (table,) = components(tree, "Table")
    assert json.loads(table["props"]["data-heads"]) == ["Service", "Latency (ms)"]
    body = [each["props"].get("data-lines") for each in [*components(tree, "Tr")][1:]]
    assert [one and json.loads(one) for one in body] == [[["shop", -5000.0]], None, [["a", None], ['"b', None]]]
