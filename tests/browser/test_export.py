"""Tables as CSV and figures as PNG, as a browser saves them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
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
    head, *lines = csv.reader(raw.decode("utf-8-sig").splitlines())
    assert head[:6] == ["State", "Side", "Service or model", "Measure", "Unit", "Now"]
    assert lines
    for line in lines:
        told = dict(zip(head, line, strict=True))
        assert float(told["Now"]) >= 0
        assert not told["Worst at (UTC)"] or datetime.fromisoformat(told["Worst at (UTC)"]).tzinfo == UTC
    assert saved.value.suggested_filename.startswith("health-services-and-models")
    (told,) = csv.reader(io.StringIO(page.evaluate(MAKE, [held for held, _ in CELLS]), newline=""))
    assert told == [written for _, written in CELLS]


def saved(page: Page, name: str, tmp_path: Path) -> list[list[str]]:
    with page.expect_download() as found:
        page.get_by_role("button", name=name, exact=True).click()
    found.value.save_as(tmp_path / "s.csv")
    return list(csv.reader((tmp_path / "s.csv").read_text("utf-8-sig").splitlines()))


def test_lists_that_the_browser_draws_are_saved_too_and_as_known_nothing_later(
    open_page, live_server: str, tmp_path: Path
) -> None:
    page: Page = open_page(f"{live_server}/incidents?q=feature-store")
    head, *lines = saved(page, "Incidents as CSV", tmp_path)
    assert [dict(zip(head, line, strict=True))["Incident"] for line in lines] == ["INC-0001"]
    page = open_page(f"{live_server}/incident/INC-0001?mode=known&t=2026-11-22T03:58:00Z")
    page.locator(".dip-onset").first.wait_for()
    head, *lines = saved(page, "Order of onset as CSV", tmp_path)
    known = [datetime.fromisoformat(line[head.index("Could be known at (UTC)")]) for line in lines]
    assert known
    assert max(known) <= datetime(2026, 11, 22, 3, 58, tzinfo=UTC)
    page.get_by_role("button", name="View as table").click()
    head, *lines = saved(page, "Lanes as CSV", tmp_path)
    assert "recommender p95 latency (ms)" in head
    assert {line[1] for line in lines} == {"up", "down"}


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
