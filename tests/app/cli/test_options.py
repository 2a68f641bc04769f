"""What the options that several commands share offer."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from app.cli import group, options
from data.ingest import mapping


def test_every_kind_that_can_be_taken_in_is_offered_and_no_other() -> None:
    assert options.KINDS == mapping.KINDS


@pytest.mark.parametrize("command", ["ingest", "preview", "watch"])
def test_help_offers_no_incidents(command: str) -> None:
    told = CliRunner().invoke(group, [command, "--help"])
    assert told.exit_code == 0
    assert "registry]" in told.output
    assert "incidents" not in told.output
