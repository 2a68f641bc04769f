"""Sources through the client: what stands there, forgetting, dropping a file, taking it in, rejects as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.format import moment
from app.jobs import run
from app.people import COOKIE
from app.settings import Settings
from app.usecases import sources, uploads
from app.usecases.intake import take_in
from data import jobs
from data.changes import list_changes
from data.errors import StoreError
from data.store import Store
from pages.sources import running, tables
from tests.data.builders import put
from tests.web import callback, components, page_at, words

HEAD = "time,service,metric,value\n"
GOOD = HEAD + "2026-11-22T03:05:00Z,shop,up,1\n"
TEN = "".join(f"2026-11-22T04:0{minute}:00Z,shop,up,1\n" for minute in range(10))
BAD = HEAD + TEN + "=cmd|' /C calc'!A0,shop,up,<script>alert(1)</script>\n"
HOSTILE = "a <b> \"q\" 'x' \u05e9\u05dc\u05d5\u05dd " + "n" * 200 + ".csv"


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    folder = tmp_path / "in put"
    folder.mkdir()
    (folder / "good.csv").write_text(GOOD.replace("shop", "other"))
    (folder / HOSTILE).write_text(BAD)
    take_in(store.home, [folder])
    return store


def links(tree: Any, wanted: str) -> list[str]:
    return [each["props"]["href"] for each in components(tree, "A") if wanted in each["props"]["href"]]


def press(client: FlaskClient, button: str, href: str, name: str = "Ines") -> TestResponse:
    if name:
        client.set_cookie(COOKIE, quote(name))
    dependencies = client.get("/_dash-dependencies").get_json()
    output = next(each["output"] for each in dependencies if f'"{button}"' in str(each["inputs"]).replace("'", '"'))
    props = [part.rsplit(".", 1)[1] for part in output.strip(".").split("...")]
    return callback(
        client,
        [("_pages_location", props[0]), ("store-state", props[1])],
        [(button, "n_clicks", 1)],
        [("_pages_location", "href", f"http://127.0.0.1{href}")],
    )


def send(client: FlaskClient, content: bytes, name: str = "shop.csv", **more: Any) -> TestResponse:
    given = {"content_type": "application/octet-stream", "headers": {"X-File-Name": quote(name)}, **more}
    return client.post("/uploads", data=content, **given)


def tick(client: FlaskClient, href: str = "/sources") -> TestResponse:
    """The page asks how its jobs are."""
    listed = client.get("/_dash-dependencies").get_json()
    output = next(each["output"] for each in listed if "jobs-tick" in str(each["inputs"]))
    outputs = [tuple(part.rsplit(".", 1)) for part in output.strip(".").split("...")]
    here = ("_pages_location", "href", f"http://127.0.0.1{href}")
    return callback(client, outputs, [("jobs-tick", "n_intervals", 1)], [here])


def work_off(client: FlaskClient, store: Store, answer: TestResponse) -> TestResponse:
    """A worker does what was queued, and the page that follows it hears of it."""
    search = answer.get_json()["response"]["_pages_location"]["search"]
    while job := jobs.lease(store.catalog, "w", [uploads.TAKE_IN], 60):
        run(store, job.job_id)
    return tick(client, f"/sources{search}")


def said(answer: TestResponse) -> str:
    return answer.get_json()["sideUpdate"]["toast"]["data"]["words"]


def test_an_empty_store_teaches_and_the_drop_area_is_there(client: FlaskClient) -> None:
    tree = page_at(client, "/sources")
    assert "diptych ingest DIR" in words(tree)
    assert any("data-drop" in each["props"] for each in components(tree, "Div"))


def test_a_source_stands_with_counts_and_its_first_bad_line(filled: Store, client: FlaskClient) -> None:
    tree = page_at(client, "/sources")
    text = words(tree)
    assert "2 files from 1 source" in text.replace("\u00a0", " ")
    assert "in put" in text
    assert "line 12" in text.replace("\u00a0", " ")
    assert "<script>alert(1)</script>" in text


def test_choosing_a_source_lists_its_files_those_with_rejects_first(filled: Store, client: FlaskClient) -> None:
    (picked,) = links(page_at(client, "/sources"), "source=")[:1]
    tree = page_at(client, picked)
    rows = [words(row) for row in components(list(components(tree, "Tbody"))[1], "Tr")]
    assert [HOSTILE[:20] in rows[0], "good.csv" in rows[1]] == [True, True]
    assert "12 10 1 1" in " ".join(rows[0].split())
    assert len(links(tree, "forget=")) == 3


def test_forgetting_asks_first_and_then_takes_back(filled: Store, client: FlaskClient) -> None:
    (picked,) = links(page_at(client, "/sources"), "source=")[:1]
    ask = links(page_at(client, picked), "forget=")[0]
    tree = page_at(client, ask)
    assert "Take back 11 records that came from 2 files?" in words(tree).replace("\u00a0", " ")
    assert "no undo but to take it in again" in words(tree)
    button = next(each for each in components(tree, "Button") if each["props"].get("id") == "forget-now")
    assert button["props"]["data-signed"] == "true"
    answer = press(client, "forget-now", ask)
    assert "forget" not in answer.get_json()["response"]["_pages_location"]["search"]
    assert said(answer).startswith("Taken back: in put")
    assert {change.who for change in list_changes(filled.catalog, "file")} == {"Ines"}
    assert "Nothing here yet" in words(page_at(client, "/sources"))


def test_nothing_goes_without_a_name_or_twice(filled: Store, client: FlaskClient) -> None:
    (picked,) = links(page_at(client, "/sources"), "source=")[:1]
    ask = links(page_at(client, picked), "forget=")[0]
    assert "Nobody has signed" in said(press(client, "forget-now", ask, name=""))
    assert "good.csv" in words(page_at(client, picked))
    press(client, "forget-now", ask)
    assert "somebody has taken it back already" in said(press(client, "forget-now", ask))


def test_a_dropped_file_is_looked_into_and_taken_in(store: Store, client: FlaskClient) -> None:
    upload = send(client, BAD.encode(), HOSTILE).get_json()["id"]
    tree = page_at(client, f"/sources?upload={upload}")
    text = words(tree)
    assert "Dry run of" in text
    assert "Metrics, from CSV (found from the content)." in text
    assert "12 lines = 10 accepted + 1 rejected + 1 ignored: 10 metrics." in text
    assert store.catalog.generation == 0
    asked = press(client, "take-in", f"/sources?upload={upload}")
    assert "is being taken in" in said(asked)
    assert store.catalog.generation == 0
    answer = work_off(client, store, asked)
    assert "12\u00a0lines = 10 accepted + 1 rejected + 1 ignored: 10 metrics." in said(answer)
    search = answer.get_json()["response"]["_pages_location"]["search"]
    assert "upload" not in search
    assert "uploads" in words(page_at(client, f"/sources{search}"))
    assert list_changes(store.catalog, "file")[0].who == "Ines"


def test_the_choices_hold_for_the_dry_run_and_for_taking_it_in(store: Store, client: FlaskClient) -> None:
    upload = send(client, b"time,cpu\n2026-11-22 03:05,1\n").get_json()["id"]
    query = f"/sources?upload={upload}&as=metrics&service=pay&zone-of-times=Europe/Berlin"
    assert "2026-11-22 02:05:00" in words(page_at(client, query))
    work_off(client, store, press(client, "take-in", query))
    with store.snapshot() as snap:
        assert snap.rows("SELECT service, hour(ts) FROM metrics") == [("pay", 2)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("upload=../../x", "not here any more"),
        ("upload=UP&as=nonsense", "is not known"),
        ("upload=UP&zone-of-times=Nowhere", "no time zone"),
        ("source=x&forget=y&file=z", "Nothing here yet"),
    ],
)
def test_nonsense_is_answered_in_words_in_its_place(client: FlaskClient, query: str, found: str) -> None:
    upload = send(client, GOOD.encode()).get_json()["id"]
    text = words(page_at(client, f"/sources?{query.replace('UP', upload)}"))
    assert found in text
    assert "Take in a file" in text


def test_too_large_is_said_with_what_to_do(tmp_path: Path) -> None:
    from app.factory import create_app

    client = create_app(Settings(home=tmp_path / "small", max_request_kb=4)).server.test_client()
    answer = send(client, b"x" * 5000)
    assert answer.status_code == 413
    assert "DIPTYCH_MAX_REQUEST_KB" in answer.text
    assert "diptych ingest" in answer.text


def test_a_form_of_another_site_cannot_send(client: FlaskClient) -> None:
    assert send(client, GOOD.encode(), content_type="text/plain").status_code == 415
    crossed = {"X-File-Name": "a", "Sec-Fetch-Site": "cross-site"}
    assert send(client, GOOD.encode(), headers=crossed).status_code == 403


def test_rejects_leave_as_csv_without_formulas(filled: Store, client: FlaskClient) -> None:
    answer = client.get("/sources/rejects.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rejects.csv"'
    head, row = csv.reader(io.StringIO(answer.text))
    assert head == ["file", "line", "reason", "raw"]
    assert row[1] == "12"
    assert row[3].startswith("'=cmd")
    good = links(page_at(client, "/sources"), "source=")[0].split("source=")[1]
    assert client.get(f"/sources/rejects.csv?source={good}").text == answer.text


def test_rejects_that_cannot_be_read_are_an_error_and_no_half_file(
    filled: Store, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Iterator[Any]:
        raise StoreError("A segment is gone.")
        yield  # a generator, as the real one is: it fails at its first row

    monkeypatch.setattr(sources, "rejects", fails)
    answer = client.get("/sources/rejects.csv")
    assert answer.status_code >= 500
    assert "file,line,reason,raw" not in answer.text


def test_jobs_show_their_progress_and_are_asked_while_they_run(filled: Store, client: FlaskClient) -> None:
    tree = page_at(client, "/sources")
    assert "begins in a moment" in words(tree)
    job = jobs.lease(filled.catalog, "w", ["scan"], 60)
    assert job is not None
    jobs.progress(filled.catalog, job.job_id, 0.4, "shop <b>")
    tree = page_at(client, "/sources")
    assert "runs: shop <b>" in words(tree)
    assert [each["props"]["value"] for each in components(tree, "Progress")][-1] == "0.40"
    jobs.finish(filled.catalog, job.job_id, {})
    answer = tick(client).get_json()["response"]
    assert answer["jobs-tick"]["disabled"] is True
    assert "done" in words(answer["jobs"]["children"])


@pytest.mark.parametrize(("zone", "told"), [("Mars/Base", "UTC"), ("Asia/Kolkata", "Asia/Kolkata"), ("a" * 300, "UTC")])
def test_all_times_are_in_the_zone_that_the_page_names(
    filled: Store, client: FlaskClient, zone: str, told: str
) -> None:
    text = words(page_at(client, f"/sources?tz={zone}"))
    assert f"times are {told}" in text
    at = jobs.recent(filled.catalog, 1)[0].created_at
    shown = moment(at, ZoneInfo(told), seconds=False)
    assert shown in text
    assert shown in words(tick(client, f"/sources?tz={zone}").get_json()["response"]["jobs"]["children"])


def test_what_waits_says_why_a_worker_that_is_busy_or_none_at_all(
    filled: Store, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PATIENCE_S", 0)
    text = words(page_at(client, "/sources"))
    assert "no worker runs. Start one: diptych worker" in text
    assert jobs.lease(filled.catalog, "w", ["scan"], 60)
    jobs.enqueue(filled.catalog, "sweep", {})
    text = words(page_at(client, "/sources"))
    assert "waits until the job before it is done" in text
    assert "no worker" not in text


def test_without_a_worker_taking_in_waits_and_says_so_and_nothing_is_lost(
    store: Store, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = send(client, GOOD.encode()).get_json()["id"]
    asked = press(client, "take-in", f"/sources?upload={upload}")
    monkeypatch.setattr(running, "PATIENCE_S", 0)
    search = asked.get_json()["response"]["_pages_location"]["search"]
    answer = tick(client, f"/sources{search}").get_json()["response"]
    assert "no worker runs" in words(answer["jobs"]["children"])
    assert answer["jobs-tick"]["disabled"] is False
    assert "_pages_location" not in answer
    assert "Taken in: shop.csv." in said(work_off(client, store, asked))


def test_what_is_refused_as_a_whole_says_why_and_stands_there_to_be_read_another_way(
    store: Store, client: FlaskClient
) -> None:
    upload = send(client, b"nothing that anybody could read").get_json()["id"]
    answer = work_off(client, store, press(client, "take-in", f"/sources?upload={upload}&as=metrics"))
    assert "shop.csv was not taken in." in said(answer)
    search = answer.get_json()["response"]["_pages_location"]["search"]
    assert f"upload={upload}" in search
    assert "as=metrics" in search
    assert "taking" not in search


def test_of_very_many_the_newest_are_shown_and_all_are_found(
    store: Store, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        put(store, number + 1, path=f"/data/source {number}/a.csv")
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    tree = page_at(client, "/sources")
    assert len(list(components(next(components(tree, "Tbody")), "Tr"))) == 5
    assert "5 of 12 are shown" in words(tree)
    (row,) = components(next(components(page_at(client, "/sources?find-sources=CE 7 "), "Tbody")), "Tr")
    assert "source 7" in words(row)


def test_records_without_a_service_are_told_with_how_to_name_it(
    filled: Store, client: FlaskClient, tmp_path: Path
) -> None:
    assert "name no service" not in words(page_at(client, "/sources"))
    (tmp_path / "access.log").write_text('127.0.0.1 - - [22/Nov/2026:03:05:00 +0000] "GET / HTTP/1.1" 200 512\n')
    take_in(filled.home, [tmp_path / "access.log"])
    said = " ".join(words(page_at(client, "/sources")).split())
    assert "Records of access.log name no service and stand under unknown_service." in said
    assert "--service NAME" in said
