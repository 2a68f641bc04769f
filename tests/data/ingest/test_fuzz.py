"""Real files of every format, cut, spliced, doubled, with bytes swapped and in other encodings.

No parser raises anything but an error of ours in words, none takes long, and every line is counted once. A few cases of
each in the fast tests, 300 in the slow ones; by hand as many as one likes: DIPTYCH_FUZZ_CASES=5000 pytest -m slow.
"""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import DataError
from data.ingest import streams, unfolded
from data.ingest.formats import FORMATS
from tests.data.ingest.parsing import Parser
from tests.data.ingest.samples import SAMPLES, of_lines

SHARED = Path(__file__).parents[4] / "shared" / "data" / "logs" / "lnav_formats"
CASES = int(os.environ.get("DIPTYCH_FUZZ_CASES", "300"))
MOST_BYTES = 20_000
UNFOLDED = ("cloud_events", "github_deployments", "kubernetes_events", "loki_push", "otlp_json")  # lines or a document
MOST_SECONDS = 10.0
TOKENS = [
    *(
        b'"',
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b";",
        b"\t",
        b"|",
        b"=",
        b"#",
        b"\\",
        b"\\u12",
    ),
    *(
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xe2\x80\xae",
        b"\xed\xa0\x80",
        b"\x1b[31m",
        b"\xef\xbb\xbf",
        b"NaN",
        b"1e999",
        b"-",
        b"null",
    ),
    *(b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59Z", b"2024-02-30 25:61:61", b"99999999999999999999", b"[" * 600),
]
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-be", "latin-1", "utf-32")
Edit = Callable[[bytes], bytes]


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """One change of content."""
    where, size = draw(st.floats(0, 1)), draw(st.integers(1, 200))
    kind = draw(st.sampled_from(["cut", "splice", "splice", "double", "swap", "encode", "end", "returns"]))
    token, code = draw(st.sampled_from(TOKENS) | st.binary(max_size=8)), draw(st.integers(0, 255))
    encoding = draw(st.sampled_from(ENCODINGS))

    def edit(content: bytes) -> bytes:
        at = int(where * len(content))
        head, middle, tail = content[:at], content[at : at + size], content[at + size :]
        changed = {
            "cut": lambda: head + tail,
            "splice": lambda: head + token + content[at:],
            "double": lambda: head + middle * 2 + tail,
            "swap": lambda: head + bytes([code]) + content[at + 1 :],
            "encode": lambda: content.decode(errors="replace").encode(encoding, errors="replace"),
            "end": lambda: head,
            "returns": lambda: content.replace(b"\n", token if token in (b"\r", b"\r\n") else b"\r\n"),
        }
        return changed[kind]()

    return edit


def check(parse: Parser, content: bytes, lines: bool, **mapping: str) -> None:
    begun = time.perf_counter()
    with warnings.catch_warnings(), contextlib.suppress(DataError):
        warnings.simplefilter("error")
        read = parse(content, **mapping)
        assert len({each.line for each in read.rejects}) == len(read.rejects)
        assert all(each.reason for each in read.rejects)
        if lines and not (read.format in UNFOLDED and _is_document(parse.folder / "staged")):
            assert read.lines == sum(
                len(block) + len(block.too_long) for block in streams.blocks(parse.folder / "staged")
            )
    assert time.perf_counter() - begun < MOST_SECONDS


def _is_document(path: Path) -> bool:
    """Whether it is read as one JSON document: an object over several lines, whose items are counted."""
    return not unfolded.is_lines(streams.read_head(path))


def fuzz(parse: Parser, name: str, changes: list[Edit], *, stated: bool) -> None:
    content, mapping = SAMPLES[name]
    content = content.encode() if isinstance(content, str) else content
    for change in changes:
        content = change(content)[:MOST_BYTES]
    said = {"format": name, "kind": FORMATS[name].kinds[0]} if stated else {}
    octets = name == "syslog_5424" and content[:1].isdigit()
    check(parse, content, of_lines(name) and stated and not octets, **{**mapping, **said})


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}
CHANGES = st.lists(edits(), min_size=1, max_size=6)


def test_every_format_has_a_sample_that_is_read_whole(parse: Parser) -> None:
    assert SAMPLES.keys() == FORMATS.keys()
    for name, (content, mapping) in SAMPLES.items():
        read = parse(content, **mapping)
        assert (read.format, len(read.rejects)) == (name, 0)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=8, derandomize=True, **QUIET)
@given(changes=CHANGES, stated=st.booleans())
def test_damaged_files_give_records_or_words(parse_once: Parser, name: str, changes: list[Edit], stated: bool) -> None:
    fuzz(parse_once, name, changes, stated=stated)


def test_an_object_over_several_lines_is_one_document(parse: Parser) -> None:
    content = b'\n{"streams": [{"stream": {"job"\n: "a"}, "values": [["1714557600000000000", "x"]]}]}\n'
    check(parse, content, lines=True, format="loki_push", kind="logs")


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=CASES, **QUIET)
@given(changes=CHANGES, stated=st.booleans())
def test_many_damaged_files_do(parse_once: Parser, name: str, changes: list[Edit], stated: bool) -> None:
    fuzz(parse_once, name, changes, stated=stated)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data is not there: the logs are kept beside it")
@settings(max_examples=CASES * 2, **QUIET)
@given(data=st.data(), changes=CHANGES)
def test_many_damaged_real_logs_do(parse_once: Parser, data: st.DataObject, changes: list[Edit]) -> None:
    files = sorted(path.name for path in SHARED.iterdir())
    content = (SHARED / data.draw(st.sampled_from(files))).read_bytes()[:MOST_BYTES]
    for change in changes:
        content = change(content)[:MOST_BYTES]
    check(parse_once, content, lines=False)
