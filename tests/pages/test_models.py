"""The pages Models and Model as the server gives them: the recording, models of every kind, nonsense, nothing."""

from __future__ import annotations

import re
from datetime import UTC
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.charts.lanes import MODEL, MODEL_NARROW, MODELS
from app.factory import create_app
from app.settings import Settings
from app.usecases import model_page, thresholds
from app.usecases.incident_words import quiet
from data.store import Store
from pages.model.figure import crowded, last_full
from tests.data.builders import at, put
from tests.fixtures import model_story as story
from tests.web import components, page_at, words

STYLES = (Path(__file__).parents[2] / "assets" / "model.css").read_text(encoding="utf-8")
NONSENSE = ["?version=v999", "?view=upside-down", "?sort=%00", "?row=nobody:v1", "?from=soon", "?version=" + "1" * 500]


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    home = tmp_path_factory.mktemp("kinds") / "home"
    with Store.open(home) as store:
        story.tell(store)
    return create_app(Settings(home=home)).server.test_client()


def said(client: FlaskClient, address: str) -> str:
    return words(page_at(client, address)).replace("\u00a0", " ").replace("\u202f", " ")


def links(page: dict) -> list[str]:
    return [link["props"]["href"] for link in components(page, "A") if "href" in link["props"]]


def rows(page: dict) -> list[str]:
    return [words(row).replace("\u00a0", " ") for row in components(next(components(page, "Tbody")), "Tr")]


def test_an_empty_store_says_how_to_fill_it(client: FlaskClient) -> None:
    for address in ("/models", "/model", "/model/recommender"):
        assert "Nothing here yet." in said(client, address)


def test_records_without_a_model_are_not_called_none(client: FlaskClient, store: Store) -> None:
    put(store, logs=[{"ts": at(0), "service": "shop", "message": "hello", "known_at": at(0)}])
    told = said(client, "/models")
    assert "There are records, but no predictions and no model." in told
    assert "No records yet" not in told


def test_the_recording_tells_whose_fault_it_was_per_version(demo_client: FlaskClient) -> None:
    first, second = rows(page_at(demo_client, "/models"))
    assert "recommender v3" in first
    assert "Outage, not drift." in first
    assert "trip_distance, 2 more" in first
    assert "recommender v4" in second
    assert "The model moved" in second


def test_sorting_and_the_chosen_row_stand_in_the_address(demo_client: FlaskClient) -> None:
    page = page_at(demo_client, "/models?sort=name&row=recommender:v4")
    assert "recommender v4 , accuracy by prediction time" in words(page)
    assert "/model/recommender?version=v4" in links(page)


def test_the_model_page_leads_from_a_drifted_feature_to_the_incident(demo_client: FlaskClient) -> None:
    page = page_at(demo_client, "/model/recommender")
    feature = next(row for row in components(page, "Tr") if "trip_distance" in words(row))
    assert {"/service/feature-store", "/incident/INC-0001"} <= set(links(feature))
    assert "Leaving those minutes out removes" in words(page)
    assert "no version" not in words(page)


def test_the_sentence_says_of_which_incident_it_speaks_and_opens_it(demo_client: FlaskClient) -> None:
    (advice,) = [p for p in components(page_at(demo_client, "/model/recommender"), "P")
                 if p["props"].get("className") == "verdict-advice"]  # fmt: skip
    (link,) = components(advice, "A")
    assert link["props"]["href"].startswith(f"/incident/{words(link)}")
    assert re.match(r"INC-\d+ +\d\d:\d\d:\d\d – \d\d:\d\d:\d\d\. +Repair", words(advice).replace("\u00a0", " "))


def test_the_features_come_by_what_they_cost(demo_client: FlaskClient) -> None:
    names = rows(page_at(demo_client, "/model/recommender"))
    assert "trip_distance" in names[0]
    assert "17.9 accuracy points lost in all" in said(demo_client, "/model/recommender")


def test_the_figure_is_also_a_table(demo_client: FlaskClient) -> None:
    page = page_at(demo_client, "/model/recommender?view=table")
    assert not list(components(page, "Graph"))
    assert "Labels in" in words(page)


def test_a_version_is_set_against_what_was_usual_before_it(demo_home: Path) -> None:
    with Store.open(demo_home) as store, store.snapshot() as snap:
        reach = model_page.reach(snap, "recommender")
        assert reach is not None
        said = quiet(reach.start)
        old, bad = (model_page.page(snap, "recommender", reach, UTC, lambda *_: said, v) for v in ("v3", "v4"))
    assert bad.performance is not None
    assert old.performance is not None
    middle = (bad.performance.lower + bad.performance.upper) / 2
    assert middle == pytest.approx(float(np.nanmedian(old.performance.value)), abs=0.02)
    assert np.nanmedian(bad.performance.value) < bad.performance.lower + 0.01
    assert "served until 04:09:45" in bad.small
    assert "live" in old.small
    last = last_full(bad.performance.value, bad.performance.labelled)
    assert bad.performance.value[last] < 0.9
    assert bad.performance.labelled[last] > 60


def test_a_version_alone_is_named_and_marked(demo_client: FlaskClient) -> None:
    page = page_at(demo_client, "/model/recommender?version=v4")
    assert words(next(components(page, "H1"))) == "recommender v4"
    assert "Show all together" in words(page)


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_query_does_no_harm(kinds: FlaskClient, nonsense: str) -> None:
    for path in ("/models", "/model/ranker"):
        assert "went wrong" not in said(kinds, path + nonsense)
        assert list(components(page_at(kinds, path + nonsense), "H1"))


