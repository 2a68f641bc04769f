from __future__ import annotations

import dataclasses

import numpy as np
import plotly.graph_objects as go
import pytest

from app.charts import decomposition, tokens
from app.charts.lanes import APART
from app.usecases.service_view import Apart
from tests.app.charts.lanes_data import SPAN, at, lane
from tests.app.charts.test_signals import array, traces


def apart(**changes):
    observed = lane()
    trend = np.full(360, 118.0)
    season = 5 * np.sin(np.arange(360) / 60)
    made = Apart(observed, trend, season, observed.value - trend - season, at(7), "whole range", "6 min", 24.0, ())
    return dataclasses.replace(made, **changes)


def test_four_lanes_stand_on_one_axis_and_plotly_accepts_them():
    figure = decomposition.figure(apart(), SPAN)
    go.Figure(figure)
    assert figure["layout"]["height"] == APART.height(4)


def test_the_parts_add_up_to_what_was_observed():
    observed, trend, season, remainder = decomposition.parts(apart())
    assert trend.value + season.value + remainder.value == pytest.approx(observed.value)


def test_trend_and_season_are_grey_the_rest_has_the_colour_of_its_side():
    figure = decomposition.figure(apart(), SPAN)
    colors = [traces(figure, axis)[1]["line"]["color"] for axis in ("y", "y2", "y3", "y4")]
    assert colors == [tokens.SERVICE, tokens.MUTED, tokens.MUTED, tokens.SERVICE]


def test_the_remainder_alone_carries_the_band_and_the_diamond():
    figure = decomposition.figure(apart(), SPAN)
    assert [t["yaxis"] for t in figure["data"] if t["mode"] == "markers" and t["yaxis"] != "y5"] == ["y4"]
    band = array(traces(figure, "y4")[0]["y"])
    assert {abs(v) for v in band[~np.isnan(band)]} == {24.0}


def test_the_diamond_stands_on_the_remainder_not_on_the_signal():
    one = apart()
    (peak,) = [t for t in decomposition.figure(one, SPAN)["data"] if t["mode"] == "markers" and t["yaxis"] != "y5"]
    assert peak["y"] == [one.remainder[7 * 12]]


def test_a_part_that_is_not_known_is_an_empty_lane():
    go.Figure(decomposition.figure(apart(remainder=np.full(360, np.nan)), SPAN))
