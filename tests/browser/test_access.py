"""Every page of the recording by axe, in both themes: no finding that it calls serious or critical (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from app.factory import PAGES
from app.routing import bare

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
#: What stands in place of the name in a page's path, and where the bare path is a page of its own.
NAMES = {"/service/<name>": "shop", "/incident/<incident_id>": "INC-0001", "/model/<name>": "recommender"}
ADDRESSES = [
    *(bare(page.PATH) if page.PATH not in NAMES else f"{bare(page.PATH)}/{NAMES[page.PATH]}" for page in PAGES),
    "/service/shop?tab=logs",
    "/service/shop?tab=ahead",
    "/nowhere",
]


FIRST = ("/", "/incident/INC-0001")
CASES = [
    pytest.param(address, scheme, marks=() if address in FIRST and scheme == "light" else pytest.mark.slow)
    for address in ADDRESSES
    for scheme in ("light", "dark")
]


@pytest.mark.parametrize(("address", "scheme"), CASES)
def test_a_page_has_no_serious_finding(
    open_page: Callable[..., Page], live_server: str, address: str, scheme: str
) -> None:
    page = open_page(f"{live_server}{address}", scheme=scheme)
    page.wait_for_load_state("networkidle")
    if address.startswith("/incident/"):  # written by its replay, after the figure
        page.wait_for_selector("#incident-verdict > *")
    found = Axe().run(page, options=RULES).response["violations"]
    serious = [
        f"{one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]
    assert not serious, "\n".join(serious)
