"""The Incident page on a phone, on paper, in the dark, and with names that strangers chose."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.incident_app import STORIES, served

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
NO_SIDEWAYS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.dip-event, .dip-name, .dip-now, .dip-chip, .dip-tick-text')]
    .filter((one) => one.getClientRects().length && getComputedStyle(one).visibility === 'visible')
    .map((one) => ({text: one.textContent, ...one.getBoundingClientRect().toJSON()}));
  const hit = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => hit(a, b)).map((b) => [a.text, b.text]));
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("shape") / "home") as found:
        yield f"{found}/incident"


def ready(page: Page) -> Page:
    expect(page.locator(".dip-chip")).not_to_be_empty(timeout=30_000)
    return page


@pytest.mark.parametrize(
    "story", ["INC-0001", *(pytest.param(one, marks=pytest.mark.slow) for one in list(STORIES)[1:])]
)
def test_on_a_phone_nothing_scrolls_sideways(open_page: Opener, address: str, story: str) -> None:
    page = ready(open_page(f"{address}/{story}", width=390, height=844))
    assert page.evaluate(NO_SIDEWAYS)


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 700])
def test_no_width_scrolls_sideways(open_page: Opener, address: str, width: int) -> None:
    page = ready(open_page(f"{address}/INC-0001", width=width))
    assert page.evaluate(NO_SIDEWAYS)


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("zoom", ["onset", "recording"])
def test_no_two_texts_of_the_figure_overlap(open_page: Opener, address: str, story: str, zoom: str) -> None:
    page = ready(open_page(f"{address}/{story}?zoom={zoom}", width=1200))
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.slow
def test_a_tap_sets_the_time(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001", width=390, height=844))
    box = page.locator("#diptych-over").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 12 + 0.5 * (box["width"] - 24), box["y"] + 130)
    expect(page.locator(".dip-chip")).to_have_text("14:07:00")


@pytest.mark.slow
def test_thumbs_have_previous_play_and_next_of_44_pixels(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001?t=2026-11-21T14:07:20Z", width=390, height=844))
    buttons = page.locator(".dip-thumb button")
    expect(buttons).to_have_count(3)
    for i in range(3):
        box = buttons.nth(i).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844
    expect(buttons.nth(2)).to_have_text("Next: alert ›")
    buttons.nth(2).tap()
    expect(page.locator(".dip-chip")).to_have_text("14:07:35")


@pytest.mark.slow
def test_as_known_the_next_button_does_not_say_what_comes(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001?mode=known&t=2026-11-21T14:07:20Z", width=390, height=844))
    expect(page.locator("#incident-next")).to_have_text("Next ›")


@pytest.mark.slow
def test_the_hinge_stays_in_sight_while_lanes_scroll(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001", width=390, height=844))
    page.locator('.dip-value[data-row="acc:recommender"]').scroll_into_view_if_needed()
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(200)
    expect(page.locator(".dip-hinge")).to_be_in_viewport()


@pytest.mark.slow
def test_paper_is_680_wide_light_and_without_veil(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001", scheme="dark"))
    page.set_viewport_size({"width": 700, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("dip.current.view.width") == 680
    expect(page.locator(".dip-veil-cloth")).to_be_hidden()
    expect(page.locator(".dip-thumb")).to_be_hidden()
    expect(page.locator("#incident-onsets li")).to_have_count(6)
    assert page.evaluate("getComputedStyle(document.querySelector('.diptych')).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_function("() => dip.current.view.width > 1100")


@pytest.mark.slow
def test_the_theme_changes_without_a_request_or_a_redraw(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001"))
    color = "() => getComputedStyle([...document.querySelectorAll('.xy3 .js-line')].pop()).stroke"
    assert page.evaluate(color) == "rgb(47, 82, 205)"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(color) == "rgb(91, 140, 255)"
    assert asked == []


@pytest.mark.slow
def test_names_of_strangers_are_text(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0005?zoom=recording"))
    assert page.locator("#incident img").count() == 0
    expect(page.locator("#incident-title")).to_contain_text("</script><img src=x onerror=alert(1)>")
    label = page.locator(".dip-label .dip-name").nth(1)
    box = label.bounding_box()
    assert box is not None
    assert box["width"] <= 130
    expect(label).to_have_attribute("title", page.evaluate("dip.current.payload.lanes[0].name"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("INC-0002", "No model depends on these services."),
        ("INC-0003", "No service around this incident has been recorded."),
        ("INC-0004", "labels not in; dashed is an estimate"),
    ],
)
def test_what_is_missing_is_said(open_page: Opener, address: str, story: str, words: str) -> None:
    page = ready(open_page(f"{address}/{story}?zoom=incident"))
    expect(page.locator("#diptych-over")).to_contain_text(words)


@pytest.mark.slow
def test_quiet_lanes_open_and_fold(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001"))
    assert page.locator(".dip-label").count() == 7
    page.get_by_role("button", name="3 more lanes").click()
    expect(page.locator(".dip-label")).to_have_count(10)
    page.get_by_role("button", name="Hide 3 more lanes").click()
    expect(page.locator(".dip-label")).to_have_count(7)


@pytest.mark.slow
def test_the_figure_has_a_sentence_and_a_table(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}/INC-0001?t=2026-11-21T14:07:20Z&zoom=onset"))
    sentence = page.locator("#diptych").get_attribute("aria-label") or ""
    assert sentence.startswith("In hindsight, in the order of onset: 1 feature-store stops answering at 14:06:00, 2=")
    page.get_by_role("button", name="View as table").click()
    table = page.locator("#diptych-table table")
    expect(table.locator("thead th")).to_have_count(7)
    row = table.locator("tbody tr", has=page.locator("th", has_text="14:07:20"))
    expect(row).to_contain_text("down")


@pytest.mark.slow
def test_an_unknown_incident_is_answered_in_words(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}/INC-4711")
    expect(page.locator("#main")).to_contain_text("There is no incident INC-4711 in the store.")
    page.click("text=Open the newest incident")
    ready(page)
