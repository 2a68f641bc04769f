"""The figure of a look ahead: history, a line at the last sample, the expected value in its range, the limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import plotly.graph_objects as go
import pytest

from app.charts import ahead, tokens
from app.charts.lanes import AHEAD, AHEAD_NARROW
from app.usecases.ahead import look_ahead
from app.usecases.ahead_view import Ahead, Limit
from tests.app.charts.test_signals import array
from tests.app.usecases.ahead_data import daily, filling, signal

DAY = timedelta(days=1)


def filled(limit: float = 100.0, guessed: bool = False) -> Ahead:
    return look_ahead(signal(filling(per_day=2.5)), 86_400, UTC, limit=Limit(limit, "", guessed))


def by_name(figure: dict, name: str) -> dict:
    (found,) = [trace for trace in figure["data"] if trace.get("name") == name]
    return found


def test_plotly_accepts_it_at_its_own_height() -> None:
    figure = ahead.figure(filled())
    go.Figure(figure)
    assert figure["layout"]["height"] == AHEAD.height(1)
    assert figure["layout"]["meta"]["narrow"]["height"] == AHEAD_NARROW.height(1)


def test_the_measure_ends_where_the_expected_value_begins() -> None:
    found = filled()
    figure = ahead.figure(found)
    line, dashed = by_name(figure, "shop, disk used"), by_name(figure, "expected")
    measured = array(line["x"])[np.isfinite(array(line["y"]))]
    assert found.last is not None
    assert measured[-1] == found.last.timestamp() * 1000
    assert array(dashed["x"])[0] == measured[-1] + 300_000
    assert len(array(dashed["x"])) == 288
    assert (dashed["line"]["dash"], dashed["line"]["color"]) == ("dash", tokens.SERVICE)


def test_the_range_is_drawn_after_the_last_sample_alone() -> None:
    found = filled()
    band = array(ahead.figure(found)["data"][0]["x"])
    assert found.last is not None
    assert np.nanmin(band) > found.last.timestamp() * 1000


def test_a_dotted_line_says_where_the_last_sample_is() -> None:
    found = filled()
    figure = ahead.figure(found)
    (rule,) = [shape for shape in figure["layout"]["shapes"] if shape["line"].get("dash") == "dot"]
    assert found.last is not None
    assert rule["x0"] == rule["x1"] == found.last.timestamp() * 1000
    for place in (figure["layout"], figure["layout"]["meta"]["narrow"]):
        assert "last sample, 23:55" in [note["text"] for note in place["annotations"]]


def test_the_limit_is_drawn_where_it_is_near_and_said_where_it_is_not() -> None:
    texts = [note["text"] for note in ahead.figure(filled(guessed=True))["layout"]["annotations"]]
    assert "limit 100\u00a0%, guessed" in texts
    assert ahead.out_of_sight(filled()) == ""
    assert ahead.out_of_sight(filled(9_000.0)) == "limit 9\u202f000\u00a0%, out of sight"


def test_no_more_history_is_drawn_than_leaves_room_for_what_comes() -> None:
    found = filled()
    span = ahead.drawn_span(found)
    assert found.last is not None
    assert found.last - span.start == 4 * DAY
    assert span.end - found.last == pytest.approx(DAY, abs=timedelta(seconds=2))


def test_the_cursor_reads_what_was_measured_and_then_what_is_expected() -> None:
    lane = ahead.figure(look_ahead(signal(daily(3)), 3_600, UTC))["layout"]["meta"]["lanes"][0]
    assert [text.startswith("≈\u00a0") for text in lane["value"]] == [False] * 49 + [True] * 12
    assert lane["band"][:49] == [""] * 49
    assert all(text.startswith("expected ") for text in lane["band"][49:])


def test_a_history_too_short_to_look_ahead_is_still_drawn() -> None:
    figure = ahead.figure(look_ahead(signal([4.0, 5.0, 6.0]), None, UTC))
    go.Figure(figure)
    assert [shape for shape in figure["layout"]["shapes"] if shape["line"].get("dash") == "dot"] == []
    empty = look_ahead(signal([]), None, UTC)
    assert ahead.drawn_span(empty).start == datetime.fromtimestamp(0, UTC)
