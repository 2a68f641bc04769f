"""Reading pages without a browser: the same POST that Dash's router sends, and the words in what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def page_at(client: FlaskClient, href: str) -> dict[str, Any]:
    """The component tree of the page at ``href`` (``/service/shop?from=now-1h``), as the browser would get it."""
    response = route(client, href)
    assert response.status_code == 200, response.text
    return response.get_json()["response"]["_pages_content"]["children"]


def route(client: FlaskClient, href: str) -> TestResponse:
    """The answer of Dash's router for an address."""
    parts = urlsplit(href)
    search = f"?{parts.query}" if parts.query else ""
    location = "_pages_location"
    return callback(
        client,
        outputs=[("_pages_content", "children"), ("_pages_store", "data")],
        inputs=[(location, "pathname", parts.path), (location, "search", search)],
        state=[(location, "href", f"http://127.0.0.1{href}")],
    )


def callback(
    client: FlaskClient,
    outputs: list[tuple[str, str]],
    inputs: list[tuple[str, str, Any]],
    state: list[tuple[str, str, Any]] | None = None,
) -> TestResponse:
    """A real POST to a callback: ids and properties of its outputs, then ids, properties and values of the others."""
    client.get("/_dash-dependencies")  # the router's callback is registered by the first request
    names = [f"{name}.{prop}" for name, prop in outputs]
    listed = [{"id": name.split("@")[0], "property": prop} for name, prop in outputs]
    body = {
        "output": names[0] if len(names) == 1 else f"..{'...'.join(names)}..",
        "outputs": listed[0] if len(listed) == 1 else listed,
        "inputs": [{"id": name, "property": prop, "value": value} for name, prop, value in inputs],
        "state": [{"id": name, "property": prop, "value": value} for name, prop, value in state or []],
        "changedPropIds": [f"{name}.{prop}" for name, prop, _ in inputs],
    }
    return client.post("/_dash-update-component", json=body)


def undo(client: FlaskClient, change: Any, href: str = "/incidents", **typed: Any) -> TestResponse:
    """A click on Undo for this change_id, on the page at ``href``, with what is ``typed`` into its form."""
    listed = client.get("/_dash-dependencies").get_json()
    (one,) = [one for one in listed if one["inputs"] == [{"id": "undo-change", "property": "data"}]]
    props = [part.rsplit(".", 1) for part in one["output"].strip(".").split("...")]
    body = {
        "output": one["output"],
        "outputs": [{"id": name, "property": prop} for name, prop in props],
        "inputs": [{"id": "undo-change", "property": "data", "value": {"change": change, "typed": typed}}],
        "state": [{"id": "_pages_location", "property": "href", "value": f"http://127.0.0.1{href}"}],
        "changedPropIds": ["undo-change.data"],
    }
    return client.post("/_dash-update-component", json=body)


def components(tree: Any, kind: str = "") -> Iterator[dict[str, Any]]:
    """All components of a tree, of one type where ``kind`` names it ("A", "H1", "Graph")."""
    if isinstance(tree, list):
        for part in tree:
            yield from components(part, kind)
    elif isinstance(tree, dict):
        if "type" in tree and kind in ("", tree["type"]):
            yield tree
        for part in (tree.get("props") or {}).values():
            yield from components(part, kind)


def words(tree: Any) -> str:
    """All text of a tree, in reading order."""
    return " ".join(_texts(tree))


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield str(tree)
    elif isinstance(tree, list):
        for part in tree:
            yield from _texts(part)
    elif isinstance(tree, dict) and "props" in tree:
        yield from _texts(tree["props"].get("children"))
