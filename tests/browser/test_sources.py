"""Sources in a real browser: a file is dropped, looked into, taken in under a name, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.worker import work
from data.changes import list_changes
from data.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Page

CSV = "time,cpu\n" + "".join(f"2026-11-22 03:0{n}:00,{n}\n" for n in range(10))
DROP = """content => {
  const data = new DataTransfer();
  data.items.add(new File([content], "../<b>cpu</b>.csv"));
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
}"""


def test_a_dropped_file_becomes_records_and_goes_again(
    store: Store, serve_home: Callable[..., str], open_page: Callable[..., Page]
) -> None:
    page = open_page(serve_home(store.home) + "/sources")
    page.wait_for_selector("[data-drop]")
    page.evaluate(DROP, CSV)
    page.get_by_text("11 lines = 10 accepted + 0 rejected + 1 ignored: 10 metrics.").wait_for()
    assert page.locator("#dry-run h2").inner_text() == "Dry run of b>.csv"
    page.get_by_label("Zone of times that state none").fill("Europe/Berlin")
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("2026-11-22 02:00:00").first.wait_for()
    page.get_by_role("button", name="Take it in").click()
    page.locator("#own-name").fill("Ines")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("is being taken in").wait_for()
    work(store.home, once=True)
    page.get_by_text("Taken in: b>.csv.").first.wait_for()
    page.get_by_role("link", name="Forget").click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Taken back: b>.csv").wait_for()
    page.get_by_text("Nothing here yet").wait_for()
    assert [(change.who, change.after is None) for change in list_changes(store.catalog)] == [
        ("Ines", True),
        ("Ines", False),
    ]


def test_rows_are_filtered_as_one_types_without_the_server(
    store: Store, tmp_path: Path, serve_home: Callable[..., str], open_page: Callable[..., Page]
) -> None:
    from app.usecases.intake import take_in

    for number in range(9):
        folder = tmp_path / f"source-{number}"
        folder.mkdir()
        (folder / "cpu.csv").write_text(CSV.replace("2026", f"201{number}"))
    take_in(store.home, [tmp_path / f"source-{number}" for number in range(9)])
    page = open_page(serve_home(store.home) + "/sources", width=390, height=844)
    rows = page.locator("#sources-rows tbody tr")
    rows.first.wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Filter").fill("source-3")
    assert [row.is_visible() for row in rows.all()].count(True) == 1
    assert not [url for url in asked if "_dash-update" in url]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
