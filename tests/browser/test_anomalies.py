"""Anomalies in a real browser: opened, filtered, chosen, judged, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.usecases.score_all import score_all
from data.store import Store
from tests.app import unusual

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_an_episode_is_found_by_filters_judged_and_the_verdict_taken_back(
    store: Store, serve_home: Callable[..., str], open_page: Callable[..., Page]
) -> None:
    unusual.fill(store)
    score_all(store)
    page = open_page(serve_home(store.home) + "/anomalies")
    rows = page.locator(".episode-table tbody tr")
    rows.nth(1).wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Direction").select_option("Up")
    page.get_by_label("Filter", exact=True).fill("latency /pay")
    assert rows.count() == 1
    assert not [url for url in asked if "_dash-update" in url], "filters ask nobody"
    rows.get_by_role("link").click()
    page.wait_for_url("**episode=**")
    assert "dir=up" in page.url, "the choice keeps the filters"
    page.locator("#why").get_by_role("link", name="Close").wait_for()
    assert "route /pay carries it" in page.locator("#why").inner_text()
    page.locator("#verdict-note").fill("the db")
    page.get_by_role("button", name="Real", exact=True).click()
    page.locator("#own-name").fill("Ines")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Real says Ines").wait_for()
    assert rows.first.inner_text().endswith("Real")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Real says Ines").wait_for(state="detached")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
