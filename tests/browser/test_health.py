"""Health in a real browser: rows by mouse and keyboard, Back, themes, a phone, nothing from another host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.shop_served import shop_served

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a first look may have to be analysed
CHOSEN = ".row-selected .row-pick"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with shop_served(tmp_path_factory.mktemp("health") / "home", "/", "/?row=s:11") as address:
        yield address


@pytest.fixture
def health(open_page: Callable[..., Page], shop: str) -> Page:
    page = open_page(f"{shop}/")
    page.wait_for_selector(".side-graph .main-svg")
    return page


def test_the_first_screen_says_what_broke_and_what_to_do(health: Page) -> None:
    expect(health.locator(".verdict strong")).to_contain_text("Cache and shop missed objectives")
    expect(health.locator(".verdict-advice")).to_contain_text("Do not retrain.")
    bottom = health.locator(".health-body").bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] < 1_000


def test_a_click_anywhere_in_a_row_chooses_it_and_back_returns(health: Page) -> None:
    box = health.locator("tr", has_text="p95 latency").first.locator("td").nth(4).bounding_box()
    assert box is not None
    health.mouse.click(box["x"] + 20, box["y"] + 20)
    expect(health.locator(CHOSEN)).to_contain_text("p95 latency")
    expect(health.locator(".health-side h2").first).to_contain_text("p95 latency")
    assert "row=s%3A" in health.url
    health.go_back()
    expect(health.locator(CHOSEN)).to_contain_text("up")


def test_arrow_keys_go_from_row_to_row(health: Page) -> None:
    health.locator(".row-pick").first.focus()
    health.keyboard.press("ArrowDown")
    expect(health.locator(CHOSEN)).to_contain_text("shop")
    health.keyboard.press("ArrowDown")
    expect(health.locator(CHOSEN)).to_have_text(re.compile("شاپ"))
    health.keyboard.press("ArrowUp")
    expect(health.locator(CHOSEN)).to_contain_text("shop")


def test_the_incident_of_a_row_opens_the_incident_and_not_the_row(health: Page) -> None:
    health.locator(".pill-link").first.click()
    health.wait_for_url("**/incident/INC-0001")


def test_open_service_leads_to_the_service_of_a_strange_name(health: Page) -> None:
    health.locator(".row-pick", has_text="شاپ").click()
    expect(health.locator(".health-side h2").first).to_contain_text("شاپ")
    health.get_by_text("Open service").click()
    expect(health.locator("h1")).to_have_text('a/b "c" <i>شاپ</i>')


def test_sparks_take_their_colours_from_the_theme(open_page: Callable[..., Page], shop: str) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        page = open_page(f"{shop}/", scheme=scheme)
        episode = page.locator(".spark-critical, .spark-episode").first
        seen[scheme] = episode.evaluate("e => getComputedStyle(e).backgroundColor")
        assert "url(" in str(episode.evaluate("e => getComputedStyle(e).maskImage"))
    assert seen == {"light": "rgb(155, 10, 42)", "dark": "rgb(249, 88, 76)"}


def test_the_chart_can_be_read_as_a_table(health: Page) -> None:
    health.get_by_text("View as table").click()
    expect(health.locator(".side-table")).to_contain_text("14:29:55")


def test_how_opens_the_definitions(health: Page) -> None:
    health.locator(".table-foot .how summary").click()
    expect(health.locator(".table-foot .how-body")).to_contain_text("Budget left.")


def test_a_phone_shows_all_of_it_without_scrolling_sideways(open_page: Callable[..., Page], shop: str) -> None:
    page = open_page(f"{shop}/", width=390, height=844)
    page.wait_for_selector(".side-graph .main-svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (".verdict", ".tile", ".row-pick", ".spark", ".side-graph", ".patterns"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["width"] > 20
        assert box["x"] + box["width"] <= 390


def test_a_narrow_window_still_reflows(open_page: Callable[..., Page], shop: str) -> None:
    page = open_page(f"{shop}/", width=520)
    assert page.evaluate("document.documentElement.scrollWidth") <= 520


def test_a_drag_over_the_chart_becomes_the_range_of_the_page(health: Page) -> None:
    before = health.locator(".range-popover > summary").inner_text()
    box = health.locator(".side-graph .nsewdrag").first.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    health.mouse.move(box["x"] + box["width"] * 0.3, y)
    health.mouse.down()
    health.mouse.move(box["x"] + box["width"] * 0.6, y, steps=8)
    health.mouse.up()
    health.wait_for_url("**from=2026-11-21T14*")
    expect(health.locator(".range-popover > summary")).not_to_have_text(before)
