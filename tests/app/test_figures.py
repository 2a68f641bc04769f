"""The cache of finished figures: what it finds again, what it makes anew, and that nothing in it is pickled."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from flask import Flask

from app import figures
from app.figures import FigureCache, code_version


@pytest.fixture
def cache(tmp_path: Path) -> FigureCache:
    return FigureCache(Flask("test"), tmp_path / "cache", entries=5)


class Maker:
    """Builds a figure and counts how often it was asked."""

    def __init__(self, figure: Any = None) -> None:
        self.calls = 0
        self.figure = figure if figure is not None else {"data": [{"y": [1, 2]}], "layout": {}}

    def __call__(self) -> Any:
        self.calls += 1
        return self.figure


def test_a_figure_is_built_once_for_a_key(cache: FigureCache) -> None:
    make = Maker()
    first, second = (cache.cached("lane", (3, "shop"), make) for _ in range(2))
    assert first == second == make.figure
    assert make.calls == 1


@pytest.mark.parametrize("other", [("lane", (4, "shop")), ("lane", (3, "cart")), ("strip", (3, "shop"))])
def test_another_name_or_key_is_another_figure(cache: FigureCache, other: tuple[str, tuple[Any, ...]]) -> None:
    make = Maker()
    cache.cached("lane", (3, "shop"), make)
    cache.cached(*other, make)
    assert make.calls == 2


def test_parts_of_a_key_do_not_run_together(cache: FigureCache) -> None:
    make = Maker()
    cache.cached("lane", ("a", "bc"), make)
    cache.cached("lane", ("ab", "c"), make)
    assert make.calls == 2


def test_figures_and_arrays_come_back_as_plain_json(cache: FigureCache) -> None:
    figure = go.Figure(go.Scatter(x=np.array(["2026-11-21"], dtype="datetime64[us]"), y=np.array([1.5, np.nan])))
    made = cache.cached("lane", (datetime(2026, 11, 21, tzinfo=UTC),), lambda: figure)
    again = cache.cached("lane", (datetime(2026, 11, 21, tzinfo=UTC),), Maker())
    assert made == again == json.loads(json.dumps(made))


def test_the_folder_is_private_and_holds_json(cache: FigureCache, tmp_path: Path) -> None:
    cache.cached("lane", (1,), Maker())
    folder = tmp_path / "cache"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    held = [json.loads(path.read_bytes()[4:]) for path in folder.iterdir()]
    assert {"data": [{"y": [1, 2]}], "layout": {}} in held
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_a_file_that_was_tampered_with_is_made_anew_and_never_unpickled(cache: FigureCache, tmp_path: Path) -> None:
    make = Maker()
    cache.cached("lane", (1,), make)
    bomb = b"cos\nsystem\n(S'touch " + str(tmp_path / "burst").encode() + b"'\ntR."
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:4] + bomb)
    assert cache.cached("lane", (1,), make) == make.figure
    assert make.calls == 2
    assert not (tmp_path / "burst").exists()


def test_the_folder_keeps_only_so_many(cache: FigureCache, tmp_path: Path) -> None:
    for n in range(30):
        cache.cached("lane", (n,), Maker())
    assert len(list((tmp_path / "cache").iterdir())) < 10


def test_a_failed_build_is_not_kept(cache: FigureCache) -> None:
    def broken() -> None:
        raise ValueError("no data")

    with pytest.raises(ValueError, match="no data"):
        cache.cached("lane", (1,), broken)
    assert cache.cached("lane", (1,), Maker())["data"]


def test_a_change_of_the_code_makes_figures_anew(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    source = tmp_path / "charts" / "lane.py"
    source.write_text("a = 1")
    before = code_version(tmp_path, ("charts",))
    assert code_version(tmp_path, ("charts",)) == before
    source.write_text("a = 2")
    assert code_version(tmp_path, ("charts",)) != before


def test_the_code_that_makes_figures_is_there() -> None:
    assert all((figures.ROOT / part).exists() for part in figures.CODE)


def test_the_cache_of_the_application_is_used(app: Any) -> None:
    make = Maker()
    with app.server.app_context():
        for _ in range(2):
            figures.cached("lane", (1,), make)
    assert make.calls == 1


def test_plain_json_goes_through_dash_as_it_is() -> None:
    from dash import dcc, html
    from plotly.io.json import to_json_plotly

    held = {"data": [{"y": [1, None, "</script>"]}], "layout": {"title": "ü"}}
    tree = html.Div([dcc.Graph(figure=figures.as_json(held)), dcc.Store(id="held", data=figures.as_json([1, 2]))])
    sent = to_json_plotly(tree)
    parts = json.loads(sent)["props"]["children"]
    assert (parts[0]["props"]["figure"], parts[1]["props"]["data"]) == (held, [1, 2])
    assert "</script>" not in sent
