from __future__ import annotations

import base64
import dataclasses
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import plotly.graph_objects as go
import pytest

from app.charts import signals, tokens
from app.charts.lane import tick_words
from app.charts.lane_words import band_words
from app.charts.lanes import NARROW, WIDE, Geometry
from app.usecases.incident_view import Span
from app.usecases.service_lane import LaneEpisode
from tests.app.charts.lanes_data import SPAN, START, at, event, lane

LANES = [lane("latency"), lane("errors", 0.001, 0.02, "share"), lane("traffic", 632, 571, "/s")]


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def array(packed, dtype="<f8"):
    return np.frombuffer(base64.b64decode(packed["bdata"] if isinstance(packed, dict) else packed), dtype)


def drawn(lanes=LANES, events=(), span=SPAN, **given):
    return signals.figure(lanes, events, span, **given)


def traces(figure, axis, mode="lines"):
    return [t for t in figure["data"] if t["yaxis"] == axis and t["mode"] == mode]


def test_plotly_accepts_the_figure_and_it_is_plain_json():
    figure = drawn(events=[event(6), event(8, "deploy")])
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)


def test_each_lane_has_its_band_below_its_line_and_a_diamond_at_its_peak():
    figure = drawn()
    for axis, one in zip(("y", "y2", "y3"), LANES, strict=True):
        band, line = traces(figure, axis)
        assert band["fillcolor"] == tokens.BAND
        assert line["line"]["color"] == tokens.SERVICE
        assert array(line["y"]) == pytest.approx(one.value)
        (peak,) = traces(figure, axis, "markers")
        assert peak["x"] == [at(7).timestamp() * 1000]
        assert peak["y"] == [one.episodes[0].peak]


def test_a_peak_says_its_value_with_its_unit():
    texts = [plain(a["text"]) for a in drawn()["layout"]["annotations"] if a["yref"] == "y2"]
    assert texts == ["<b>2.0 %</b>"]


def test_the_words_of_a_peak_stand_beside_its_episode_and_inside_the_figure():
    early, late = (drawn(span=span)["layout"]["annotations"][0] for span in (SPAN, Span(START, at(7.5))))
    assert (early["x"], early["xanchor"]) == (at(9).timestamp() * 1000, "left")
    assert late["xanchor"] == "right"


def test_round_ticks_lose_the_digits_that_they_lack():
    assert [plain(w) for w in tick_words([0, 0.02, 0.04], "share")] == ["0 %", "2 %", "4 %"]
    assert tick_words([0.5, 1.0, 1.5], "") == ["0.50", "1.0", "1.5"]


def test_lanes_stand_in_the_pixels_of_the_design():
    figure = drawn()
    above_axis = WIDE.height(3) - WIDE.bottom
    low, high = figure["layout"]["yaxis2"]["domain"]
    assert (high - low) * above_axis == pytest.approx(92)
    assert (figure["layout"]["yaxis"]["domain"][0] - high) * above_axis == pytest.approx(14)
    assert figure["layout"]["height"] == 36 + 3 * 92 + 2 * 14 + 6 + 32


def test_a_phone_gets_its_own_heights_and_gutters():
    narrow = drawn()["layout"]["meta"]["narrow"]
    assert narrow["height"] == NARROW.height(3)
    assert narrow["margin"]["l"] == narrow["margin"]["r"] == 12
    assert narrow["yaxis3.showticklabels"] is False


def test_an_episode_is_shaded_in_its_own_lane_and_cut_at_the_span():
    half = Span(START, at(7))
    boxes = [s for s in drawn(span=half)["layout"]["shapes"] if s["type"] == "rect"]
    assert [box["yref"] for box in boxes] == ["y domain", "y2 domain", "y3 domain"]
    assert {box["x1"] for box in boxes} == {at(7).timestamp() * 1000}


def test_nothing_outside_the_span_is_drawn():
    line = traces(drawn(span=Span(at(10), at(12))), "y")[1]
    x = array(line["x"]) / 1000
    assert len(x) == 24
    assert x.min() >= at(10).timestamp()
    assert x.max() < at(12).timestamp()


def test_a_gap_is_a_gap_in_line_and_band():
    one = lane()
    there = (one.ts < one.ts[100]) | (one.ts >= one.ts[160])
    cut = {n: getattr(one, n)[there] for n in ("ts", "value", "expected", "lower", "upper")}
    band, line = traces(drawn([dataclasses.replace(one, **cut)]), "y")
    assert np.isnan(array(line["y"])).sum() == 1
    assert np.isnan(array(band["y"])).sum() == 2  # one end per closed outline


