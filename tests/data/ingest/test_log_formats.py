"""Logs that programs write each in their own way, with the trap of each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.data.ingest.parsing import Parser, Read


def said(read: Read, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in read.rows["logs"]]


def attributes(read: Read) -> list[dict[str, Any]]:
    return [json.loads(row["attributes"] or "{}") for row in read.rows["logs"]]


def test_syslog_with_and_without_a_priority(parse: Parser) -> None:
    read = parse(
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed\n"
        "Oct 11 22:14:16 mymachine kernel: [1.5] up\n"
        "Oct 11 22:14:17 mymachine CRON[12]: (root) CMD (x)\n  and more\n"
        "Oct 11 22:14:18 last message repeated 2 times\n",
        begins="2023",
    )
    assert (read.format, read.counts) == ("syslog", (4, 0, 1))
    assert said(read, "service", "severity", "message")[:2] == [
        ("su", "FATAL", "'su root' failed"),
        ("kernel", None, "[1.5] up"),
    ]
    assert said(read, "service", "message")[2] == ("CRON", "(root) CMD (x)\n  and more")
    assert attributes(read)[0] == {"facility": 4, "host": "mymachine"}
    assert attributes(read)[2] == {"host": "mymachine", "pid": 12}


def test_syslog_of_rsyslog_with_a_full_time(parse: Parser) -> None:
    read = parse("2024-05-01T10:00:00.5+02:00 web sshd[7]: Accepted\n")
    assert said(read, "ts", "service") == [(datetime(2024, 5, 1, 8, 0, 0, 500_000, tzinfo=UTC), "sshd")]


def test_klog_letters_are_severities(parse: Parser) -> None:
    read = parse('E0517 15:04:22.619632       1 a.go:25] "failed" err="x"\nI0517 15:04:23.000000       1 a.go:26] ok\n')
    assert (read.format, [row["severity"] for row in read.rows["logs"]]) == ("glog", ["ERROR", "INFO"])
    assert attributes(read)[0] == {"thread": 1, "code": "a.go:25"}


def test_redis_signs_are_severities(parse: Parser) -> None:
    read = parse("1:M 25 Apr 2024 05:32:35.018 * Ready\n1:M 25 Apr 2024 05:32:36.018 # Out of memory\n")
    assert said(read, "severity", "message") == [("INFO", "Ready"), ("WARN", "Out of memory")]


def test_uwsgi_requests(parse: Parser) -> None:
    line = (
        "[pid: 8|app: 0|req: 1/1] ::1 () {38 vars in 696 bytes} [Sun Mar 13 22:49:12 2016] POST /pay?x=1 => generated "
        "47 bytes in 129 msecs (HTTP/1.1 503) 9 headers in 378 bytes (1 switches on core 3)\n"
    )
    read = parse(line)
    assert said(read, "severity", "message") == [("ERROR", "POST /pay 503")]
    assert attributes(read)[0]["elapsed"] == "129 msecs"


W3C = """#Software: Microsoft Internet Information Services 8.5
#Date: 2015-01-13 00:32:17
#Fields: date time cs-method cs-uri-stem sc-status cs(User-Agent)
2015-01-13 00:32:17 GET /robots.txt 404 Mozilla/5.0+(bingbot)
2015-01-13 00:32:18 GET /a 200 - more
#Date: 2015-01-14 00:00:00
#Fields: time cs-method cs-uri-stem sc-status
00:00:05 GET "/a b" 500
"""


def test_w3c_fields_may_change_and_lose_their_day(parse: Parser) -> None:
    read = parse(W3C)
    assert (read.format, read.counts) == ("w3c_log", (2, 1, 5))
    assert "7 cells" in read.reasons[5] or "cells" in read.reasons[5]
    assert said(read, "ts", "severity", "message") == [
        (datetime(2015, 1, 13, 0, 32, 17, tzinfo=UTC), "WARN", "GET /robots.txt 404"),
        (datetime(2015, 1, 14, 0, 0, 5, tzinfo=UTC), "ERROR", "GET /a b 500"),
    ]
    assert attributes(read)[0]["cs(User-Agent)"] == "Mozilla/5.0 (bingbot)"


def test_zeek_says_how_it_is_written(parse: Parser) -> None:
    read = parse(
        "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tservice\tduration\n"
        "#types\ttime\tstring\tstring\tinterval\n"
        "1320279566.452687\tCw\tdns\t-\n#close\t2017\n"
    )
    assert (read.format, read.counts) == ("zeek_log", (1, 0, 6))
    assert said(read, "service") == [("dns",)]
    assert attributes(read)[0] == {"uid": "Cw"}


def test_logfmt_keeps_every_key(parse: Parser) -> None:
    read = parse(
        'time="2024-05-01T10:00:00Z" level=warning msg="it \\"broke\\" = bad" n=5 id=00017 url=http://a/?b=c fast\n\n'
        "panic: oh no\n"
        "t=2024-05-01T10:00:01Z lvl=info msg=fine n=6\n"
    )
    assert (read.format, read.counts) == ("logfmt", (2, 1, 1))
    assert said(read, "severity", "message") == [("WARN", 'it "broke" = bad'), ("INFO", "fine")]
    assert attributes(read)[0] == {"n": 5, "id": "00017", "url": "http://a/?b=c", "fast": True}


def test_json_behind_the_names_of_containers(parse: Parser) -> None:
    read = parse('caddy  | {"level":"error","ts":1714557600.5,"msg":"no"}\nweb-1  | starting\n')
    assert (read.format, read.counts) == ("container_jsonl", (1, 1, 0))
    assert said(read, "service", "severity", "message") == [("caddy", "ERROR", "no")]


def test_json_of_requests_with_responses_inside(parse: Parser) -> None:
    line = {"started_at": 1714557600000, "request": {"method": "GET", "uri": "/a?b"}, "response": {"status": 500}}
    read = parse(json.dumps(line) + "\n")
    assert (read.format, said(read, "severity", "message")) == ("nginx_json", [("ERROR", "GET /a 500")])


def test_log4j_seconds_have_their_nanoseconds_beside_them(parse: Parser) -> None:
    line = {"instant": {"epochSecond": 1714557600, "nanoOfSecond": 5_000_000}, "level": "INFO", "message": "m"}
    assert said(parse(json.dumps(line) + "\n"), "ts") == [(datetime(2024, 5, 1, 10, 0, 0, 5000, tzinfo=UTC),)]
    whole = {"instant": {"epochSecond": 1714557601}, "level": "INFO", "message": "m"}
    none = {"instant": {"nano": 1}, "level": "INFO", "message": "m"}
    read = parse("".join(json.dumps(each) + "\n" for each in (line, none, whole)), kind="logs", format="jsonl")
    assert (read.accepted, list(read.reasons)) == (2, [2])


def test_numbers_of_levels_that_are_on_no_known_scale_are_no_severities(parse: Parser) -> None:
    lines = [{"ts": "2024-05-01T10:00:00Z", "lvl": level, "msg": "m"} for level in (0, 10)]
    assert said(parse("".join(json.dumps(each) + "\n" for each in lines)), "severity") == [(None,), (None,)]


def test_syslog_5424_with_structured_data(parse: Parser) -> None:
    read = parse(
        '<165>1 2003-10-11T22:14:15.003Z host su - ID47 [a@1 iut="3" q="a\\"b\\\\c\\]d"][b@2] \ufeffit is\n'
        "<34>1 2003-10-11T22:14:15+02:00 - - - - - \n"
        "<34>1 - host su - - - no time\n"
        "something else\n"
    )
    assert (read.format, read.counts) == ("syslog_5424", (2, 2, 0))
    assert said(read, "service", "severity", "message")[0] == ("su", "INFO", "it is")
    assert attributes(read)[0] == {
        "host": "host",
        "msgid": "ID47",
        "facility": "20",
        "a@1.iut": "3",
        "a@1.q": 'a"b\\c]d',
    }
    assert said(read, "ts")[1] == (datetime(2003, 10, 11, 20, 14, 15, tzinfo=UTC),)
    assert read.reasons[3] == "the message has no time"


def test_syslog_5424_that_counts_octets_may_hold_line_ends(parse: Parser) -> None:
    messages = ["<34>1 2003-10-11T22:14:15Z h su - - - a\nb", "<34>1 2003-10-11T22:14:16Z h su - - - é"]
    framed = b"".join(b"%d %s" % (len(each.encode()), each.encode()) for each in messages)
    read = parse(framed)
    assert (read.format, read.counts) == ("syslog_5424", (2, 0, 0))
    assert [row["message"] for row in read.rows["logs"]] == ["a\nb", "é"]
    cut = parse(framed[:-3])
    assert cut.counts == (1, 1, 0)
    assert "cut off" in cut.reasons[2]


def test_lines_of_containers_that_were_parted_are_put_together_again(parse: Parser) -> None:
    at = "2024-05-01T10:00:0{}.123456789Z"
    read = parse(
        f"{at.format(0)} stdout P one \n{at.format(1)} stderr F ERROR other\n{at.format(2)} stdout F line\n"
        f"what is this\n{at.format(3)} stdout P never ended\n"
    )
    assert (read.format, read.counts) == ("cri_log", (3, 1, 1))
    rows = sorted(read.rows["logs"], key=lambda row: row["line"])
    assert [(row["line"], row["message"], row["severity"]) for row in rows] == [
        (1, "one line", None),
        (2, "ERROR other", "ERROR"),
        (5, "never ended", None),
    ]
