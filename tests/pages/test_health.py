"""Health as the server gives it: real POSTs of the router, on an empty store, on a story, on nonsense."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from app.usecases import incident
from data.queries.incidents import save_incidents
from data.records import Edge, Incident
from data.store import Store
from pages.health import panels
from tests.app.filled import LAST, START, fill
from tests.data.builders import put
from tests.fixtures import shop_story as story
from tests.fixtures.shop_app import make_app
from tests.web import components, page_at, words

NONSENSE = [
    "?row=nope",
    "?row=%00%ff&row=x",
    "?from=yesterday-ish&to=soon",
    "?tz=Mars/Olympus",
    "?from=now-1h&to=now-2h",
    "?" + "x" * 3_000,
    "?row=%3Cscript%3Ealert(1)%3C/script%3E",
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    return make_app(tmp_path_factory.mktemp("shop") / "home").server.test_client()


@pytest.fixture(scope="module")
def page(shop: FlaskClient) -> dict:
    return page_at(shop, "/")


def rows(page: dict) -> list[dict]:
    body = next(components(page, "Tbody"))
    return list(components(body, "Tr"))


def links(part: dict) -> list[str]:
    return [link["props"]["href"] for link in components(part, "A") if "href" in link["props"]]


def test_an_empty_store_says_how_to_fill_it(client: FlaskClient) -> None:
    said = words(page_at(client, "/"))
    assert "Nothing here yet." in said
    assert "demo --story boutique --port 0" in said
    assert "demo --story housing --port 0" in said
    assert "diptych ingest DIR" in said


def test_the_page_says_what_happened_and_leads_to_the_incident(page: dict) -> None:
    said = words(page)
    assert "Cache and shop missed objectives" in said
    assert "Outage, not drift." in said
    assert "/incident/INC-0001" in links(page)


def test_services_stand_above_the_hinge_models_below(page: dict) -> None:
    said = [words(row) for row in rows(page)]
    hinge = next(i for i, text in enumerate(said) if text.startswith("Models"))
    assert [text.split()[0] for text in said[:hinge]] == ["Critical", "Critical", "Healthy", "No"]
    assert "ranker v3" in said[hinge + 1]
    assert "no labels in this range" in " ".join(said[hinge:])


def test_the_first_row_is_chosen_and_its_chart_stands_beside(page: dict) -> None:
    chosen = [row for row in rows(page) if "row-selected" in row["props"].get("className", "")]
    assert [words(row).split()[1] for row in chosen] == ["cache"]
    (graph,) = components(page, "Graph")
    assert graph["props"]["figure"]["data"]


def test_every_row_leads_to_itself_and_is_then_the_chosen_one(shop: FlaskClient, page: dict) -> None:
    picks = [href for row in rows(page) for href in links(row) if "row=" in href]
    assert len(picks) == 7
    for href in picks:
        found = page_at(shop, href)
        (chosen,) = [row for row in rows(found) if "row-selected" in row["props"].get("className", "")]
        assert href in links(chosen)


def test_a_row_without_a_chart_says_why(shop: FlaskClient) -> None:
    page = page_at(shop, "/?row=n:silent")
    assert "no metrics in this range" in words(page)
    assert not list(components(page, "Graph"))


def test_names_of_all_kinds_survive_their_links(shop: FlaskClient) -> None:
    page = page_at(shop, "/?row=s:31")
    (link,) = [href for href in links(page) if href.startswith("/service/a")]
    assert link == f"/service/{quote(story.STRANGE, safe='')}"
    assert next(words(h1) for h1 in components(page_at(shop, link), "H1")) == story.STRANGE


def test_the_range_is_carried_by_every_link(shop: FlaskClient) -> None:
    page = page_at(shop, "/?from=2026-11-21T14:00:00Z&to=2026-11-21T14:20:00Z&tz=Europe/Berlin")
    own = [urlsplit(href) for href in links(next(components(page, "Tbody")))]
    assert own
    assert {parse_qs(parts.query)["to"][0] for parts in own} == {"2026-11-21T14:20:00Z"}
    assert "15:12" in words(page)


def test_sparks_say_in_words_what_they_show(page: dict) -> None:
    said = [part["props"]["aria-label"] for part in components(page, "Span") if part["props"].get("role") == "img"]
    assert any(text.startswith("shop, p95 latency: 1\u00a0episode, worst 9") for text in said)


def test_how_opens_the_definitions_of_the_one_place(page: dict) -> None:
    from analytics.health import DEFINITIONS

    how = " ".join(words(part) for part in components(page, "Details"))
    assert all(text in how for text in DEFINITIONS.values())


def test_copy_link_carries_the_sentence(page: dict) -> None:
    (button,) = [b for b in components(page, "Button") if "data-sentence" in b["props"]]
    assert button["props"]["data-sentence"].startswith("Cache and shop missed objectives")


@pytest.mark.parametrize("query", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_answered_with_a_page(shop: FlaskClient, query: str) -> None:
    said = words(page_at(shop, f"/{query}"))
    assert "Against expected" in said
    assert "Traceback" not in said


def test_a_range_without_records_says_where_they_are(shop: FlaskClient) -> None:
    said = words(page_at(shop, "/?from=2025-01-01&to=2025-01-02"))
    assert "Nothing was recorded in this range." in said
    assert "Records reach from" in said


def test_the_second_look_comes_from_the_cache_and_is_the_same(shop: FlaskClient, monkeypatch) -> None:
    first = page_at(shop, "/?row=s:11")
    monkeypatch.setattr("pages.health.health.load", None)
    monkeypatch.setattr("pages.health.health.detail", None)
    assert page_at(shop, "/?row=s:11") == first


def test_hostile_titles_stay_text(client: FlaskClient, app) -> None:
    store: Store = app.server.extensions["diptych"].store
    event = {"ts": story.at(3), "kind": "deploy", "service": "shop", "title": "<img src=x onerror=alert(1)>"}
    rows = [row for row in story._metrics() if row["series_id"] == story.LATENCY.series_id]
    put(store, series=(story.LATENCY,), metrics=rows, events=[{**event, "known_at": story.at(3)}])
    page = page_at(client, "/")
    assert "<img src=x onerror=alert(1)>" in words(page)
    (graph,) = components(page, "Graph")
    drawn = json.dumps(graph["props"]["figure"]["layout"]["annotations"])
    assert "<img" not in drawn


def test_no_iso_stamp_and_no_raw_column_name_is_shown(page: dict) -> None:
    said = words(page)
    assert "2026-11-21T" not in said
    assert "latency_p95_ms" not in said


@pytest.mark.parametrize(
    ("titles", "room", "open_lines"), [(["a"] * 5, 400, 5), (["a"] * 20, 200, 5), (["a" * 40] * 20, 200, 3)]
)
def test_as_many_events_are_open_as_fit(titles: list[str], room: int, open_lines: int) -> None:
    from app.usecases.incident_view import EventMark

    events = [EventMark(story.at(i), story.at(i), "note", title) for i, title in enumerate(titles)]
    assert panels._fitting(events, room) == open_lines


def test_many_services_without_metrics_share_a_row_and_many_incidents_a_count(
    store: Store, client: FlaskClient
) -> None:
    fill(store)
    put(store, 9, edges=[Edge(f"host-{n}", "shop") for n in range(12)])
    save_incidents(
        store.catalog,
        [
            Incident(
                "",
                f"Shop slow {n}",
                "critical",
                "resolved",
                START + n * timedelta(minutes=1),
                resolved_at=LAST,
                services=(f"s{n}",),
            )
            for n in range(5)
        ],
    )
    page = page_at(client, "/")
    assert "13 services without metrics in this range" in words(page).replace("\u00a0", " ")
    assert "And 2 more incidents." in words(page).replace("\u00a0", " ")
    shown = [words(row) for row in components(page, "Tr")]
    assert sum("host-" in row for row in shown) == 1
    assert any("row=n%3Ahost-3" in link for link in links(page))


def test_a_service_without_metrics_is_told_by_its_incidents(store: Store, client: FlaskClient) -> None:
    put(store, events=[{"ts": START + n * timedelta(days=2), "kind": "alert", "service": "site"} for n in range(200)])
    outages = [
        Incident("", "Site is down", "critical", "resolved", START + timedelta(days=200 + 9 * n),
                 resolved_at=START + timedelta(days=200 + 9 * n, hours=1 + n), services=("site",))
        for n in range(3)
    ]  # fmt: skip
    save_incidents(store.catalog, outages)
    page = page_at(client, "/")
    said = words(page).replace("\u00a0", " ")
    assert "Site is down." in said
    (line,) = [words(row).replace("\u00a0", " ") for row in components(page, "Tr") if "no metrics" in words(row)]
    assert "Critical" in line
    assert "3 h" in line
    assert "3 incidents, no metrics" in line
    assert "INC-0003" in line


def test_an_incident_of_which_only_alerts_tell_says_so_once_one_was_known(store: Store, client: FlaskClient) -> None:
    put(store, events=[{"ts": START, "kind": "alert", "service": "site", "title": "is down"}])
    known = START + timedelta(minutes=2)
    (one,) = save_incidents(
        store.catalog,
        [Incident("", "Site is down", "critical", "resolved", START, known, resolved_at=LAST, services=("site",))],
    )
    with store.snapshot() as snap:
        said = incident.load(snap, one.incident_id).verdicts
        assert incident.final_verdict(snap, one.incident_id) == said[-1]
    assert [(view.known_from, view.headline) for view in said] == [
        (START, "Nothing unusual is known yet."),
        (known, "Only alerts tell of this incident."),
    ]


def test_the_period_before_is_drawn_on_demand_and_kept_while_another_row_is_chosen(shop: FlaskClient) -> None:
    plain = page_at(shop, "/")
    offered = next(link for link in links(plain) if "compare=previous" in link)
    compared = page_at(shop, offered)
    assert "Thin grey line: the period before" in words(compared) or "Nothing was measured" in words(compared)
    picks = [link for link in links(compared) if "row=" in link]
    assert all("compare=previous" in link for link in picks[:-1])
    assert any("compare" not in link for link in picks)
    assert "the period before," not in words(page_at(shop, "/?compare=nonsense"))


def test_half_a_range_is_set_against_the_half_before(shop: FlaskClient) -> None:
    start, end = story.START, story.END
    middle = start + (end - start) / 2
    later = page_at(shop, f"/?from={middle.timestamp() * 1000:.0f}&to={end.timestamp() * 1000:.0f}&compare=previous")
    assert "Thin grey line: the period before" in words(later)
    (graph,) = (one for one in components(later, "Graph") if one["props"].get("id") == "health-chart")
    assert "the period before" in json.dumps(graph["props"]["figure"])
