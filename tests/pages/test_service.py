"""The Service page as the server gives it: real POSTs of the router, on an empty store, on a story, on nonsense."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from app.charts.lanes import AHEAD, AHEAD_NARROW, APART, APART_NARROW, NARROW, WIDE, Geometry
from data.records import MetricMeaning, Model, Series, Service
from data.store import Store
from tests.app.usecases.ahead_data import filling
from tests.data.builders import at, put, samples
from tests.fixtures import shop_story as story
from tests.fixtures.shop_app import make_app
from tests.web import components, page_at, words

STYLES = (Path(__file__).parents[2] / "assets" / "service.css").read_text(encoding="utf-8")
NONSENSE = [
    "?tab=nope",
    "?metric=s:999&apart=1",
    "?metric=%22%3E%3Cscript%3E&apart=1",
    "?view=upside-down",
    "?from=soon",
    "?tab=logs&tab=incidents",
    "?apart=" + "1" * 500,
    "?tab=ahead&ahead=soon",
    "?tab=ahead&ahead=999w",
    "?tab=ahead&ahead=0s&metric=s:999",
    "?tab=ahead&metric=%3Cb%3E&view=table",
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    return make_app(tmp_path_factory.mktemp("shop") / "home").server.test_client()


@pytest.fixture(scope="module")
def page(shop: FlaskClient) -> dict:
    return page_at(shop, "/service/shop")


def title(page: dict) -> str:
    return next(words(h1) for h1 in components(page, "H1"))


def links(part: dict) -> list[str]:
    return [link["props"]["href"] for link in components(part, "A") if "href" in link["props"]]


def graphs(page: dict) -> list[str]:
    return [graph["props"]["id"] for graph in components(page, "Graph")]


def test_an_empty_store_says_how_to_fill_it(client: FlaskClient) -> None:
    for address in ("/service", "/service/shop"):
        assert "Nothing here yet." in words(page_at(client, address))


def test_without_a_name_the_worst_service_is_shown_and_all_can_be_chosen(shop: FlaskClient) -> None:
    page = page_at(shop, "/service")
    assert title(page) == "cache"
    assert {"/service/shop", "/service/silent", f"/service/{quote(story.STRANGE, safe='')}"} <= set(links(page))


def test_an_unknown_service_is_said_with_those_there_are(shop: FlaskClient) -> None:
    page = page_at(shop, "/service/nope")
    assert "There is no service “nope”." in words(page)
    assert "/service/shop" in links(page)


def test_the_page_says_what_is_unusual_and_why(page: dict) -> None:
    said = words(page).replace("\u00a0", " ")
    assert "for 3 min" in said
    assert "cache stopped" in said
    assert "Critical" in said


def test_lanes_have_words_beside_them(page: dict) -> None:
    said = words(page)
    assert all(name in said for name in ("P95 latency", "Errors", "Orders per s"))
    assert "values at 14:29:55" in said


def test_the_figure_says_in_words_what_it_shows(page: dict) -> None:
    (said,) = [d["props"]["aria-label"] for d in components(page, "Div") if d["props"].get("role") == "img"]
    assert said.startswith("shop: p95 latency 9")


def test_a_measure_is_taken_apart_only_on_demand(shop: FlaskClient, page: dict) -> None:
    assert graphs(page) == ["service-lanes"]
    (offer,) = [a for a in components(page, "A") if words(a).startswith("Take ")]
    assert graphs(page_at(shop, offer["props"]["href"])) == ["service-lanes", "service-apart"]


def test_any_series_can_be_picked_by_its_address(shop: FlaskClient) -> None:
    page = page_at(shop, "/service/shop?metric=s:14&apart=1")
    assert "moon phase taken apart" in words(page)
    (picker,) = [part for part in components(page, "Details") if "metric-picker" in part["props"].get("className", "")]
    choices = {words(link): link["props"] for link in components(picker, "A")}
    assert [name for name, link in choices.items() if link.get("aria-current")] == ["moon phase"]
    assert {parse_qs(urlsplit(link["href"]).query)["metric"][0] for link in choices.values()} == {
        "s:11", "s:12", "s:13", "s:14"
    }  # fmt: skip


def test_the_figure_can_be_read_as_a_table(shop: FlaskClient, page: dict) -> None:
    (link,) = [a for a in components(page, "A") if words(a) == "View as table"]
    shown = page_at(shop, link["props"]["href"])
    assert "service-lanes" not in graphs(shown)
    said = words(shown).replace("\u00a0", " ")
    assert "14:00:00" in said
    assert "(outside)" in said


def test_tabs_are_addresses(shop: FlaskClient, page: dict) -> None:
    logs = page_at(shop, "/service/shop?tab=logs")
    assert "order <*> accepted" in words(logs)
    (lines,) = [words(row) for row in components(logs, "Tr") if "order <*> accepted" in words(row)]
    assert " 120 " in lines
    (address,) = [a["props"]["href"] for a in components(logs, "A") if words(a) == "order <*> accepted"]
    assert "120 lines" in words(page_at(shop, address)).replace("\u00a0", " ")
    incidents = page_at(shop, "/service/shop?tab=incidents")
    assert "Cache stopped; ranker fell back to default features" in words(incidents)
    assert {"/service/shop?tab=logs", "/service/shop?tab=incidents"} <= set(links(page))


def test_a_service_without_metrics_logs_or_incidents_is_words(shop: FlaskClient) -> None:
    said = words(page_at(shop, "/service/silent"))
    assert "Nothing was measured in this range." in said
    assert "No log line of this service" in words(page_at(shop, "/service/silent?tab=logs"))
    assert "No incident touched this service" in words(page_at(shop, "/service/silent?tab=incidents"))


def test_a_strange_name_is_shown_as_it_is_and_leads_on(shop: FlaskClient) -> None:
    address = f"/service/{quote(story.STRANGE, safe='')}"
    page = page_at(shop, f"{address}?tab=logs")
    assert title(page) == story.STRANGE
    assert address in links(page)


@pytest.mark.parametrize("query", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_answered_with_a_page(shop: FlaskClient, query: str) -> None:
    page = page_at(shop, f"/service/shop{query}")
    assert title(page) == "shop"
    assert "Traceback" not in words(page)


def test_states_of_neighbours_stand_beside_their_names(page: dict) -> None:
    said = words(page)
    assert "Critical:  cache" in said or "Critical: cache" in said


def test_copy_link_carries_the_sentence(page: dict) -> None:
    (button,) = [b for b in components(page, "Button") if "data-sentence" in b["props"]]
    assert button["props"]["data-sentence"].startswith("shop: ")


def pixels(block: str) -> dict[str, int]:
    return {name: int(px) for name, px in re.findall(r"--(\w+): (\d+)px", block)}


@pytest.mark.parametrize(
    ("selector", "section", "geometry"),
    [
        (r"\.lanes", 0, WIDE),
        (r"\.lanes-apart", 0, APART),
        (r"\.lanes-ahead", 0, AHEAD),
        (r"\.lanes", 1, NARROW),
        (r"\.lanes-apart", 1, APART_NARROW),
        (r"\.lanes-ahead", 1, AHEAD_NARROW),
    ],
)
def test_the_stylesheet_has_the_pixels_of_the_figures(selector: str, section: int, geometry: Geometry) -> None:
    parts = STYLES.split("@media (max-width: 760px)")
    base = pixels(re.search(r"\.lanes \{([^}]*)\}", parts[section]).group(1))
    own = pixels(re.search(selector + r" \{([^}]*)\}", parts[section]).group(1))
    wide = pixels(re.search(r"\.lanes \{([^}]*)\}", parts[0]).group(1))
    apart = pixels(re.search(selector + r" \{([^}]*)\}", parts[0]).group(1)) if "-" in selector else {}
    shown = {**wide, **apart, **base, **own}
    names = ("top", "lane", "gap", "foot", "bottom", "left", "right")
    assert {name: shown[name] for name in names} == {name: getattr(geometry, name) for name in names}


def test_records_without_a_service_are_not_called_none(client: FlaskClient, store: Store) -> None:
    made = {"ts": at(0), "model": "m", "prediction_id": "1", "y_pred": "1", "received_at": at(0)}
    put(store, models=(Model("m"),), predictions=[made])
    assert "There are records, but none of a service." in words(page_at(client, "/service"))


def test_a_pattern_says_how_many_lines_are_worse_than_most(client: FlaskClient, store: Store) -> None:
    kinds = {"GET": ["INFO"] * 9 + ["ERROR"], "plain": [None] * 3}
    told = [(f"{kind} /{i}", level) for kind, levels in kinds.items() for i, level in enumerate(levels)]
    put(store, logs=[{"ts": at(i), "service": "shop", "message": m, "severity": s} for i, (m, s) in enumerate(told)])
    table = words(next(components(page_at(client, "/service/shop?tab=logs"), "Tbody"))).replace("\u00a0", " ")
    assert "INFO, 1 ERROR" in table
    assert "not stated" in table


def test_a_guessed_meaning_is_marked_and_leads_to_where_it_can_be_stated(client: FlaskClient, store: Store) -> None:
    series = Series(7, "shop", "latency_p95_ms")
    put(
        store, series=(series,), services=(Service("shop"),), metrics=samples(series, [20.0 + i % 3 for i in range(60)])
    )
    edit = "/settings?section=metrics&edit=latency_p95_ms"
    for address in ("/service/shop", "/"):
        assert edit in links(page_at(client, address))
    assert "milliseconds, guessed" in words(page_at(client, "/service/shop")).replace(" ,", ",").replace("  ", " ")
    put(store, 2, meanings=(MetricMeaning("latency_p95_ms", "latency", "ms", "up"),))
    for address in ("/service/shop", "/"):
        assert edit not in links(page_at(client, address))


def choices(page: dict) -> dict[str, str]:
    """The lengths that one can look ahead, with their addresses."""
    (found,) = [nav for nav in components(page, "Nav") if nav["props"].get("aria-label") == "How far ahead"]
    return {words(a).replace("\u00a0", " "): a["props"]["href"] for a in components(found, "A")}


def test_a_measure_is_looked_ahead_of_at_an_address_of_its_own(shop: FlaskClient, page: dict) -> None:
    assert "/service/shop?tab=ahead" in links(page)
    ahead = page_at(shop, "/service/shop?tab=ahead&metric=s:13&ahead=5m")
    assert graphs(ahead) == ["service-ahead"]
    said = words(ahead).replace("\u00a0", " ")
    assert "/s expected in 5 min, Sat 21 Nov, 14:34; in 90 of 100 cases between " in said
    assert "Tested from 16 moments of the history: its errors are " in said
    assert "MASE: its mean error as a share of the error of the seasonal naive forecast" in said
    assert list(choices(ahead)) == ["1 min", "5 min"]


def test_the_length_of_the_look_is_a_choice_that_keeps_the_measure(shop: FlaskClient) -> None:
    ahead = page_at(shop, "/service/shop?tab=ahead&metric=s:13")
    there = page_at(shop, choices(ahead)["1 min"])
    assert "expected in 1 min" in words(there).replace("\u00a0", " ")
    (picker,) = [part for part in components(there, "Details") if "metric-picker" in part["props"].get("className", "")]
    asked = [parse_qs(urlsplit(link["props"]["href"]).query) for link in components(picker, "A")]
    assert all((one["tab"], one["ahead"]) == (["ahead"], ["1m"]) for one in asked)


def test_too_far_ahead_says_what_would_be_enough(shop: FlaskClient) -> None:
    said = words(page_at(shop, "/service/shop?tab=ahead&metric=s:13&ahead=1d")).replace("\u00a0", " ")
    assert "1 day ahead needs more than 2 days of history in sight, and there are 30 min." in said


def test_a_longer_range_is_offered_where_there_are_records(shop: FlaskClient) -> None:
    short = page_at(shop, "/service/shop?tab=ahead&metric=s:13&from=2026-11-21T14:20:00Z&to=2026-11-21T14:30:00Z")
    (link,) = [a["props"]["href"] for a in components(short, "A") if words(a) == "Show that much"]
    there = words(page_at(shop, link)).replace("\u00a0", " ")
    assert "5 min" in choices(page_at(shop, link))
    assert "15 min ahead needs more than" in there


def test_what_is_expected_can_be_read_as_a_table_and_taken_as_csv(shop: FlaskClient) -> None:
    ahead = page_at(shop, "/service/shop?tab=ahead&metric=s:13&ahead=5m")
    (link,) = [a["props"]["href"] for a in components(ahead, "A") if words(a) == "View as table"]
    shown = page_at(shop, link)
    assert graphs(shown) == []
    (table,) = components(shown, "Table")
    assert json.loads(table["props"]["data-heads"]) == [
        *("Time (UTC)", "Expected (1/s)", "Range from (1/s)", "Range to (1/s)")
    ]
    lines = [
        json.loads(row["props"]["data-lines"])[0] for row in components(table, "Tr") if "data-lines" in row["props"]
    ]
    assert (len(lines), lines[0][0], lines[-1][0]) == (60, "2026-11-21T14:30:00Z", "2026-11-21T14:34:55Z")
    assert all(low <= middle <= high for _, middle, low, high in lines)


def test_the_zone_of_the_reader_holds_ahead(shop: FlaskClient) -> None:
    ahead = words(page_at(shop, "/service/shop?tab=ahead&metric=s:13&ahead=5m&tz=Asia/Tokyo")).replace("\u00a0", " ")
    assert "expected in 5 min, Sat 21 Nov, 23:34" in ahead


def test_a_service_without_measures_has_nothing_ahead(shop: FlaskClient) -> None:
    assert "nothing to look ahead of" in words(page_at(shop, "/service/silent?tab=ahead"))
    assert "Up or down is no quantity" in words(page_at(shop, "/service/cache?tab=ahead"))


def test_a_disk_that_fills_is_said_at_the_head_and_its_guessed_limit_leads_to_settings(
    client: FlaskClient, store: Store
) -> None:
    disk = Series(7, "shop", "disk_used_percent")
    put(store, series=(disk,), services=(Service("shop"),), metrics=samples(disk, list(filling(7, 3)), step_s=300))
    page = page_at(client, "/service/shop?from=2024-03-01&to=2024-03-09")
    (link,) = [a for a in components(page, "A") if words(a).startswith("disk used reaches 100")]
    ahead = page_at(client, link["props"]["href"])
    assert "Reaches 100 % in " in words(ahead).replace("\u00a0", " ")
    assert "The limit is a guess, for its unit is percent" in words(ahead)
    assert "/settings?section=metrics&edit=disk_used_percent" in links(ahead)
    assert graphs(ahead) == ["service-ahead"]


def test_a_stated_limit_says_where_it_came_from(client: FlaskClient, store: Store) -> None:
    disk = Series(7, "shop", "disk_used_percent")
    put(store, series=(disk,), services=(Service("shop"),), metrics=samples(disk, list(filling(7, 3)), step_s=300))
    meaning = MetricMeaning("disk_used_percent", "saturation", "percent", "up", limit=95.0)
    put(store, 2, meanings=(meaning,), path="conf/registry.toml")
    said = words(page_at(client, "/service/shop?tab=ahead&from=2024-03-01&to=2024-03-09")).replace("\u00a0", " ")
    assert "Reaches 95 % in " in said
    assert re.search(r"The limit is\s+stated\s*: \s*registry\.toml, ", said)


def test_a_strange_name_is_looked_ahead_of_as_any_other(shop: FlaskClient) -> None:
    ahead = page_at(shop, f"/service/{quote(story.STRANGE, safe='')}?tab=ahead")
    assert title(ahead) == story.STRANGE
    assert graphs(ahead) == ["service-ahead"]


def test_one_sample_ahead_is_words(client: FlaskClient, store: Store) -> None:
    one = Series(7, "shop", "disk_used_percent")
    put(store, series=(one,), services=(Service("shop"),), metrics=samples(one, [5.0]))
    said = words(page_at(client, "/service/shop?tab=ahead"))
    assert said.count("it needs 20 samples in sight, and has 1.") == 1
