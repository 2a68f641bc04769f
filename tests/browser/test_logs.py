"""Logs in a real browser: a stretch is dragged, a template chosen, a line opened, and the template counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from data.store import Store
from tests.data.builders import at, put
from tests.fixtures.log_story import lines

pytestmark = pytest.mark.browser
TIMEOUT = "payment timed out after <*> s"


def drag(page: Page, start: float, end: float) -> None:
    """Over the bars, from one share of the time axis to another."""
    box = page.locator("#logs-bars .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()


def asked(page: Page) -> dict[str, str]:
    return {name: given[0] for name, given in parse_qs(urlsplit(page.url).query).items()}


def test_from_all_lines_to_one_and_to_a_measure(
    store: Store, serve_home: Callable[..., str], open_page: Callable[..., Page]
) -> None:
    put(store, logs=lines())
    page = open_page(serve_home(store.home) + "/logs")
    expect(page.locator(".small-line")).to_contain_text("332")
    expect(page.locator("#logs-bars .bars .point path").last).to_be_visible()

    drag(page, 0.5, 0.98)
    page.wait_for_url(re.compile("from=2024-03-01T1[12]"))
    assert abs(float(asked(page)["from"][14:16]) % 59) <= 2, "about noon"
    assert at(25).isoformat()[:16] < asked(page)["to"]
    expect(page.locator("#logs-templates")).to_contain_text("gone")

    page.locator("#logs-templates").get_by_role("link", name=TIMEOUT).click()
    expect(page.locator(".logs-narrowing")).to_contain_text(TIMEOUT)
    expect(page.locator(".log-text").first).to_contain_text("payment timed out after")
    expect(page.locator(".log-text").filter(has_text="order")).to_have_count(0)

    page.locator(".log-line .time").nth(3).click()
    expect(page.locator("#logs-context .log-line[aria-current]")).to_contain_text("payment timed out after")
    expect(page.locator("#logs-context .log-text").filter(has_text="order").first).to_be_visible()
    page.get_by_role("link", name="Back to all lines").click()

    page.get_by_role("button", name="Count this template as a measure").click()
    page.locator("#own-name").fill("Ines")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#logs-measures")).to_contain_text("Ines")
    page.locator("#logs-measures").get_by_role("link", name="shop").click()
    expect(page.locator(".lane-label").filter(has_text="payment timed out")).to_be_visible()
