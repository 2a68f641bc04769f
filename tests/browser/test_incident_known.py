"""As known at T: nothing that became known later is anywhere in the page, as text, as an attribute or as data."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.charts.diptych_payload import payload
from app.charts.diptych_samples import milliseconds
from tests.fixtures import incident_example as story
from tests.fixtures.incident_app import served

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
VIEW = story.example()
MADE = payload(VIEW)
RANDOM = random.Random(7)
MOMENTS = [
    story.at(clock)
    for clock in (
        "14:00:00",
        "14:05:50",
        "14:06:14",
        "14:06:15",
        "14:06:27",
        "14:07:20",
        "14:07:47",
        "14:07:48",
        "14:11:29",
    )
]
MOMENTS += [datetime.fromtimestamp(RANDOM.randrange(1_795_269_900, 1_795_270_300), UTC) for _ in range(3)]

SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))"
GO = "(ms) => { dip.current.set(ms); dip.current.zoom('recording'); dip.current.zoom('incident'); }"
PLOT = """() => {
  const gd = document.querySelector('.js-plotly-plot');
  const columns = (t) => ({lane: t.meta.lane, part: t.meta.part, x: [...(t.x || [])], y: [...(t.y || [])]});
  return {data: gd.data.map(columns), full: gd._fullData.map(columns), drawn: gd.calcdata.flat().map((p) => p.x)};
}"""
TEXTS = """() => {
  const page = document.documentElement.cloneNode(true);
  page.querySelectorAll('.dip-tick-text, script, style, #nav-foot').forEach((found) => found.remove());
  return page.outerHTML;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("known") / "home") as found:
        yield f"{found}/incident/INC-0001"


@pytest.fixture(scope="module")
def shared(browser: Any, address: str) -> Iterator[Page]:
    """One page for all moments: it goes back and forth in time, as a person does."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{address}?mode=known")
    expect(page.locator(".dip-chip")).not_to_be_empty(timeout=30_000)
    page.click("text=View as table")
    yield page
    context.close()


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def stand_at(page: Page, at: datetime) -> None:
    page.evaluate(GO, ms(at))
    page.evaluate(SETTLED)
    expect(page.locator(".dip-chip")).to_have_text(f"{at:%H:%M:%S}")


def told_later(at: datetime) -> list[str]:
    """All words of the story that are first said after ``at``."""
    steps = [(t.known_from, text) for t in VIEW.titles for text in (t.title, t.small)]
    steps += [(v.known_from, text) for v in VIEW.verdicts for text in (v.headline, v.sentence, v.advice, v.bar)]
    steps += [(o.known, text) for o in VIEW.onsets for text in (o.title, o.detail)]
    steps += [(e.known_at, text) for e in VIEW.events for text in (e.title, e.source)]
    steps += [(e.known_from, e.text) for e in VIEW.evidence]
    known = " ".join(text for when, text in steps if when <= at)
    return [text for when, text in steps if when > at and text and text not in known]


def known_points(lane: str) -> dict[tuple[int, float], int]:
    """(time, value) of a lane's samples -> when they were known."""
    (found,) = [one for one in VIEW.lanes if one.key == lane]
    times = zip(milliseconds(found.ts).tolist(), found.value.tolist(), strict=True)
    return dict(zip(((t, float(f"{x:.6g}")) for t, x in times), milliseconds(found.known_at).tolist(), strict=True))


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%H%M%S}")
def test_no_word_and_no_time_of_later(shared: Page, at: datetime) -> None:
    stand_at(shared, at)
    html = shared.evaluate(TEXTS)
    assert not [text for text in told_later(at) if text in html]
    assert max(re.findall(r"\b\d\d:\d\d:\d\d\b", html)) == f"{at:%H:%M:%S}"


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%H%M%S}")
def test_no_sample_of_later_is_in_the_figure(shared: Page, at: datetime) -> None:
    stand_at(shared, at)
    plot = shared.evaluate(PLOT)
    for trace in [*plot["data"], *plot["full"]]:
        assert all(x is None or x <= ms(at) for x in trace["x"] if trace["part"] != "grid"), trace["lane"]
        if trace["part"] == "value" and trace["lane"] != "acc:recommender":
            points = known_points(trace["lane"])
            shown = [(x, y) for x, y in zip(trace["x"], trace["y"], strict=True) if y is not None]
            assert all(points[point] <= ms(at) for point in shown), trace["lane"]
    assert all(x is None or not isinstance(x, int | float) or x <= ms(at) for x in plot["drawn"][:-1])


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%H%M%S}")
def test_performance_is_that_of_the_labels_that_were_in(shared: Page, at: datetime) -> None:
    stand_at(shared, at)
    (lane,) = VIEW.performance
    frames = [frame for frame in lane.frames if frame.known_from <= at]
    value, labelled = (
        next(t for t in shared.evaluate(PLOT)["data"] if t["lane"] == lane.key and t["part"] == part)
        for part in ("value", "labelled")
    )
    if not frames:
        assert value["y"] == []
        return
    settled = frames[-1].labelled >= 0.8 * frames[-1].predicted
    allowed = {float(f"{x:.6g}") for x in frames[-1].value[settled]}
    assert {y for y in value["y"] if y is not None} <= allowed
    assert set(labelled["y"]) <= set(frames[-1].labelled.tolist())


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%H%M%S}")
def test_badges_are_those_known_numbered_among_themselves(shared: Page, at: datetime) -> None:
    stand_at(shared, at)
    known = sorted(onset.order for onset in VIEW.onsets if onset.known <= at)
    ranks = [1 + sum(other < order for other in known) for order in known]
    labels = [f"{rank}=" if known.count(order) > 1 else str(rank) for rank, order in zip(ranks, known, strict=True)]
    assert sorted(shared.locator(".dip-badge").all_inner_texts()) == sorted(labels)
    rows = shared.locator("#incident-onsets .dip-onset .dip-number").all_inner_texts()
    assert rows == labels


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%H%M%S}")
def test_numbers_in_the_gutter_are_the_last_that_had_arrived(shared: Page, at: datetime) -> None:
    stand_at(shared, at)
    for lane in MADE["lanes"]:
        if lane["quiet"] or lane["kind"] == "strip":
            continue
        (whole,) = [one for one in VIEW.lanes if one.key == lane["key"]]
        arrived = [i for i, known in enumerate(milliseconds(whole.known_at)) if known <= ms(at)]
        cell = shared.locator(f'.dip-value[data-row="{lane["key"]}"]')
        assert cell.locator(".dip-now").text_content() == lane["text"][arrived[-1]]
        last_in = datetime.fromtimestamp(milliseconds(whole.ts)[arrived[-1]] / 1000, UTC)
        assert cell.locator(".dip-last").text_content() == f"last in, {last_in:%H:%M:%S}"


