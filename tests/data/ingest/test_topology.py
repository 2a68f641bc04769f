"""Topology: edges from tables."""

from __future__ import annotations

import pytest

from data.errors import MappingError
from data.records import Edge
from tests.data.ingest.parsing import Parser


@pytest.mark.parametrize("header", ["service,depends_on,kind", "Source,Target,Type", "from,to,relation"])
def test_two_ends_and_a_kind(parse: Parser, header: str) -> None:
    read = parse(f"{header}\ngateway,shop,http\nshop,db,\ngateway,shop,http\n")
    assert (read.kind, read.counts) == ("topology", (3, 0, 1))
    assert read.edges == [Edge("gateway", "shop", "http"), Edge("shop", "db", "calls")]


def test_an_edge_needs_two_different_ends(parse: Parser) -> None:
    read = parse("service,depends_on\na,\na,a\na,b\n")
    assert read.counts == (1, 2, 1)
    assert read.reasons == {2: "an edge needs both a service and what it depends on", 3: "'a' depends on itself"}


def test_a_missing_end_is_named(parse: Parser) -> None:
    with pytest.raises(MappingError, match=r"what a service depends on.*'service', 'team'"):
        parse("service,team\na,b\n", kind="topology")


def test_rules_tell_what_an_edge_is(parse: Parser) -> None:
    rule = {"column": "Target", "like": "10.0.{}", "set": {"kind": "runs_on"}}
    columns = {"service": "Source", "depends_on": "Target"}
    read = parse("Source,Target\na,10.0.0.1\na,b\n", kind="topology", columns=columns, patterns=[rule])
    assert [edge.kind for edge in read.edges] == ["runs_on", "calls"]
