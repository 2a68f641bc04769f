"""Replay, keys, pointer and address of the Incident page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures import incident_example as story
from tests.fixtures.incident_app import served

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
FOCUSED = """() => {
  const {dip, choice, lane} = document.activeElement.dataset;
  return dip ? `${dip} ${choice || lane || ''} ${document.activeElement.className}` : '';
}"""
STATE = "() => ({...dip.current.state, range: dip.current.view.range})"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("replay") / "home") as found:
        yield f"{found}/incident/INC-0001"


@pytest.fixture
def page(open_page: Opener, address: str) -> Page:
    return ready(open_page(f"{address}?t=2026-11-21T14:07:20Z&zoom=onset"))


def ready(page: Page) -> Page:
    expect(page.locator(".dip-chip")).not_to_be_empty(timeout=30_000)
    return page


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def clock(page: Page, text: str) -> None:
    expect(page.locator(".dip-chip")).to_have_text(text)


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(STATE)
    return found


def point(page: Page, share: float) -> tuple[float, float]:
    """A place over the lanes, ``share`` of the way from left to right."""
    box = page.locator("#diptych-over").bounding_box()
    assert box is not None
    return box["x"] + 148 + share * (box["width"] - 276), box["y"] + 130


# Replay ---------------------------------------------------------------------------------------------------------


def hurry(page: Page) -> None:
    """Let the clock of the animation run ten times as fast; what is played stays the same."""
    page.evaluate("""() => {
      const real = requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (act) => real((now) => act(now * 10));
    }""")


def test_play_stops_at_each_badge_and_at_the_alert(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}?mode=known&t=2026-11-21T14:06:00Z&zoom=incident"))
    hurry(page)
    seen = []
    for _ in range(7):
        page.keyboard.press("Space")
        page.wait_for_function("() => dip.current.state.playing === false")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen.append((page.locator(".dip-chip").inner_text(), page.locator(".dip-hint").inner_text()))
    assert seen == [
        ("14:06:15", "Stopped at badge 1"),
        ("14:06:25", "Stopped at badge 2"),
        ("14:06:30", "Stopped at badge 2="),
        ("14:06:55", "Stopped at badge 4"),
        ("14:07:00", "Stopped at badge 4"),
        ("14:07:35", "You now know what the responder knew."),
        ("14:07:48", "Stopped at badge 4"),
    ]
    expect(page.locator(".verdict-first strong")).to_have_text("Outage, not drift.")


def test_space_pauses_and_goes_on(page: Page) -> None:
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause (space)")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play (space)")).to_be_visible()
    assert state(page)["at"] >= ms(story.at("14:07:20"))


def test_play_goes_to_the_end_and_starts_again_from_the_beginning(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}?t=2026-11-21T14:10:20Z&zoom=incident"))
    hurry(page)
    page.locator(".dip-play").click()
    page.wait_for_function("() => dip.current.state.at === dip.current.view.range[1]")
    page.wait_for_function("() => !dip.current.state.playing")
    page.locator(".dip-play").click()
    page.wait_for_function("() => dip.current.state.at < dip.current.view.range[0] + 120000")


def test_with_reduced_motion_it_steps(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}?mode=known&t=2026-11-21T14:06:00Z&zoom=incident", reduced_motion="reduce"))
    page.evaluate("window.seen = new Set()")
    page.keyboard.press("Space")
    page.wait_for_function(
        "() => { window.seen.add(dip.current.state.at); return dip.current.state.playing === false; }"
    )
    clock(page, "14:06:15")
    assert page.evaluate("window.seen.size") <= 3


# Keys -----------------------------------------------------------------------------------------------------------


def test_a_number_opens_the_evidence_of_its_badge(page: Page) -> None:
    page.keyboard.press("4")
    clock(page, "14:06:15")
    row = page.locator("#incident-onsets li", has_text="accuracy under .88")
    expect(row.locator("button")).to_have_attribute("aria-expanded", "true")
    expect(row).to_contain_text("Could be known at")
    expect(row).to_be_in_viewport()
    page.keyboard.press("4")
    expect(row.locator("button")).to_have_attribute("aria-expanded", "false")


def test_arrows_go_from_event_to_event_and_with_shift_a_step(page: Page) -> None:
    page.keyboard.press("ArrowRight")
    clock(page, "14:07:35")
    page.keyboard.press("ArrowRight")
    clock(page, "14:08:40")
    page.keyboard.press("ArrowLeft")
    clock(page, "14:07:35")
    page.keyboard.press("Shift+ArrowLeft")
    clock(page, "14:07:30")


def test_as_known_arrows_follow_the_arrivals(open_page: Opener, address: str) -> None:
    page = ready(open_page(f"{address}?mode=known&t=2026-11-21T14:06:00Z"))
    page.keyboard.press("ArrowRight")
    clock(page, "14:06:15")
    page.keyboard.press("ArrowRight")
    clock(page, "14:06:25")


def test_k_changes_the_clock_and_o_the_zoom(page: Page) -> None:
    page.keyboard.press("k")
    expect(page.locator('[data-choice="known"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("k")
    expect(page.locator('[data-choice="hindsight"]')).to_have_attribute("aria-pressed", "true")
    page.click("text=Recording")
    page.keyboard.press("o")
    expect(page.locator('[data-choice="onset"]')).to_have_attribute("aria-pressed", "true")


def test_keys_stay_with_a_field_and_a_dialog(page: Page) -> None:
    page.keyboard.press("/")
    page.locator("#search-field").fill("")
    page.keyboard.type("k1 o")
    assert state(page)["mode"] == "hindsight"
    assert state(page)["badge"] is None
    page.keyboard.press("Escape")


def test_everything_can_be_reached_by_tab(page: Page) -> None:
    acts = page.locator("#incident [data-dip]").count()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    visible = page.locator("#incident [data-dip]:visible").count()
    assert acts > 15
    assert len(reached - {""}) == visible


# Pointer --------------------------------------------------------------------------------------------------------


def test_the_cursor_follows_the_pointer_and_comes_back(open_page: Opener, address: str) -> None:
    page = ready(open_page(address))
    before = page.locator(".dip-chip").inner_text()
    page.mouse.move(*point(page, 0.25))
    clock(page, "14:06:15")
    x, y = point(page, 0.25)
    line = page.locator(".dip-cursor").bounding_box()
    assert line is not None
    assert abs(line["x"] + 1 - x) < 6
    page.mouse.move(x, y - 200)
    clock(page, before)


def test_moving_the_pointer_asks_nothing_of_the_server(open_page: Opener, address: str) -> None:
    page = ready(open_page(address))
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for share in (0.2, 0.4, 0.6, 0.8):
        page.mouse.move(*point(page, share))
    page.mouse.click(*point(page, 0.5))
    clock(page, "14:07:00")
    assert [url for url in asked if "favicon" not in url] == []


def test_a_click_freezes_and_the_next_lets_go(open_page: Opener, address: str) -> None:
    page = ready(open_page(address))
    page.mouse.click(*point(page, 0.5))
    clock(page, "14:07:00")
    page.mouse.move(*point(page, 0.9))
    clock(page, "14:07:00")
    page.mouse.click(*point(page, 0.9))
    page.mouse.move(*point(page, 0.75))
    clock(page, "14:07:45")


def test_a_drag_zooms_and_a_double_click_zooms_out(page: Page) -> None:
    page.mouse.move(*point(page, 0.25))
    page.mouse.down()
    page.mouse.move(*point(page, 0.75), steps=4)
    expect(page.locator(".dip-selection")).to_be_visible()
    page.mouse.up()
    start, end = state(page)["range"]
    assert abs(start - ms(story.at("14:06:15"))) <= 1_000
    assert abs(end - ms(story.at("14:07:45"))) <= 1_000
    page.mouse.dblclick(*point(page, 0.5))
    page.wait_for_function("() => dip.current.state.zoom === 'incident'")
    page.mouse.dblclick(*point(page, 0.5))
    page.wait_for_function("() => dip.current.state.zoom === 'recording'")


def test_the_numbers_beside_the_lanes_are_those_of_the_cursor(page: Page) -> None:
    lane = page.locator('.dip-value[data-row="up:feature-store"]')
    expect(lane).to_contain_text("down")
    expect(lane).to_contain_text("for 1 min 20 s")
    page.mouse.click(*point(page, 0.1))
    page.mouse.click(*point(page, 0.1))
    expect(lane).to_contain_text("up")
    expect(page.locator('.dip-value[data-row="p95:recommender"]')).to_contain_text("expected 94 – 142")


def test_a_badge_opens_its_row(page: Page) -> None:
    page.get_by_role("button", name="6 shop errors leave 0 – 0.9 %, 14:06:35").click()
    row = page.locator("#incident-onsets li", has_text="shop errors")
    expect(row.get_by_role("link")).to_have_attribute("href", re.compile(r"^/service/shop\?from=\d+&to=\d+$"))


# Address --------------------------------------------------------------------------------------------------------


def test_a_copied_link_opens_the_same_moment(open_page: Opener, address: str) -> None:
    page = ready(
        open_page(f"{address}?mode=known&t=2026-11-21T14:07:20Z", permissions=["clipboard-read", "clipboard-write"])
    )
    page.click("text=Copy link")
    expect(page.locator("#toasts")).to_contain_text("Link copied")
    sentence, link = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert sentence.startswith(f"{story.TITLE}. Cannot tell yet")
    other = ready(open_page(link))
    clock(other, "14:07:20")
    expect(other.locator("#incident-mode-known")).to_have_text("As known at 14:07:20")
    expect(other.locator(".verdict-first strong")).to_have_text("Cannot tell yet: few labels are in.")


def test_back_returns_to_the_clock_before(page: Page) -> None:
    page.keyboard.press("k")
    expect(page.locator("#incident-small")).to_contain_text("as known at 14:07:20")
    page.go_back()
    expect(page.locator("#incident-small")).to_contain_text("resolved")
    clock(page, "14:07:20")
    assert state(page)["mode"] == "hindsight"


def test_another_page_and_back_leaves_one_replay(page: Page) -> None:
    page.click("#navigation >> text=Health")
    expect(page.locator("#diptych")).to_have_count(0)
    page.keyboard.press("k")
    page.go_back()
    ready(page)
    page.keyboard.press("k")
    expect(page.locator("#incident-small")).to_contain_text("as known at")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("2020-01-01T00:00:00Z", "13:50:00"),
        pytest.param("2030-01-01T00:00:00Z", "14:20:00", marks=pytest.mark.slow),
        pytest.param("2026-11-21T14:15:00Z", "14:15:00", marks=pytest.mark.slow),
    ],
)
def test_a_time_that_the_zoom_does_not_show_widens_it(open_page: Opener, address: str, asked: str, shown: str) -> None:
    page = ready(open_page(f"{address}?t={asked}&zoom=onset&mode=known"))
    clock(page, shown)
    assert state(page)["zoom"] == "recording"


def test_a_click_in_the_figure_stops_the_replay(page: Page) -> None:
    page.keyboard.press("Space")
    page.mouse.click(*point(page, 0.5))
    clock(page, "14:07:00")
    assert state(page)["playing"] is False