def test_an_unknown_model_is_said_with_those_there_are(kinds: FlaskClient) -> None:
    page = page_at(kinds, "/model/nope")
    assert "There is no model “nope”." in words(page)
    assert "/model/ranker" in links(page)


def test_a_planted_default_is_found_and_paid_for(kinds: FlaskClient) -> None:
    page = page_at(kinds, f"/model/ranker?{story.SPAN}")
    assert "price" in rows(page)[0]
    assert "Features by accuracy points lost" in words(page)
    assert list(components(page, "Graph"))


def test_labels_that_wait_are_hatched_and_said(kinds: FlaskClient) -> None:
    page = page_at(kinds, f"/model/ranker?{story.SPAN}")
    hatched = [box["props"] for box in components(page, "Div") if box["props"].get("className") == "model-hatch"]
    assert hatched
    assert "labels not in" in hatched[-1]["title"]


def test_a_model_without_labels_cannot_be_told(kinds: FlaskClient) -> None:
    page = said(kinds, f"/model/silent?{story.SPAN}")
    assert "Cannot tell yet: 0 % of labels are in." in page
    assert "the metric is not known" in page
    assert "Points lost: needs 100 labels in either window, has 0." in page


def test_a_stated_lag_is_said_and_a_model_without_features_has_no_drift(kinds: FlaskClient) -> None:
    page = said(kinds, f"/model/bare?{story.SPAN}")
    assert "no label times: a stated lag of 5 min stands for them" in page
    assert "The predictions carry no features." in page
    assert "no version is written" in page


def test_a_regression_speaks_of_its_error(kinds: FlaskClient) -> None:
    page = said(kinds, f"/model/basket?{story.SPAN}")
    assert "Features by error lost" in page
    assert "Mean error" in page or "mean error" in page
    row = next(row for row in rows(page_at(kinds, f"/models?{story.SPAN}")) if "basket" in row)
    assert "mean error" in row


def test_an_idle_model_says_so_and_where_others_are(kinds: FlaskClient) -> None:
    assert "No predictions in this range. None was ever recorded." in said(kinds, "/model/idle")
    page = page_at(kinds, "/model/ranker?from=2020-01-01&to=2020-01-02")
    assert "They reach from" in words(page)
    (link,) = [href for href in links(page) if "from=1795" in href]
    assert list(components(page_at(kinds, link), "Graph"))


def test_models_stand_in_one_table_with_what_cannot_be_told_last(kinds: FlaskClient) -> None:
    found = rows(page_at(kinds, f"/models?{story.SPAN}"))
    assert len(found) == 7
    assert all("no label is in" in row or "no predictions" in row for row in found[-2:])
    losing, v2 = found[:3], next(row for row in found if "ranker v2" in row)
    assert all("The model moved." in row for row in losing)
    assert any("ranker v1" in row for row in losing)
    assert "Healthy. Accuracy held." in v2 or "Inputs changed, accuracy held." in v2, "it is better than before"


def test_strange_names_are_text_and_survive_their_links(kinds: FlaskClient) -> None:
    address = f"/model/{quote(story.STRANGE, safe='')}"
    page = page_at(kinds, f"/models?{story.SPAN}")
    (own, *_) = [href for href in links(page) if href.startswith(address)]
    assert f"version={quote(story.STRANGE, safe='')}".replace("%20", "+") in own
    assert words(next(components(page_at(kinds, own), "H1"))) == f"{story.STRANGE} {story.STRANGE}"
    assert unquote(address).endswith(story.STRANGE)


def test_the_stylesheet_has_the_pixels_of_the_figures() -> None:
    wide, narrow = STYLES.split("@media (max-width: 760px)")
    assert _pixels(wide, "lanes-model") == (MODEL.left, MODEL.height(2), MODEL.heights[0])
    assert _pixels(wide, "lanes-models") == (MODELS.left, MODELS.height(2), MODELS.heights[0])
    assert _pixels(narrow, "lanes-models") == (MODEL_NARROW.left, MODEL_NARROW.height(2), MODEL_NARROW.heights[0])


def _pixels(styles: str, kind: str) -> tuple[int, ...]:
    rule = re.search(rf"\.lanes\.{kind} \{{(.*?)\}}", styles)
    assert rule is not None
    found = dict(re.findall(r"--(left|high|first): (\d+)px", rule.group(1)))
    return tuple(int(found[name]) for name in ("left", "high", "first"))


def test_the_words_name_the_limits_that_hold(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.open(home) as store:
        story.tell(store)
        thresholds.save(store, "Mara", "labels_needed", 0.35)
        thresholds.save(store, "Mara", "drift_limit", 0.31)
    client = create_app(Settings(home=home)).server.test_client()
    page = said(client, "/models")
    assert "under 35 % of the labels are in" in page
    assert "the drift limit or more, which is 0.31 (Settings)" in page
    assert "four of five" not in page


def test_the_period_before_is_offered_and_said(demo_client: FlaskClient) -> None:
    offered = next(link for link in links(page_at(demo_client, "/model/recommender")) if "compare=previous" in link)
    assert "Nothing was measured in the period before" in said(demo_client, offered)
    late = "/model/recommender?from=2026-11-22T04:00:00Z&to=2026-11-22T04:15:00Z&compare=previous"
    assert "Thin grey line: the period before, Sun 22 Nov, 03:45 – 04:00." in said(demo_client, late)


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(1, 30))
def test_labels_of_incidents_that_are_shown_do_not_lie_over_each_other(lefts: list[float], room: float) -> None:
    shown = sorted(left for left, hidden in zip(lefts, crowded(lefts, room), strict=True) if not hidden)
    assert all(later - one >= room - 1e-9 for one, later in pairwise(shown))
    assert bool(shown) == bool(lefts)
