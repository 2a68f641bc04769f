"""Tables as CSV and figures as PNG, as a browser saves them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from data.ingest.streams import BOMS
from tests.app.test_csvs import CELLS

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAKE = """(cells) => {
  const table = document.createElement("table");
  const row = table.insertRow();
  for (const held of cells) { row.insertCell().dataset.value = held; }
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
    (told,) = csv.reader(io.StringIO(page.evaluate(MAKE, [held for held, _ in CELLS]), newline=""))
    assert told == [written for _, written in CELLS]


def test_a_figure_is_saved_as_png(open_page, live_server: str, tmp_path: Path) -> None:
    page: Page = open_page(f"{live_server}/service/shop")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Figures as PNG").click()
    saved.value.save_as(tmp_path / "f.png")
    raw = (tmp_path / "f.png").read_bytes()
    assert raw.startswith(b"\x89PNG")
    assert len(raw) > 20_000
