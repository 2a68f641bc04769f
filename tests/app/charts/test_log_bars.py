"""Bars stand where their lines were, the loudest at the foot; what was not read is veiled."""

from __future__ import annotations

from datetime import UTC

from app.charts.log_bars import COLOURS, figure
from app.usecases.incident_view import Span
from app.usecases.logs import bar_width_s
from app.usecases.logs_view import LEVELS, Bars
from tests.data.builders import at

SPAN = Span(at(0), at(10))


def bars(**levels: tuple[int, ...]) -> Bars:
    return Bars(SPAN, (at(0), at(5)), 300, {level: levels.get(level, (0, 0)) for level in LEVELS})


def test_each_level_that_has_lines_is_stacked_on_louder_ones() -> None:
    made = figure(bars(info=(9, 0), error=(1, 2)), UTC)
    assert [trace["name"] for trace in made["data"]] == ["Errors", "Info"]
    assert made["layout"]["barmode"] == "stack"
    errors, info = made["data"]
    assert (errors["y"], info["y"]) == ([1, 2], [9])
    assert info["x"] == [at(2.5).timestamp() * 1000]
    assert errors["width"] == 300_000


def test_chosen_levels_alone_are_drawn() -> None:
    made = figure(bars(info=(9, 0), error=(1, 2)), UTC, ["info"])
    assert [trace["name"] for trace in made["data"]] == ["Info"]


def test_what_was_not_read_is_veiled() -> None:
    made = figure(Bars(SPAN, (at(0),), 300, {"error": (1,)}, read_from=at(4)), UTC)
    (veil,) = made["layout"]["shapes"]
    assert (veil["x0"], veil["x1"]) == (at(0).timestamp() * 1000, at(4).timestamp() * 1000)
    assert not figure(bars(), UTC)["layout"]["shapes"]


def test_every_level_has_a_colour_and_a_range_its_round_width() -> None:
    assert set(COLOURS) == set(LEVELS)
    assert [bar_width_s(Span(at(0), at(minutes))) for minutes in (1, 60, 1440, 525_600)] == [1, 30, 900, 604_800]


def test_a_finger_scrolls_where_a_mouse_zooms() -> None:
    meta = figure(bars(), UTC)["layout"]["meta"]
    assert (meta["wide"]["dragmode"], meta["narrow"]["dragmode"]) == ("zoom", False)
    assert len(meta["narrow"]["xaxis.tickvals"]) < len(meta["wide"]["xaxis.tickvals"])
