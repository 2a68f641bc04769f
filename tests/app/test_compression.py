"""Answers are compressed, script files only once, and nobody gets an answer made for another."""

from __future__ import annotations

import brotli
from flask import Flask, request
from flask.testing import FlaskClient

from app.compression import MOST_KEPT, STATIC, Kept, compress

BROTLI = {"Accept-Encoding": "br"}


def make() -> tuple[FlaskClient, list[str]]:
    """An application whose answers name the query they were made for, and the bodies that it made."""
    app, made = Flask(__name__), []

    def answer(path: str) -> str:
        made.append(path)
        return f"{path} {request.query_string.decode()} " + "x" * 2000

    app.add_url_rule("/<path:path>", "answer", answer)
    compress(app)
    return app.test_client(), made


def test_an_answer_is_compressed_for_who_can_read_it() -> None:
    client, _ = make()
    packed = client.get("/page", headers=BROTLI)
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data).startswith(b"page ")
    assert "Content-Encoding" not in client.get("/page").headers


def test_answers_of_one_path_are_not_mixed_up() -> None:
    client, _ = make()
    for user in ("a", "b"):
        packed = client.get(f"/page?user={user}", headers=BROTLI)
        assert brotli.decompress(packed.data).startswith(f"page user={user} ".encode())


def test_answers_go_by_zstandard_where_the_browser_takes_it_and_files_by_brotli() -> None:
    client, _ = make()
    browser = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    assert client.get("/page", headers=browser).headers["Content-Encoding"] == "zstd"
    assert client.get(f"{STATIC}dash/a.js", headers=browser).headers["Content-Encoding"] == "br"


def test_a_script_file_is_compressed_once_for_each_algorithm() -> None:
    client, _ = make()
    first = client.get(f"{STATIC}dash/a.js?n=1", headers=BROTLI)
    again = client.get(f"{STATIC}dash/a.js?n=2", headers=BROTLI)
    assert first.data == again.data
    assert client.get(f"{STATIC}dash/a.js", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert client.get(f"{STATIC}dash/b.js", headers=BROTLI).data != first.data


def test_only_so_many_are_kept() -> None:
    kept = Kept()
    for n in range(MOST_KEPT + 5):
        kept.set(f"br;/x/{n}", b"1")
    assert kept.get("br;/x/0") is None
    assert kept.get(f"br;/x/{MOST_KEPT + 4}") == b"1"
