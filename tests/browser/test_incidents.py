"""A person makes an incident by hand, finds it, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect


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
