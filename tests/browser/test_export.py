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


DRAWN = """async () => {
  let made = null;
  const draw = window.Plotly.toImage;
  window.Plotly.toImage = (figure, options) => { made = figure; return draw(figure, options); };
  document.querySelector("[data-export=png]").click();
  while (!made) await new Promise((done) => setTimeout(done, 50));
  window.Plotly.toImage = draw;
  return { texts: made.layout.annotations.map((one) => one.text), lines: made.layout.shapes.length };
}"""


def test_the_figure_of_an_incident_is_saved_with_its_title_lanes_and_onsets(open_page, live_server: str) -> None:
    page: Page = open_page(f"{live_server}/incident/INC-0001")
    page.locator(".dip-badge").first.wait_for()
    with page.expect_download() as saved:
        drawn = page.evaluate(DRAWN)
    assert saved.value.suggested_filename.endswith(".png")
    title = page.locator("h1").inner_text()
    assert any(text.startswith(f"<b>{title}</b><br>INC-0001") for text in drawn["texts"])
    assert {"feature-store<br>up", "1="} <= set(drawn["texts"])
    assert drawn["lines"] > 10
