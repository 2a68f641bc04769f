"""The frame in a real browser: keys, links, theme, refresh, dialogs, toasts, and nothing from another host."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dash
import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from app.settings import Settings
from data.store import Store
from pages import service
from tests.app.filled import add_incidents, fill
from tests.browser import gallery

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Ten minutes of one service, and two incidents."""
    with Store.open(tmp_path_factory.mktemp("shell") / "home") as opened:
        fill(opened)
        add_incidents(opened)
        yield opened


@pytest.fixture(scope="module")
def address(store: Store) -> Iterator[str]:
    """The gallery in the frame; Dash has one registry of pages a process, so it is put back afterwards."""
    pages = dict(dash.page_registry)
    dash.page_registry.clear()
    app = create_app(Settings(home=store.home), pages=(gallery, service))
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    running.join()
    dash.page_registry.clear()
    dash.page_registry.update(pages)
    app.server.extensions["diptych"].store.close()


def theme(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.theme"))


def label(page: Page) -> str:
    return page.locator(".range-popover > summary").inner_text().replace("\u00a0", " ").replace(" 2026", "")


def drawn(page: Page, color: str) -> str:
    """The colour that the browser paints the line of the chart with."""
    page.wait_for_selector("#chart .js-line")
    return str(page.evaluate("getComputedStyle(document.querySelector('#chart .js-line')).stroke"))


def test_the_page_comes_with_its_title_navigation_and_range(open_page: Opener, address: str) -> None:
    page = open_page(address)
    assert page.title() == "Gallery · Diptych"
    expect(page.locator("#nav-items a")).to_have_text(["Health", "Services"])
    expect(page.locator("#nav-items a[aria-current=page]")).to_have_text("Health")
    expect(page.locator("#nav-foot")).to_contain_text("21 Nov 2026")
    assert label(page) == "Sat 21 Nov, 14:00 – 14:10"


def test_hostile_text_is_shown_as_text(open_page: Opener, address: str) -> None:
    page = open_page(address)
    expect(page.locator(".small-line")).to_have_text(gallery.HOSTILE)
    assert page.locator("main img").count() == 0
    assert page.title() == "Gallery · Diptych"


def test_the_theme_follows_the_system_until_one_is_chosen_and_charts_follow_too(
    open_page: Opener, address: str
) -> None:
    page = open_page(f"{address}/?chart=1", scheme="dark")
    assert theme(page) == "dark"
    assert drawn(page, "service") == "rgb(91, 140, 255)"
    page.keyboard.press("t")
    assert theme(page) == "light"
    expect(page.locator("#theme-name")).to_have_text("light")
    assert drawn(page, "service") == "rgb(47, 82, 205)"
    page.reload()
    page.wait_for_selector("h1")
    assert theme(page) == "light"
    expect(page.locator("#theme-name")).to_have_text("light")


def test_the_theme_is_there_before_the_first_paint(open_page: Opener, address: str) -> None:
    page = open_page(address, scheme="dark")
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first)"
        " window.first = document.documentElement.dataset.theme || 'none'; })"
        ".observe(document, {childList: true, subtree: true})"
    )
    page.reload()
    page.wait_for_selector("h1")
    assert page.evaluate("window.first") == "dark"


def test_paper_is_light_whatever_the_screen_is(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}/?chart=1", scheme="dark")
    page.emulate_media(media="print")
    assert drawn(page, "service") == "rgb(47, 82, 205)"
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--surface')") == "#FFFFFF"
    assert not page.locator("#navigation").is_visible()
    assert not page.get_by_role("button", name="Copy link").is_visible()
    assert label(page) == "Sat 21 Nov, 14:00 – 14:10"
    assert page.locator(".range-popover > summary").is_visible()