def test_in_hindsight_all_of_it_is_there(shared: Page) -> None:
    """The tests above look at the right places: what they forbid is found once it is allowed."""
    stand_at(shared, story.at("14:06:00"))
    shared.keyboard.press("k")
    shared.evaluate(SETTLED)
    html = shared.evaluate(TEXTS)
    last = (
        VIEW.titles[-1].title,
        VIEW.verdicts[-1].bar,
        *(e.title for e in VIEW.events),
        *(o.title for o in VIEW.onsets),
    )
    assert not [text for text in last if text not in html]
    assert any(x and x > ms(story.at("14:06:00")) for t in shared.evaluate(PLOT)["data"] for x in t["x"])
    assert shared.locator(".dip-badge").count() == len(VIEW.onsets)
    shared.keyboard.press("k")


RECORD = """
  window.everSaid = new Set();
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of [change.target, ...change.addedNodes]) {
      if (node.textContent) window.everSaid.add(node.textContent);
    }
  }).observe(document, {childList: true, subtree: true, characterData: true});
"""


def test_not_even_for_a_moment_while_the_page_loads(open_page: Opener, address: str, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(RECORD)
    page = context.new_page()
    page.goto(f"{address}?mode=known&t=2026-11-21T14:06:14Z")
    expect(page.locator(".dip-chip")).to_have_text("14:06:14", timeout=30_000)
    ever = " ".join(page.evaluate("[...window.everSaid]"))
    context.close()
    assert "Nothing unusual yet" in ever
    assert not [text for text in told_later(story.at("14:06:14")) if text in ever]


def test_the_future_is_blank_and_says_so(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}?mode=known&t=2026-11-21T14:07:20Z&zoom=onset")
    silence = page.locator(".dip-silence")
    expect(silence).to_contain_text("Nothing after 14:07:20 was known.")
    expect(silence).to_contain_text("No alert yet. Incident not open.")
    page.evaluate(GO, ms(story.at("14:07:40")))
    expect(silence).to_contain_text("Alerted at 14:07:35.")


def test_labels_that_are_not_in_are_hatched_up_to_the_cursor(open_page: Opener, address: str) -> None:
    page = open_page(f"{address}?mode=known&t=2026-11-21T14:07:20Z&zoom=onset")
    hatch, cursor = page.locator(".dip-hatch"), page.locator(".dip-cursor")
    expect(hatch).to_contain_text("labels not in yet; dashed is an estimate")
    box, line = hatch.bounding_box(), cursor.bounding_box()
    assert box is not None
    assert line is not None
    assert abs(box["x"] + box["width"] - line["x"] - 1) < 2
    expect(page.locator('.dip-value[data-row="acc:recommender"] .dip-now')).to_have_text("not known")
    expect(page.locator('.dip-value[data-row="acc:recommender"] .dip-expected')).to_have_text("7\u00a0% of labels in")
    expect(page.locator(".dip-waiting")).to_contain_text("not knowable yet")
    page.keyboard.press("k")
    expect(hatch).to_have_count(0)


def test_an_alert_of_long_before_says_nothing_of_this_incident(shared: Page) -> None:
    alerts = "[{ts: 10, known: 10, kind: 'alert'}, {ts: 50, known: 50, kind: 'alert'}]"
    asked = f"T => dip.clock.alerted({{events: {alerts}, zooms: {{incident: [40, 90]}}}}, T)"
    assert shared.evaluate(asked, 45) is None
    assert shared.evaluate(asked, 60)["known"] == 50
