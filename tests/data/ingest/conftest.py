from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.ingest.parsing import Parser


@pytest.fixture
def parse(tmp_path: Path) -> Parser:
    return Parser(tmp_path)


@pytest.fixture(scope="module")
def parse_once(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    """For property tests, which call it many times in one folder."""
    return Parser(tmp_path_factory.mktemp("parsed"))