def test_the_brackets_shift_the_window_and_back_returns(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("[")
    page.wait_for_url("**/?from=*")
    expect(page.locator(".range-popover > summary")).to_contain_text("13:50")
    page.keyboard.press("]")
    expect(page.locator(".range-popover > summary")).to_contain_text("14:00")
    page.go_back()
    expect(page.locator(".range-popover > summary")).to_contain_text("13:50")
    page.go_back()
    page.wait_for_url(f"{address}/")
    expect(page.locator(".range-popover > summary")).to_contain_text("14:00")


def test_zoom_by_key(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("-")
    expect(page.locator(".range-popover > summary")).to_contain_text("13:55")
    page.keyboard.press("=")
    expect(page.locator(".range-popover > summary")).to_contain_text("14:00")


def test_a_range_typed_by_hand_is_shown_and_nonsense_is_answered(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.locator(".range-popover > summary").click()
    page.fill("#range-from", "2026-11-21 14:02")
    page.fill("#range-to", "2026-11-21 14:04")
    page.get_by_role("button", name="Show").first.click()
    expect(page.locator(".range-popover > summary")).to_contain_text("14:02 – 14:04")
    page.locator(".range-popover > summary").click()
    page.fill("#range-from", "<b>soon</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".range-note")).to_contain_text("“<b>soon</b>” is no time.")


def test_a_relative_range_after_the_data_is_anchored_and_said(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}/?from=now-5m&to=now")
    expect(page.locator(".range-note")).to_contain_text("Newest data: Sat 21")
    assert label(page) == "Sat 21 Nov, 14:04:56 – 14:09:56"


def test_a_zone_is_chosen_by_name_and_every_link_keeps_it(open_page: Opener, address: str) -> None:
    page = open_page(address, timezone_id="Asia/Tokyo")
    page.locator(".zone-popover > summary").click()
    page.fill("#zone-name", "Asia/Kolkata")
    page.keyboard.press("Enter")
    expect(page.locator(".zone-popover > summary")).to_have_text("Kolkata UTC+5:30")
    expect(page.locator("#nav-foot")).to_contain_text("19:39:55")
    assert all("tz=Asia" in (link.get_attribute("href") or "") for link in page.locator("#nav-items a").all())
    page.locator(".zone-popover > summary").click()
    page.get_by_text("This browser’s").click()
    expect(page.locator(".zone-popover > summary")).to_have_text("Tokyo UTC+9")


def test_a_choice_of_the_page_keeps_the_place_and_back_returns(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.evaluate("scrollTo(0, 120)")
    page.get_by_role("link", name="Two").click()
    page.wait_for_url("**pick=b*")
    expect(page.locator(".segment[aria-current]")).to_have_text("Two")
    assert page.evaluate("scrollY") == 120
    page.go_back()
    expect(page.locator(".segment[aria-current]")).to_have_text("One")


def test_g_and_a_letter_go_to_a_page_and_reading_starts_at_its_top(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}/?from=now-1h&to=now")
    page.evaluate("scrollTo(0, 500)")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/service?from=now-1h&to=now")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/?from=now-1h&to=now")


def test_search_finds_by_name_and_goes_there_by_keyboard(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}/?from=now-1h&to=now")
    page.keyboard.press("/")
    expect(page.locator("#search-hits a").first).to_contain_text("Health")
    page.keyboard.type("sho")
    expect(page.locator("#search-hits .hit-kind")).to_have_text(["service", "model", "metric", "incident"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/shop?from=now-1h&to=now")
    assert not page.locator("#search-dialog").is_visible()


def test_fast_fingers_keep_the_order_of_their_letters_and_enter_waits_for_the_answer(
    open_page: Opener, address: str
) -> None:
    page = open_page(address)
    page.keyboard.press("Control+k")
    expect(page.locator("#search-hits a").first).to_contain_text("Health")
    page.keyboard.type("the quick brown fox jumps over the lazy dog", delay=5)
    assert page.locator("#search-field").input_value() == "the quick brown fox jumps over the lazy dog"
    page.locator("#search-field").fill("")
    page.keyboard.type("latency", delay=2)
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/shop?metric=s*")
    expect(page.locator("h1")).to_contain_text("shop")


def test_search_that_finds_nothing_says_so(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("/")
    page.keyboard.type("<i>zzz")
    expect(page.locator("#search-hits")).to_have_text("Nothing matches.")


def test_keys_are_letters_where_one_types(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.locator(".range-popover > summary").click()
    page.locator("#range-from").focus()
    before = theme(page)
    page.keyboard.type("t?/[")
    assert theme(page) == before
    assert page.locator("dialog[open]").count() == 0
    assert page.url == f"{address}/"


def test_help_lists_the_keys_and_escape_closes_it(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_visible()
    expect(page.locator("#help-dialog")).to_contain_text("zoom out")
    page.keyboard.press("Escape")
    expect(page.locator("#help-dialog")).not_to_be_visible()


def test_the_first_tab_stop_skips_to_the_content(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    assert page.url == f"{address}/"


def test_copy_link_holds_the_sentence_and_an_address_that_does_not_move(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}/?from=now-5m&to=now", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#toasts")).to_contain_text("Link copied.")
    sentence, link = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert sentence == "Shop missed its objective."
    assert link == f"{address}/?from=2026-11-21T14%3A04%3A56Z&to=2026-11-21T14%3A09%3A56Z"


def test_an_unexpected_error_is_a_toast_with_an_id_and_the_page_stays(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.get_by_role("button", name="Break").click()
    expect(page.locator(".toast-error")).to_contain_text(re.compile(r"The log says more under [0-9a-f]{8}\."))
    assert "inner detail" not in page.content()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_our_own_error_stands_in_its_panel(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.get_by_role("button", name="Refuse").click()
    expect(page.locator("#panel [role=alert]")).to_have_text("This asks for too much. Ask for less.")


def test_refresh_shows_new_data_in_place(open_page: Opener, address: str, store: Store) -> None:
    page = open_page(address)
    before = page.locator("#generation").inner_text()
    page.locator("details.how > summary").first.click()
    page.get_by_role("button", name="Refuse").focus()
    page.evaluate("scrollTo(0, 200)")
    fill(store, file_id=2)
    page.evaluate("diptych.refresh()")
    expect(page.locator("#generation")).not_to_have_text(before)
    expect(page.locator("details.how[open]")).to_have_count(1)
    expect(page.get_by_role("button", name="Refuse")).to_be_focused()
    assert page.evaluate("scrollY") == 200


def test_refresh_by_the_clock_waits_for_who_is_in_the_middle_of_something(
    open_page: Opener, address: str, store: Store
) -> None:
    page = open_page(address, clock=True)
    before = page.locator("#generation").inner_text()
    page.get_by_role("button", name=re.compile("Refresh")).click()
    expect(page.locator("#live-name")).to_have_text("10 s")
    page.locator(".range-popover > summary").click()
    fill(store, file_id=3)
    page.clock.run_for(11_000)
    expect(page.locator("#generation")).to_have_text(before)
    page.locator("h1").click()
    page.clock.run_for(11_000)
    expect(page.locator("#generation")).not_to_have_text(before)


def test_a_server_that_is_gone_is_said_once_when_refreshing(open_page: Opener, address: str, watch: Any) -> None:
    watch.expected.append("ERR_FAILED|Failed to load resource")
    page = open_page(address)
    page.route("**/healthz", lambda route: route.abort())
    for _ in range(2):
        page.evaluate("diptych.refresh()")
    expect(page.locator(".toast-error")).to_have_count(1)
    expect(page.locator(".toast-error")).to_contain_text("does not answer")


def test_the_pace_of_refresh_is_kept_by_the_browser(open_page: Opener, address: str) -> None:
    page = open_page(address)
    for pace in ("10 s", "1 min", "off", "10 s"):
        page.get_by_role("button", name=re.compile("Refresh")).click()
        expect(page.locator("#live-name")).to_have_text(pace)
    page.reload()
    expect(page.locator("#live-name")).to_have_text("10 s")


def test_only_one_popover_is_open_and_a_click_beside_closes_it(open_page: Opener, address: str) -> None:
    page = open_page(address)
    page.locator(".range-popover > summary").click()
    page.locator(".zone-popover > summary").click()
    expect(page.locator("details.popover[open]")).to_have_count(1)
    page.locator("h1").click()
    expect(page.locator("details.popover[open]")).to_have_count(0)


@pytest.mark.parametrize("width", [390, pytest.param(320, marks=pytest.mark.slow)])
def test_a_phone_has_a_menu_and_no_sideways_scrolling(open_page: Opener, address: str, width: int) -> None:
    page = open_page(f"{address}/?chart=1", width=width, height=844)
    page.wait_for_selector("#chart .js-line")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.locator("#navigation")).not_to_be_visible()
    menu = page.get_by_role("button", name="Menu")
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#nav-items a").first).to_be_visible()
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "false")
    page.locator(".range-popover > summary").click()
    box = page.locator(".range-popover .popover-body").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_targets_on_a_phone_are_wide_enough_for_fingers(open_page: Opener, address: str) -> None:
    page = open_page(address, width=390, height=844)
    for target in page.locator(".actions .button, .menu, .range-popover > summary, .segment").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 36, target.inner_text()


def test_a_server_that_is_gone_is_said_in_the_search(open_page: Opener, address: str, watch: Any) -> None:
    watch.expected.append("ERR_FAILED|Failed to load resource")
    page = open_page(address)
    page.route("**/find*", lambda route: route.abort())
    page.keyboard.press("/")
    expect(page.locator("#search-hits")).to_have_text("The dashboard does not answer. Is it running?")


def test_the_first_page_is_at_most_two_megabytes_over_the_wire(open_page: Opener, address: str, browser: Any) -> None:
    page = browser.new_context().new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{address}/?chart=1")
    page.wait_for_selector("#chart .js-line")
    page.context.close()
    assert 300_000 < sum(sizes) <= 2_000_000


def test_the_font_is_ours(open_page: Opener, address: str) -> None:
    page = open_page(address)
    assert page.evaluate("document.fonts.check('600 13px Inter')")
    assert (Path(__file__).resolve().parents[2] / "assets/fonts/LICENSE-Inter.txt").exists()


def test_a_name_is_asked_once_before_the_first_change_and_then_remembered(open_page: Opener, address: str) -> None:
    page = open_page(address)
    expect(page.locator("#own-name-shown")).to_have_text("not given")
    page.get_by_role("button", name="Sign").click()
    expect(page.locator("#signature")).to_have_text("")
    page.fill("#own-name", "Mara Lind")
    page.keyboard.press("Enter")
    expect(page.locator("#signature")).to_have_text("Mara Lind")
    expect(page.locator("#own-name-shown")).to_have_text("Mara Lind")
    page.reload()
    page.get_by_role("button", name="Sign").click()
    expect(page.locator("#signature")).to_have_text("Mara Lind")
    page.context.clear_cookies()
