"""The Service page in a real browser: one cursor over all lanes, zoom, picker, tabs, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.fixtures.shop_served import shop_served

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a first look may have to be analysed
NO_CURSOR = re.compile("values at 14:29:55")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with shop_served(tmp_path_factory.mktemp("service") / "home", "/service/shop?apart=1") as address:
        yield address


@pytest.fixture
def service(open_page: Callable[..., Page], shop: str) -> Page:
    return drawn(open_page(f"{shop}/service/shop?apart=1"))


def drawn(page: Page) -> Page:
    expect(page.locator(".lanes")).to_have_count(2)
    for i in (0, 1):
        expect(page.locator(".lanes").nth(i).locator(".js-line").first).to_be_visible()
    return page


def box_of(part: Locator) -> FloatRect:
    box = part.bounding_box()
    assert box is not None
    return box


def over(page: Page, share: float, lanes: int = 0) -> None:
    """Move the pointer to a share of the time axis."""
    box = box_of(page.locator(".lanes").nth(lanes).locator(".nsewdrag").first)
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def now(page: Page, lane: int = 0) -> str:
    return page.locator(".lane-now").nth(lane).inner_text().replace("\u00a0", " ")


def test_the_cursor_writes_the_values_of_its_moment_beside_every_lane(service: Page) -> None:
    over(service, 13.5 / 30)
    expect(service.locator(".lanes-at").first).to_contain_text("values at 14:13")
    assert 850 < float(now(service).split()[0]) < 950
    assert now(service, 1).startswith("6.") or now(service, 1).startswith("5.")


def test_both_figures_share_the_cursor(service: Page) -> None:
    over(service, 0.25, lanes=1)
    chips = service.locator(".lanes-chip")
    assert chips.nth(0).inner_text() == chips.nth(1).inner_text() != ""
    lines = [box_of(service.locator(".lanes-cursor").nth(i))["x"] for i in (0, 1)]
    assert lines[0] == pytest.approx(lines[1], abs=1)


def test_without_a_cursor_the_latest_values_stand_there(service: Page) -> None:
    rest = now(service)
    over(service, 0.45)
    assert now(service) != rest
    service.mouse.move(5, 5)
    expect(service.locator(".lanes-at").first).to_have_text(NO_CURSOR)
    assert now(service) == rest


def test_the_keyboard_moves_the_cursor_too(service: Page) -> None:
    service.locator(".lanes").first.focus()
    service.keyboard.press("ArrowLeft")
    expect(service.locator(".lanes-cursor").first).to_be_visible()
    service.keyboard.press("Escape")
    expect(service.locator(".lanes-cursor").first).to_be_hidden()


def test_names_stand_beside_their_lanes(service: Page) -> None:
    label, values = service.locator(".lane-label").nth(1), service.locator(".lane-values").nth(1)
    line = service.locator(".lanes").first.locator("g.y2 .lines path, .xy2 .lines path").first
    middle = box_of(label)["y"] + box_of(label)["height"] / 2
    assert middle == pytest.approx(box_of(values)["y"] + box_of(values)["height"] / 2, abs=1)
    lane = box_of(line)
    assert lane["y"] - 60 < middle < lane["y"] + lane["height"] + 60


def test_a_drag_becomes_the_range_and_back_undoes_it(service: Page) -> None:
    box = box_of(service.locator(".lanes").first.locator(".nsewdrag").first)
    y = box["y"] + box["height"] / 2
    service.mouse.move(box["x"] + box["width"] / 3, y)
    service.mouse.down()
    service.mouse.move(box["x"] + box["width"] * 2 / 3, y, steps=8)
    service.mouse.up()
    service.wait_for_url("**from=2026-11-21T14*")
    expect(service.locator(".range-popover > summary")).to_contain_text(re.compile("14:(09:5|10:0)"))  # whole pixels
    service.go_back()
    expect(service.locator(".range-popover > summary")).to_contain_text("14:00")


def test_a_measure_is_picked_from_the_list_and_taken_apart(service: Page) -> None:
    service.locator(".metric-picker > summary").click()
    service.get_by_role("link", name="moon phase", exact=True).click()
    service.wait_for_url("**metric=s%3A14*")
    expect(service.locator("h2", has_text="moon phase taken apart")).to_be_visible()


def test_a_lane_is_taken_apart_by_its_name(service: Page) -> None:
    service.locator(".lane-pick", has_text="Errors").click()
    expect(service.locator("h2", has_text="errors taken apart")).to_be_visible()


def test_tabs_keep_the_frame_and_back_returns(service: Page) -> None:
    service.get_by_role("link", name="Logs", exact=False).and_(service.locator(".segment")).click()
    expect(service.locator("code", has_text="no answer within")).to_be_visible()
    service.go_back()
    expect(service.locator(".lanes").first).to_be_visible()


def test_the_theme_repaints_lines_without_a_new_figure(service: Page) -> None:
    line = service.locator(".lanes .js-line").first
    light = line.evaluate("e => getComputedStyle(e).stroke")
    service.keyboard.press("t")
    service.keyboard.press("t")
    expect(service.locator("html")).to_have_attribute("data-theme", "dark")
    assert line.evaluate("e => getComputedStyle(e).stroke") != light


def test_a_phone_has_labels_above_lanes_and_no_sideways_scroll(open_page: Callable[..., Page], shop: str) -> None:
    page = drawn(open_page(f"{shop}/service/shop?apart=1", width=390, height=844))
    expect(page.locator(".lanes .nsewdrag").first).to_have_attribute("x", "12")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    label = box_of(page.locator(".lane-label").first)
    plot = box_of(page.locator(".lanes .nsewdrag").first)
    assert label["y"] + label["height"] <= plot["y"] + 2 or label["y"] < plot["y"] + 70
    assert plot["width"] > 320


def test_a_strange_name_survives_reload_and_links(open_page: Callable[..., Page], shop: str) -> None:
    page = open_page(f"{shop}/service/cache")
    page.locator("a.chip", has_text="شاپ").click()
    expect(page.locator("h1")).to_have_text('a/b "c" <i>شاپ</i>')
    page.reload()
    expect(page.locator("h1")).to_have_text('a/b "c" <i>شاپ</i>')


def test_a_measure_is_looked_ahead_of(open_page: Callable[..., Page], shop: str) -> None:
    page = open_page(f"{shop}/service/shop")
    page.get_by_role("link", name="Look ahead").click()
    page.wait_for_url("**tab=ahead*")
    figure = page.locator(".lanes-ahead")
    expect(figure.locator(".js-line").first).to_be_visible()
    page.get_by_role("link", name="1\u00a0min", exact=True).click()
    page.wait_for_url("**ahead=1m*")
    expect(page.locator(".ahead-said")).to_contain_text("expected in 1\u00a0min")
    over(page, 0.97)
    expect(figure.locator(".lane-now")).to_contain_text("≈")
    over(page, 0.2)
    expect(figure.locator(".lane-now")).not_to_contain_text("≈")


def test_the_table_of_what_is_ahead_is_there_as_csv(open_page: Callable[..., Page], shop: str) -> None:
    page = open_page(f"{shop}/service/shop?tab=ahead&metric=s:13&ahead=5m&view=table")
    with page.expect_download() as saved:
        page.get_by_role("button", name="as CSV").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "Time (UTC),Expected (1/s),Range from (1/s),Range to (1/s)"
    assert len(lines) == 61


def test_the_look_ahead_fits_a_phone(open_page: Callable[..., Page], shop: str) -> None:
    page = open_page(f"{shop}/service/shop?tab=ahead&metric=s:13&ahead=5m", width=390, height=844, scheme="dark")
    expect(page.locator(".lanes-ahead .nsewdrag").first).to_have_attribute("x", "12")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
