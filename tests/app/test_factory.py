"""The application as a whole: wiring, two of them in one process, and what any address gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.factory import PAGES, create_app
from app.routing import bare
from app.settings import Settings
from tests.web import callback, components, page_at, route, words

PATHS = (
    "/",
    "/service",
    "/anomalies",
    "/logs",
    "/incidents",
    "/incident",
    "/models",
    "/model",
    "/sources",
    "/settings",
)
NONSENSE = "?from=%3Cscript%3E&to=9e99&tz=../../x&row=%00&self=1&here=x&args=1&path=%2F&name=other&q=a&q=b&%F0=1"


def test_the_pages_of_the_navigation_are_there() -> None:
    assert tuple(bare(page.PATH) for page in PAGES) == (*PATHS, "/mark")


@pytest.mark.parametrize("href", PATHS)
def test_every_page_opens_on_an_empty_store_in_words(client: FlaskClient, href: str) -> None:
    tree = page_at(client, href)
    assert len(list(components(tree, "H1"))) == 1
    assert "diptych ingest" in words(tree)
    assert "Something went wrong" not in words(tree)


@pytest.mark.parametrize("href", PATHS)
def test_every_page_survives_a_nonsense_query(client: FlaskClient, href: str) -> None:
    tree = page_at(client, href + NONSENSE)
    assert len(list(components(tree, "H1"))) == 1
    assert "Something went wrong" not in words(tree)


@pytest.mark.parametrize("href", PATHS)
def test_every_page_opens_on_the_recording(demo_client: FlaskClient, href: str) -> None:
    for query in ("", NONSENSE, "?from=now-1h&to=now"):
        text = words(page_at(demo_client, href + query))
        assert "Something went wrong" not in text
        assert "diptych ingest" not in text


def test_an_unknown_address_is_answered_in_words(client: FlaskClient) -> None:
    tree = page_at(client, "/no/such/page")
    assert "There is no page at this address." in words(tree)
    assert [link["props"]["href"] for link in components(tree, "A")] == ["/"]


def test_the_title_names_what_the_page_is_about(client: FlaskClient) -> None:
    titles = [route(client, href).get_json()["response"]["_pages_store"]["data"]["title"] for href in (
        "/", "/service", "/service/a%2Fb", "/service/" + "x" * 500, "/nowhere")]  # fmt: skip
    assert titles[:3] == ["Health · Diptych", "Service · Diptych", "a/b · Service · Diptych"]
    assert len(titles[3]) < 100
    assert titles[4] == "Not found · Diptych"


def test_two_applications_in_one_process_both_answer(tmp_path: Path) -> None:
    clients = [create_app(Settings(home=tmp_path / name)).server.test_client() for name in ("one", "two")]
    for client in clients:
        assert client.get("/").status_code == 200
        assert list(components(page_at(client, "/"), "H1"))
        dependencies = client.get("/_dash-dependencies").get_json()
        assert len(dependencies) == len(clients[0].get("/_dash-dependencies").get_json()) > 3


def test_each_application_reads_its_own_home(tmp_path: Path) -> None:
    from data.catalog.catalog import Catalog

    one, two = (create_app(Settings(home=tmp_path / name)) for name in ("one", "two"))
    stores = [app.server.extensions["diptych"].store for app in (one, two)]
    assert [store.home.name for store in stores] == ["one", "two"]
    assert isinstance(stores[0].catalog, Catalog)


def test_the_layout_is_a_frame_with_landmarks(client: FlaskClient) -> None:
    frame = client.get("/_dash-layout").get_json()
    assert [len(list(components(frame, kind))) for kind in ("Main", "Nav", "Header", "Dialog")] == [1, 1, 1, 4]
    assert next(components(frame, "A"))["props"]["children"] == "Skip to content"


def test_nothing_is_loaded_from_another_host(client: FlaskClient) -> None:
    html = client.get("/").text
    assert "//" not in html.replace("<!DOCTYPE", "").split("_dash-config")[0].replace("</", "")
    assert 'src="/assets/theme.js?m=' in html


def test_assets_and_callbacks_are_compressed(client: FlaskClient) -> None:
    for path in ("/assets/app.css", "/_dash-layout"):
        packed = client.get(path, headers={"Accept-Encoding": "br"})
        assert packed.headers["Content-Encoding"] == "br"
        assert len(packed.data) < len(client.get(path).data) / 2


def test_a_callback_that_does_not_exist_gets_words_and_no_traceback(client: FlaskClient) -> None:
    response = callback(client, [("no-such", "children")], [("nowhere", "data", 1)])
    assert response.status_code == 500
    assert "Traceback" not in response.text
    assert "log says more" in response.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[" * 50_000, b'"x"', b'{"output": 1}', b"\xff\xfe", b'{"output":"..","inputs":{}}']
)
def test_a_broken_post_gets_words_and_no_traceback(client: FlaskClient, body: bytes) -> None:
    response = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert response.status_code >= 400
    assert "Traceback" not in response.text
    assert "File " not in response.text


def test_the_router_itself_survives_hostile_addresses(client: FlaskClient) -> None:
    for href in (
        "/service/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/incident/<script>",
        "/service/a%0Ab",
        "/service/" + "x" * 3000,
    ):
        response = route(client, href)
        assert response.status_code == 200
        assert "Traceback" not in response.text


def test_pages_of_dash_s_registry_are_ours(app: Dash) -> None:
    import dash

    assert app.use_pages
    assert {page.__name__ for page in PAGES} <= set(dash.page_registry)
