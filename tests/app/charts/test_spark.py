from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote

import numpy as np

from app.charts.spark import HEIGHT, WIDTH, spark

MIDDLE = HEIGHT / 2


def paths(mask):
    svg = unquote(re.fullmatch(r'url\("data:image/svg\+xml,(.*)"\)', mask).group(1))
    return [part.get("d") for part in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")]


def points(mask):
    return [tuple(float(n) for n in pair) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", paths(mask)[0])]


def calm(size=61):
    return np.arange(size) * 30.0, np.zeros(size), np.zeros(size, dtype=bool)


def test_a_calm_series_is_one_line_in_the_middle_of_the_whole_width():
    drawn = spark(*calm(), span_s=1_800)
    assert points(drawn.line)[0] == (0, MIDDLE)
    assert points(drawn.line)[-1] == (WIDTH, MIDDLE)
    assert drawn.episode == ""


def test_everything_stays_inside_the_picture_however_far_from_expected():
    seconds, distance, marked = calm()
    distance[20:24], distance[40:44] = 1e9, -np.inf
    marked[20:24] = marked[40:44] = True
    ys = [y for _, y in points(spark(seconds, distance, marked, 1_800).episode)]
    assert min(ys) == 1
    assert max(ys) == HEIGHT - 1


def test_more_than_expected_points_up():
    seconds, distance, marked = calm()
    distance[30] = 3
    marked[30] = True
    assert min(y for _, y in points(spark(seconds, distance, marked, 1_800).episode)) == MIDDLE - 3 * (MIDDLE - 1) / 6


def test_only_the_episode_is_coloured_and_it_joins_the_calm_line():
    seconds, distance, marked = calm()
    marked[20:24] = True
    drawn = spark(seconds, distance, marked, 1_800)
    assert len(points(drawn.episode)) == 4 + 2
    assert paths(drawn.line)[0].count("M") == 2


def test_a_gap_breaks_the_line():
    seconds, distance, marked = calm()
    rest = np.r_[0:20, 40:61]
    assert paths(spark(seconds[rest], distance[rest], marked[rest], 1_800).line)[0].count("M") == 2


def test_a_single_sample_is_a_dot():
    one = np.zeros(1)
    assert paths(spark(one, one, one.astype(bool), 60).line) == [f"M0 {MIDDLE:g}h.1"]


def test_a_long_series_stays_small_and_keeps_its_spike():
    seconds = np.arange(100_000) * 1.0
    distance = np.sin(seconds)
    distance[77_777] = 6
    drawn = spark(seconds, distance, distance > 5, 100_000)
    assert len(drawn.line) < 8_000
    ys = [y for _, y in points(drawn.episode)]
    assert min(ys) == 1
    assert max(ys) > 10  # it comes up from the calm line and goes back to it
