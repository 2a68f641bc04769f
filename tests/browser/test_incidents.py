"""A person makes an incident by hand, finds it, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.conftest import Watch


def test_made_by_keyboard_found_by_search_and_taken_back(
    demo_copy: Path, serve_home: Callable[..., str], open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{serve_home(demo_copy)}/incidents?new=1", width=390)
    expect(page.locator("#form-title")).to_be_focused()
    page.keyboard.type("Printer <b>on</b> fire")
    page.locator("#form-started_at").fill("2026-11-22 04:00")
    page.locator("#form-save").click()
    page.locator("#own-name").fill("Mara")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("was made")
    expect(page.locator("#form-title")).to_have_count(0)

    page.get_by_role("searchbox").fill("printer mara")
    rows = page.locator(".incident-table tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Printer <b>on</b> fire")
    expect(rows.locator(".verdict-cell")).to_contain_text("cannot tell")
    assert "q=printer" in page.url
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

    page.locator(".toast-undo").click()
    expect(page.locator("#incidents-list")).to_contain_text("Nothing matches.")
    expect(page.locator(".changes")).to_contain_text("undo: deleted")
    page.context.clear_cookies()


def test_a_request_for_verdicts_that_fails_is_made_again(
    live_server: str, open_page: Callable[..., Page], watch: Watch
) -> None:
    watch.expected += ["Failed to (load resource|fetch)", "ERR_FAILED", "Callback failed"]
    failed: list[str] = []

    def fail_once(route: Route) -> None:
        asks = "incidents-asked" in (route.request.post_data or "") and not failed
        failed.append(route.request.url) if asks else None
        route.abort() if asks else route.fallback()

    page = open_page(live_server, clock=True)
    page.route("**/_dash-update-component*", fail_once)
    page.goto(f"{live_server}/incidents")
    expect(page.locator(".incident-table")).to_be_visible()
    for _ in range(40):  # the browser says in a moment of its own which rows are in sight
        if not failed:
            page.clock.run_for(200)
    assert failed, "nobody asked"
    page.clock.run_for(9_000)
    expect(page.locator(".verdict-cell")).to_have_count(0)
    page.clock.run_for(2_000)
    expect(page.locator(".verdict-cell").first).to_be_visible()
    assert len(failed) == 1


MANY = """() => window.dash_clientside.incidents.mount({
  rows: Array.from({ length: 99 }, (_, n) => ({
    id: `INC-${n}`, title: `Incident ${n}`, severity: "critical", open: false, services: ["shop"], models: [],
    started: "Sun", lasted: "1 h", found: "scan", edited: false, stamps: [0, null, null, 1],
  })),
  outside: 0, services: ["shop"], models: [], wider: "/", query: "",
  severities: { critical: "Critical", degraded: "Degraded" },
})"""


def test_a_long_list_is_shown_a_piece_at_a_time_on_a_phone_and_the_button_for_its_csv_lies_flat(
    live_server: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{live_server}/incidents", width=390)
    rows = page.locator(".incident-table tbody tr")
    expect(rows).to_have_count(2)
    page.evaluate(MANY)
    expect(rows).to_have_count(15)
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    page.get_by_role("button", name="Show 30 more of 99").click()
    expect(rows).to_have_count(45)
    page.goto(f"{live_server}/")
    shape = page.get_by_role("button", name="the worst first as CSV").bounding_box()
    assert shape
    assert shape["width"] > 24
    assert shape["height"] < 50


def test_a_button_comes_back_when_no_answer_came(
    live_server: str, open_page: Callable[..., Page], watch: Watch
) -> None:
    watch.expected += ["Failed to (load resource|fetch)", "ERR_FAILED", "Callback failed"]
    page = open_page(f"{live_server}/settings?section=thresholds&edit=drift_limit")
    button = page.locator("#settings-preview")
    expect(button).to_be_enabled()
    page.route("**/_dash-update-component*", lambda route: route.abort())
    button.click()
    expect(page.locator("#toasts")).to_contain_text("not known whether that was done")
    expect(button).to_be_enabled()
    page.unroute("**/_dash-update-component*")
    button.click()
    expect(page.locator(".settings-said")).to_contain_text("drift")