def test_a_lane_without_expectation_has_a_line_and_no_band():
    none = np.full(360, np.nan)
    band, line = traces(drawn([lane(expected=none, lower=none, upper=none, episodes=())]), "y")
    assert band["x"] == []
    assert len(array(line["y"])) == 360


def test_a_lane_without_samples_is_an_empty_lane():
    nothing = np.array([])
    columns = dict.fromkeys(("value", "expected", "lower", "upper"), nothing)
    empty = dataclasses.replace(lane(), ts=nothing.astype("datetime64[us]"), episodes=(), **columns)
    go.Figure(drawn([empty]))


def test_a_month_of_samples_is_thinned_to_two_thousand():
    line = traces(drawn([lane(n=50_000)]), "y")[1]
    assert len(array(line["y"])) <= 2_000


def test_the_limit_is_dashed_amber_with_its_value_where_values_come_near_it():
    figure = drawn([lane("errors", 0.001, 0.046, "share", limit=0.02, limit_words="objective 2 %")])
    assert [s["line"]["color"] for s in figure["layout"]["shapes"] if s["type"] == "line"] == [tokens.DEGRADED]
    assert "objective 2 %" in [a["text"] for a in figure["layout"]["annotations"]]


def test_a_limit_far_away_does_not_flatten_the_values():
    figure = drawn([lane(limit=60_000)])
    assert figure["layout"]["yaxis"]["range"][1] < 600
    assert not [a for a in figure["layout"]["annotations"] if a["font"]["color"] == tokens.DEGRADED]


def test_the_cursor_finds_value_and_band_of_each_lane():
    samples = drawn()["layout"]["meta"]["lanes"]
    assert array(samples[0]["at"], "<f4")[:3] == pytest.approx([0, 5, 10])
    assert plain(samples[0]["value"][0]).endswith(" ms")
    assert plain(samples[1]["band"][0]) == "expected 0.080 – 0.12"
    assert [len(s["value"]) for s in samples] == [360, 360, 360]


def test_time_stands_in_the_zone_of_the_reader():
    assert drawn(zone=ZoneInfo("Asia/Kolkata"))["layout"]["xaxis"]["ticktext"][0] == "19:30"


def test_a_drag_zooms_time_only():
    layout = drawn()["layout"]
    assert all(layout[name]["fixedrange"] for name in ("yaxis", "yaxis2", "yaxis3", "yaxis4"))
    assert "fixedrange" not in layout["xaxis"]


@pytest.mark.parametrize("unit", ["ms", "share", "/s", "bytes", "", "<b>hostile</b>"])
def test_value_ticks_lie_inside_the_lane(unit):
    axis = drawn([lane(unit=unit)])["layout"]["yaxis"]
    assert 1 <= len(axis["tickvals"]) <= 4
    assert axis["range"][0] <= min(axis["tickvals"]) <= max(axis["tickvals"]) <= axis["range"][1]


def test_what_is_up_or_down_has_these_two_ticks_alone():
    axis = drawn([lane("up", 1.0, 0.0, "bool")])["layout"]["yaxis"]
    assert (axis["tickvals"], axis["ticktext"]) == ([0.0, 1.0], ["down", "up"])


def test_a_figure_without_lanes_is_still_a_figure():
    go.Figure(signals.figure([], [], Span(START, START + timedelta(minutes=1)), wide=Geometry(lane=50, gap=0)))


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        (94, 142, "ms", "expected 94 – 142"),
        (0, 0.004, "share", "expected 0 – 0.40"),
        (0.9, 1.5, "s", "expected 900 ms – 1.5 s"),
        (1, 1, "bool", "expected up"),
        (float("nan"), 3, "ms", ""),
    ],
)
def test_the_expected_range_beside_the_cursor(low, high, unit, said):
    assert plain(band_words(low, high, unit)) == said


def test_a_band_that_bursts_at_one_sample_does_not_flatten_the_values():
    one = lane()
    upper = one.upper.copy()
    upper[-1] = 90_000
    assert drawn([dataclasses.replace(one, upper=upper)])["layout"]["yaxis"]["range"][1] < 600


def test_of_peaks_close_together_only_the_farthest_says_its_value():
    one = lane()
    peaks = [
        LaneEpisode(at(m), at(m + 0.4), at(m + 0.2), peak, "critical") for m, peak in ((6, 300), (7, 412), (20, 250))
    ]
    figure = drawn([dataclasses.replace(one, episodes=tuple(peaks))])
    assert [plain(a["text"]) for a in figure["layout"]["annotations"] if "<b>" in a["text"] and "ms" in a["text"]] == [
        "<b>412 ms</b>",
        "<b>250 ms</b>",
    ]
    (marked,) = traces(figure, "y", "markers")
    assert len(marked["x"]) == 3
