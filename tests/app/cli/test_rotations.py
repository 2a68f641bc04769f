"""A watched log through rotations and restarts of the watcher: `python -m tests.app.cli.rotations 50` does more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.cli.rotations import account, run

ROTATIONS = 8


@pytest.mark.slow
def test_every_line_is_stored_exactly_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    writer, restarts, found = run(folder, tmp_path / "home", ROTATIONS, seed=5)
    print(account(writer, restarts, found))
    assert restarts > 0
    assert sorted(found.values()) == [1] * writer.written
    assert sum(writer.rotations.values()) == ROTATIONS
