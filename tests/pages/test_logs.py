"""The Logs page as the server gives it: real POSTs of the router over a small store whose lines are known."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.settings import Settings
from data.queries.incidents import save_incidents
from data.records import Incident
from data.store import Store
from tests.data.builders import put
from tests.fixtures.log_story import HOSTILE, STRANGE, lines
from tests.web import callback, components, page_at
from tests.web import words as raw_words

DURING = "from=1709294400000&to=1709296200000"  # 12:00 to 12:30
NONSENSE = ["?level=loud", "?service=nobody", "?template=nope", "?line=1-2-3", "?line=x", "?rows=x&line=", "?tab=nope",
            "?before=1-2", "?after=99999999999999999-1-1", "?text=%2F(%2F", "?field=a&value=b",
            "?tab=changes&vs_from=soon&vs_to=x",
            "?sort=up&templates=none", "?from=soon&to=", "?text=" + "a" * 900]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    home = tmp_path_factory.mktemp("logs") / "home"
    with Store.open(home) as store:
        put(store, logs=lines())
    return create_app(Settings(home=home)).server.test_client()


def words(part: Any) -> str:
    """With every kind of space as one."""
    return " ".join(raw_words(part).split())


def links(part: dict[str, Any]) -> list[str]:
    return [link["props"]["href"] for link in components(part, "A") if "href" in link["props"]]


def link(part: dict[str, Any], label: str) -> str:
    return next(a["props"]["href"] for a in components(part, "A") if words(a).strip() == label)


def shown(part: dict[str, Any]) -> list[str]:
    """The texts of the lines, without what is said beside them."""
    return [words(code) for row in components(part, "Ol") for code in components(row, "Code")]


def test_an_empty_store_says_how_to_fill_it(client: FlaskClient) -> None:
    assert "Nothing here yet." in words(page_at(client, "/logs"))


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_answered_in_words(shop: FlaskClient, query: str) -> None:
    said = words(page_at(shop, f"/logs{query}"))
    assert said.startswith("Logs")
    assert "Something went wrong" not in said


def test_lines_are_counted_by_level_and_narrowed_by_links(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}")
    assert "182 lines of 2 services in this range" in words(page)
    errors = next(a for a in components(page, "A") if words(a).startswith("Errors"))
    assert words(errors) == "Errors 60"
    narrowed = page_at(shop, errors["props"]["href"])
    assert set(shown(narrowed)) == {f"payment timed out after {n} s" for n in range(10, 60)}


def test_pages_follow_one_another_without_gap_and_back(shop: FlaskClient) -> None:
    first = page_at(shop, "/logs?service=shop&text=order")
    second = page_at(shop, link(first, "Older"))
    assert shown(first) == [f"order {n} placed" for n in range(239, 189, -1)]
    assert shown(second) == [f"order {n} placed" for n in range(189, 139, -1)]
    assert shown(page_at(shop, link(second, "Newer"))) == shown(first)


def test_a_text_is_a_part_of_a_line_or_a_pattern_between_slashes(shop: FlaskClient) -> None:
    assert shown(page_at(shop, "/logs?text=ORDER+17+p")) == ["order 17 placed"]
    assert len(shown(page_at(shop, "/logs?text=" + quote("/order 1[0-4] p/")))) == 5
    assert "is no regular expression" in words(page_at(shop, "/logs?text=" + quote("/(/")))


def test_templates_say_what_is_new_gone_and_as_before(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}")
    rows = {words(row.get("props", {}).get("children", [])[0]): words(row) for row in components(page, "Tr")}
    assert "new" in rows["payment timed out after <*> s"]
    assert "gone" in rows["old job <*> done"]
    assert "as before" in rows["order <*> placed"]
    assert "templates first seen in this range" in words(page)


def test_a_template_is_chosen_by_its_link_and_left_again(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}")
    address = next(a["props"]["href"] for a in components(page, "A") if words(a) == "payment timed out after <*> s")
    chosen = page_at(shop, address)
    assert len(shown(chosen)) == 50
    assert all(text.startswith("payment timed out") for text in shown(chosen))
    assert "order" not in " ".join(shown(chosen))
    assert "1 of 1 template first seen in this range" in words(chosen)
    gone = next(a["props"]["href"] for a in components(page, "A") if words(a) == "old job <*> done")
    assert "1 gone" in words(page_at(shop, gone)), "of all lines, not of its own"
    assert len(shown(page_at(shop, link(chosen, "All lines")))) == 50


def test_a_line_opens_between_its_neighbours_with_what_else_it_says(shop: FlaskClient) -> None:
    page = page_at(shop, "/logs?text=order+101+")
    (address,) = [href for href in links(page) if "line=" in href]
    opened = page_at(shop, address.replace("text=", "was="))
    texts = shown(opened)
    assert texts[texts.index("order 101 placed") - 1] == "order 102 placed"
    assert len(texts) == 31
    assert "zone eu" in words(opened)
    assert "field=zone&value=eu" in link(opened, "eu")


def test_a_field_and_its_value_narrow_the_lines(shop: FlaskClient) -> None:
    assert "180 lines" in words(page_at(shop, "/logs?field=zone&value=eu"))


def test_what_stands_in_a_line_is_text(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}&service={quote(STRANGE)}")
    (text,) = [text for text in shown(page) if "script" in text]
    assert text.startswith(HOSTILE[:200])
    assert "more characters" in text
    opened = page_at(shop, next(href for href in links(page) if "line=" in href and STRANGE[:3] in words(page)))
    assert "script" in words(opened)


def test_what_changed_begins_with_what_was_planted(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}&tab=changes")
    (table,) = list(components(page, "Table"))
    found = [words(row) for row in components(table, "Tr")][1:]
    assert "Template payment timed out after <*> s new" in " ".join(found[:2])
    assert any(row.startswith("Template old job <*> done gone") for row in found)


def test_nothing_is_reported_where_nothing_changed(shop: FlaskClient) -> None:
    address = "/logs?from=1709293500000&to=1709294400000&tab=changes"  # 11:45 to 12:00 against 11:30 to 11:45
    assert "Nothing changed that is more than chance." in words(page_at(shop, address))


def test_another_window_can_be_compared(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}&tab=changes&vs_from=2024-03-01+11:30&vs_to=2024-03-01+11:40")
    assert "11:30 – 11:40" in words(page)
    nothing = page_at(shop, f"/logs?{DURING}&tab=changes&vs_from=2023-03-01+11:30&vs_to=2023-03-01+11:40")
    assert "There is no line before" in words(nothing)


def test_the_figure_as_a_table_leads_into_each_bar(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}&view=table")
    into = next(href for href in links(page) if "view" not in href and parse_qs(urlsplit(href).query).get("from"))
    assert "lines" in words(page_at(shop, into))
    assert not list(components(page, "Graph"))


def test_lines_go_out_as_csv_that_no_spreadsheet_runs(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}&level=error")
    address = next(href for href in links(page) if href.startswith("/logs.csv"))
    answer = shop.get(address)
    assert answer.mimetype == "text/csv"
    rows = answer.text.strip().splitlines()
    assert rows[0] == "time,service,level,message,attributes"
    assert len(rows) == 61
    assert re.match(r"2024-03-01T12:29:36Z,shop,ERROR,payment timed out after 59 s,", rows[1])


def test_a_wrong_pattern_is_refused_before_the_csv_begins(shop: FlaskClient) -> None:
    answer = shop.get("/logs.csv?text=" + quote("/(/"))
    assert "is no regular expression" in answer.text


def press(client: FlaskClient, button: Any, href: str) -> Any:
    """The answer to a click, as Dash would send it."""
    listed = client.get("/_dash-dependencies").get_json()
    named = button if isinstance(button, str) else button["type"]
    spec = next(each for each in listed if any(named in one["id"] for one in each["inputs"]))
    pressed = {"id": button, "property": "n_clicks", "value": 1}
    outputs = [
        dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
        for each in spec["output"].strip(".").split("...")
    ]
    told = button if isinstance(button, str) else json.dumps(button, sort_keys=True, separators=(",", ":"))
    body = {
        "output": spec["output"],
        "outputs": outputs,
        "inputs": [pressed if isinstance(button, str) else [pressed]],
        "state": [{"id": "_pages_location", "property": "href", "value": f"http://127.0.0.1{href}"}],
        "changedPropIds": [f"{told}.n_clicks"],
    }
    return client.post("/_dash-update-component", json=body).get_json()


def test_one_click_makes_a_measure_of_a_template_and_another_takes_it_back(shop: FlaskClient) -> None:
    page = page_at(shop, f"/logs?{DURING}")
    address = next(a["props"]["href"] for a in components(page, "A") if words(a) == "payment timed out after <*> s")
    assert "Count this template as a measure" in words(page_at(shop, address))
    assert "Nobody has signed" in json.dumps(press(shop, "logs-count", address))
    shop.set_cookie("diptych_name", "Mara")
    made = press(shop, "logs-count", address)
    assert "Counted from now on" in made["sideUpdate"]["toast"]["data"]["words"]
    said = words(made["response"]["_pages_content"]["children"])
    assert "lines like “payment timed out after <*> s” of shop, per minute shop Mara" in said
    on_page = page_at(shop, f"/service/shop?{DURING}")
    assert "payment timed out" in words(on_page)
    (stop,) = [b["props"]["id"] for b in components(page_at(shop, address), "Button") if words(b) == "Stop counting"]
    taken = press(shop, stop, address)
    assert "Measures counted from logs" not in words(taken["response"]["_pages_content"]["children"])


def test_templates_that_nobody_asked_for_before_come_in_parts(
    store: Store, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, logs=lines())
    monkeypatch.setattr("pages.logs.FIRST_S", 0.0)
    page = page_at(client, f"/logs?{DURING}")
    assert "0 of 332 lines so far" in words(page)
    answer = callback(client, [("logs-templates", "children")], [("logs-more", "data", 0)],
                      [("_pages_location", "href", f"http://127.0.0.1/logs?{DURING}")])  # fmt: skip
    assert "payment timed out after <*> s" in words(answer.get_json()["response"]["logs-templates"]["children"])


def test_where_nothing_lies_before_windows_that_can_be_compared_are_offered(shop: FlaskClient) -> None:
    nothing = page_at(shop, f"/logs?{DURING}&tab=changes&vs_from=2023-03-01+11:30&vs_to=2023-03-01+11:40")
    halves = link(nothing, "Second half of the range , Fri 1 Mar, 12:15 – 12:30, against Fri 1 Mar, 12:00 – 12:15")
    page = words(page_at(shop, halves))
    assert "This range: Fri 1 Mar, 12:15 – 12:30 against Fri 1 Mar, 12:00 – 12:15" in page
    assert "There is no line" not in page


def test_of_incidents_in_the_range_each_is_offered_against_the_time_before_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "home") as store:
        put(store, logs=lines())
        began, over = (datetime(2024, 3, 1, 12, minute, tzinfo=UTC) for minute in (10, 15))
        save_incidents(store.catalog, [Incident("", "Slow <b>", "critical", "resolved", began, resolved_at=over)])
    client = create_app(Settings(home=tmp_path / "home")).server.test_client()
    nothing = page_at(client, f"/logs?{DURING}&tab=changes&vs_from=2023-03-01+11:30&vs_to=2023-03-01+11:40")
    told = [one for one in map(words, components(nothing, "A")) if one.startswith("Slow <b>")]
    assert told == ["Slow <b> , Fri 1 Mar, 12:10 – 12:15, against Fri 1 Mar, 12:05 – 12:10"]
