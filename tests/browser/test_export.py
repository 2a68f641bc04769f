"""Tables as CSV and figures as PNG, as a browser saves them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.ingest.streams import BOMS

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAKE = """(cells) => {
  const table = document.createElement("table");
  for (const text of cells) { table.insertRow().insertCell().textContent = text; }
  return window.diptychExport.csv(table);
}"""


def test_a_table_is_saved_as_it_stands_and_no_cell_is_a_formula(open_page, live_server: str, tmp_path: Path) -> None:
    page: Page = open_page(f"{live_server}/")
    with page.expect_download() as saved:
        page.locator("[data-export=csv]").first.click()
    saved.value.save_as(tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(BOMS[0][0])
    assert raw.decode("utf-8-sig").splitlines()[0].startswith('State,"Service, measure",Now')
    assert saved.value.suggested_filename.startswith("health-services-and-models")
    hostile = ["=1+1", "+x", "-2.5", "-x", "@a", 'a "b", c', "1e3"]
    told = page.evaluate(MAKE, hostile).split("\r\n")
    assert told == ["'=1+1", "'+x", "-2.5", "'-x", "'@a", '"a ""b"", c"', "1e3"]


def test_a_figure_is_saved_as_png(open_page, live_server: str, tmp_path: Path) -> None:
    page: Page = open_page(f"{live_server}/service/shop")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Figures as PNG").click()
    saved.value.save_as(tmp_path / "f.png")
    raw = (tmp_path / "f.png").read_bytes()
    assert raw.startswith(b"\x89PNG")
    assert len(raw) > 20_000
