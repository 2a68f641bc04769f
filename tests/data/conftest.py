from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Snapshot, Store


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as opening makes it; copying it is faster than migrating an empty catalog for every test."""
    home = tmp_path_factory.mktemp("new") / "home"
    Store.open(home).close()
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path, new_home: Path) -> Iterator[Store]:
    shutil.copytree(new_home, home)
    with Store.open(home) as opened:
        yield opened


@pytest.fixture
def empty(store: Store) -> Iterator[Snapshot]:
    """A snapshot of a store in which there is nothing."""
    with store.snapshot() as snap:
        yield snap
