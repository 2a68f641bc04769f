"""One plotly figure: one time axis, a domain of its own for each lane, tokens for colours, only finite numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from app.charts import tokens
from app.charts.diptych import figure
from app.charts.diptych_samples import reach, ring, samples
from tests.fixtures.incident_example import example, hostile, without_labels, without_models, without_services

STORIES = (example, without_models, without_services, without_labels, hostile)


def of(made, lane, part):
    (trace,) = [t for t in made["data"] if t["meta"] == {"lane": lane, "part": part}]
    return trace


@pytest.fixture(scope="module")
def made():
    return figure(example())


@pytest.mark.parametrize("story", STORIES)
def test_plotly_takes_it_and_json_holds_it(story) -> None:
    made = figure(story())
    json.dumps(made, allow_nan=False)
    go.Figure(made)


def test_all_lanes_share_one_time_axis(made) -> None:
    assert {trace["xaxis"] for trace in made["data"]} == {"x"}
    assert [name for name in made["layout"] if name.startswith("xaxis")] == ["xaxis"]


def test_domains_of_shown_lanes_never_overlap(made) -> None:
    shown = {t["yaxis"] for t in made["data"] if t.get("visible", True)}
    domains = sorted(made["layout"][f"yaxis{axis[1:]}"]["domain"] for axis in shown)
    assert len(domains) == len(shown) > 7
    assert all(low[1] <= high[0] for low, high in pairwise(domains))


def test_services_stand_above_models(made) -> None:
    top = {t["meta"]["lane"]: made["layout"][f"yaxis{t['yaxis'][1:]}"]["domain"][1] for t in made["data"]}
    assert top["p95:recommender"] > top["err:shop"] > top["defaults:recommender"] > top["acc:recommender"]


def test_quiet_lanes_wait_unseen(made) -> None:
    unseen = {t["meta"]["lane"] for t in made["data"] if not t.get("visible", True)}
    assert unseen == {"quiet:0", "quiet:1", "quiet:2"}


def test_lines_and_areas_are_drawn_in_tokens_alone(made) -> None:
    palette = {light for light, _ in tokens.TOKENS.values()}
    colors = [t["line"]["color"] for t in made["data"] if "line" in t]
    colors += [t["fillcolor"] for t in made["data"] if "fillcolor" in t] + [
        t["marker"]["color"] for t in made["data"] if "marker" in t
    ]
    assert set(colors) <= palette
    assert of(made, "p95:recommender", "value")["line"]["color"] == tokens.SERVICE
    assert of(made, "drift:recency", "value")["line"]["color"] == tokens.MODEL


def test_a_strip_is_bad_where_its_service_is_down(made) -> None:
    down = of(made, "up:feature-store", "bad")
    assert sum(down["y"]) == 3.5 * 60 / 5
    assert down["line"]["shape"] == "hv"


def test_a_strip_whose_state_is_bad_when_on() -> None:
    view = example()
    lane = replace(view.lanes[0], bad_direction="up")
    made = figure(replace(view, lanes=(lane, *view.lanes[1:])))
    assert sum(of(made, lane.key, "bad")["y"]) == len(lane.value) - 42


def test_solid_performance_has_its_labels_and_dashed_has_not(made) -> None:
    value, estimate = of(made, "acc:recommender", "value"), of(made, "acc:recommender", "estimate")
    assert estimate["line"]["dash"]
    assert not any(a is not None and b is not None for a, b in zip(value["y"], estimate["y"], strict=True))


def test_a_gap_stays_a_gap() -> None:
    lane = example().lanes[1]
    keep = np.r_[0:100, 130 : len(lane.ts)]
    columns = ("ts", "known_at", "value", "lower", "upper", "lower_known", "upper_known")
    own = samples(replace(lane, **{name: getattr(lane, name)[keep] for name in columns}))
    (hole,) = [i for i, x in enumerate(own.value) if x is None]
    assert own.ts[99] < own.ts[hole] < own.ts[101]
    assert own.known[hole] == own.known[hole + 1]


def test_long_lanes_are_thinned_but_keep_every_spike() -> None:
    lane = example().lanes[1]
    n = 50_000
    ts = lane.ts[0] + np.arange(n) * np.timedelta64(5, "s")
    value = np.sin(np.arange(n) / 500)
    value[31_234] = 99.0
    flat = dict.fromkeys(("lower", "upper", "lower_known", "upper_known"), np.zeros(n))
    long = replace(lane, ts=ts, known_at=ts, value=value, **flat)
    made = figure(replace(example(), lanes=(long,) * 1, onsets=(), thread=()))
    drawn = of(made, long.key, "value")
    assert len(drawn["y"]) <= 2_000
    assert max(drawn["y"]) == 99.0


def test_points_of_the_whole_figure_are_bounded() -> None:
    view = example()
    lane = view.lanes[1]
    n = 3_000
    ts = lane.ts[0] + np.arange(n) * np.timedelta64(5, "s")
    flat = {name: np.arange(n, dtype=float) for name in ("value", "lower", "upper", "lower_known", "upper_known")}
    many = tuple(replace(lane, key=f"k{i}", ts=ts, known_at=ts, **flat) for i in range(20))
    made = figure(replace(view, lanes=many, onsets=(), thread=(), performance=()))
    assert sum(len(t["y"]) for t in made["data"] if t["meta"]["part"] == "value") <= 8_000


def test_a_calm_lane_fills_little_of_its_height() -> None:
    low, high = reach([100.0, 101.0], [90.0, 90.0], [110.0, 110.0], None)
    assert high - low >= 80


def test_a_lane_of_nothing_has_a_range() -> None:
    assert reach([None], [None], [None], None) == (0.0, 1.0)


def test_a_band_is_broken_where_an_edge_is_missing() -> None:
    outline = ring([1, 2, 3, 4], [0.0, 0.0, None, 0.0], [1.0, 1.0, 1.0, 1.0])
    assert outline["x"] == [1, 2, 2, 1, None, 4, 4]
    assert outline["y"] == [1.0, 1.0, 0.0, 0.0, None, 1.0, 0.0]


def test_lanes_that_moved_keep_their_samples_and_folded_ones_share_the_rest() -> None:
    view = example()
    many = tuple(replace(view.lanes[-1], key=f"q{i}") for i in range(40))
    made = figure(replace(view, lanes=(*view.lanes[:5], *many)))
    points = {t["meta"]["lane"]: len(t["y"]) for t in made["data"] if t["meta"]["part"] == "value"}
    assert points["err:shop"] == len(view.lanes[0].ts)
    assert 100 < points["q0"] < len(view.lanes[0].ts)
    assert sum(n for lane, n in points.items() if lane.startswith(("q", "err", "p95", "def", "dri"))) <= 8_000
