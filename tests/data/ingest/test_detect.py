"""What a file is, found from its content, or said in words that it cannot be told."""

from __future__ import annotations

import json

import pytest

from data.errors import FormatError, MappingError
from data.ingest.formats import FORMATS
from tests.data.ingest.parsing import Parser

ISO = "2024-05-01T10:00:00Z"
EXAMPLES = [
    (f"ts,cpu\n{ISO},1\n", "csv", "metrics"),
    (f"ts,service,metric,value\n{ISO},shop,cpu,1\n", "csv", "metrics"),
    (f"{ISO},1\n{ISO.replace('10', '11')},2\n", "csv", "metrics"),
    (f"ts,level,message\n{ISO},info,hello there you\n", "csv", "logs"),
    (f"ts,kind,title\n{ISO},deploy,x\n", "csv", "events"),
    (f"ts,id,y_pred,age\n{ISO},1,0,30\n", "csv", "predictions"),
    (f"prediction_id,y_true,label_ts\n1,0,{ISO}\n", "csv", "labels"),
    ("service,depends_on\na,b\n", "csv", "topology"),
    (json.dumps({"ts": ISO, "level": "info", "msg": "m"}) + "\n", "jsonl", "logs"),
    (json.dumps({"ts": ISO, "kind": "deploy", "title": "t"}) + "\n", "jsonl", "events"),
    (json.dumps({"ts": ISO, "service": "s", "metric": "cpu", "value": 1}) + "\n", "jsonl", "metrics"),
    (json.dumps({"ts": ISO, "prediction_id": "a", "y_pred": 1, "features": {"a": 1}}) + "\n", "jsonl", "predictions"),
    (json.dumps([{"ts": ISO, "kind": "deploy", "title": "t"}]), "json", "events"),
    (json.dumps({"time": ISO, "name": "app", "level": 30, "msg": "m", "v": 0}) + "\n", "jsonl", "logs"),
    ('h - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1\n', "access_log", "logs"),
    ('[[services]]\nname = "shop"\n', "registry", "registry"),
]


@pytest.mark.parametrize(("content", "format_", "kind"), EXAMPLES)
def test_format_and_kind_are_found(parse: Parser, content: str, format_: str, kind: str) -> None:
    read = parse(content)
    assert (read.format, read.kind, len(read.rejects)) == (format_, kind, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        *((text, "cannot be told from its content") for text in (
            "Just some words.\nAnd more of them, a few.\n", '{"a": 1}', "%PDF-1.4\n", "a,b\nc,d\n", "{}\n",
            '{"a": 1}\n{"b":',
        )),
        ("\0\1\2" * 100, "It is no text"),
        ('{"a": 1,\n "b": [1, 2', "begins like JSON, but is none"),
        ("[1, 2", "begins like JSON, but is none"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_said(parse: Parser, content: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse(content)


def test_a_stated_kind_is_tried_and_says_what_it_misses(parse: Parser) -> None:
    with pytest.raises(MappingError, match="No column is known to hold the time"):
        parse("a,b\nc,d\n", kind="metrics")


def test_a_wrong_format_is_said(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"no format 'excel'.*'csv'"):
        parse("a,b\n", format="excel")
    with pytest.raises(MappingError, match=r"The format access_log holds no metrics"):
        parse("a,b\n", format="access_log", kind="metrics")


def test_every_format_is_registered_under_its_name() -> None:
    assert all(name == each.name and each.kinds for name, each in FORMATS.items())
