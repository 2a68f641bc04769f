"""Requests from combined, common and JSON access logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.data.ingest.parsing import Parser, Read

COMBINED = (
    '83.149.9.216 - - [17/May/2015:10:05:03 +0200] "GET /a/b?x=1 HTTP/1.1" 200 203 "http://r/" "Mozilla/5.0 (X; Y)"'
)


def attributes(read: Read) -> list[dict[str, Any]]:
    return [json.loads(row["attributes"]) for row in read.rows["logs"]]


def test_a_combined_line(parse: Parser) -> None:
    read = parse(COMBINED + "\n", service="blog")
    row = read.only("logs")
    assert (read.format, read.kind, read.counts) == ("access_log", "logs", (1, 0, 0))
    assert (row["message"], row["severity"], row["service"]) == ("GET /a/b 200", "INFO", "blog")
    assert row["ts"] == datetime(2015, 5, 17, 8, 5, 3, tzinfo=UTC)
    assert attributes(read)[0] == {
        "remote_addr": "83.149.9.216",
        "request": "GET /a/b?x=1 HTTP/1.1",
        "status": 200,
        "bytes": 203,
        "http_referer": "http://r/",
        "http_user_agent": "Mozilla/5.0 (X; Y)",
    }


@pytest.mark.parametrize(("status", "word"), [("200", "INFO"), ("304", "INFO"), ("404", "WARN"), ("503", "ERROR")])
def test_severity_from_the_status(parse: Parser, status: str, word: str) -> None:
    assert parse(COMBINED.replace(" 200 ", f" {status} ")).only("logs")["severity"] == word


def test_common_ipv6_users_dashes_and_virtual_hosts(parse: Parser) -> None:
    read = parse(
        '2001:db8::1 - frank [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.0" 304 -\n'
        '::1 - ann lee [10/Oct/2000:13:55:36 -0700] "GET /y HTTP/1.0" 200 5\n'
        'www.example.com:443 10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /z HTTP/1.0" 500 1\n'
    )
    assert read.counts == (3, 0, 0)
    said = attributes(read)
    assert [each["remote_addr"] for each in said] == ["2001:db8::1", "::1", "10.0.0.1"]
    assert [each.get("remote_user") for each in said] == ["frank", "ann lee", None]
    assert ("bytes" in said[0], said[2]["virtual_host"]) == (False, "www.example.com:443")


def test_escapes_and_more_fields_go_the_slow_way_to_the_same_place(parse: Parser) -> None:
    odd = COMBINED.replace("Mozilla/5.0 (X; Y)", r"say \"hi\" \x22") + ' "-" 0.123'
    read = parse(f"{COMBINED}\n{odd}\n{COMBINED}\n")
    assert [row["line"] for row in read.rows["logs"]] == [1, 2, 3]
    assert attributes(read)[1]["http_user_agent"] == r'say "hi" \x22'
    assert attributes(read)[1]["more"] == '"-" 0.123'


def test_a_request_that_is_none_is_shown_as_it_came(parse: Parser) -> None:
    read = parse(COMBINED + "\n" + COMBINED.replace("GET /a/b?x=1 HTTP/1.1", r"\x16\x03\x01") + "\n")
    assert read.rows["logs"][1]["message"] == r"\x16\x03\x01 200"


def test_lines_that_are_no_requests_are_refused(parse: Parser) -> None:
    read = parse(f"{COMBINED}\n\nhello world\n{COMBINED.replace('17/May', '37/May')}\n{COMBINED}\n")
    assert read.counts == (2, 2, 1)
    assert "no access log line" in read.reasons[3]
    assert "37/May" in read.reasons[4]


@pytest.mark.parametrize("odd", [COMBINED.replace("[17/May", "17/May"), COMBINED.replace(" 200 ", " 20x ")])
def test_a_line_of_as_many_cells_that_is_no_request_costs_itself_alone(parse: Parser, odd: str) -> None:
    read = parse("\n".join([COMBINED] * 4 + [odd] + [COMBINED] * 3) + "\n")
    assert read.counts == (7, 1, 0)
    assert list(read.reasons) == [5]
    assert {(row["message"], row["severity"]) for row in read.rows["logs"]} == {("GET /a/b 200", "INFO")}


def nginx(**said: Any) -> str:
    return (
        json.dumps({"time_iso8601": "2024-05-01T10:00:00+00:00", "remote_addr": "::1", "status": "200"} | said) + "\n"
    )


def test_nginx_json_with_quoted_numbers_and_lists_of_upstreams(parse: Parser) -> None:
    said = {"request": "POST /pay?card=1 HTTP/2.0", "status": "502", "upstream_response_time": "0.1, 0.2 : -"}
    read = parse(nginx(**said), service="gateway")
    row = read.only("logs")
    assert (read.format, row["message"], row["severity"]) == ("nginx_json", "POST /pay 502", "ERROR")
    assert attributes(read)[0]["upstream_response_time"] == "0.1, 0.2 : -"


def test_nginx_json_of_method_and_uri_and_milliseconds(parse: Parser) -> None:
    line = json.dumps(
        {"msec": 1714557600.123, "request_method": "GET", "request_uri": "/x", "status": 204, "bytes_sent": 1}
    )
    row = parse(line + "\n").only("logs")
    assert (row["message"], row["ts"].microsecond) == ("GET /x 204", 123_000)


def test_nginx_json_without_escaping_costs_its_line(parse: Parser) -> None:
    read = parse(nginx(request="GET / HTTP/1.1") + '{"time_iso8601": "2024", "request": "a"b", "status": 1}\n')
    assert read.counts == (1, 1, 0)
    assert read.reasons[2] == "the line is no valid JSON"


def test_a_request_without_a_status_is_refused(parse: Parser) -> None:
    read = parse(nginx(request="GET / HTTP/1.1") + nginx(request="GET / HTTP/1.1", status=None))
    assert read.reasons == {2: "the request has no status"}


def test_a_line_of_blanks_alone_is_ignored_wherever_it_stands(parse: Parser) -> None:
    line = '127.0.0.1 - - [22/Nov/2026:03:05:00 +0000] "GET / HTTP/1.1" 200 512'
    assert parse(f"{line}\n \t\n{line}\n").counts == (2, 0, 1)
    assert parse(f"{line}\n\n \n{line}\n").counts == (2, 0, 2)
