"""Options that several commands share: how files are to be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

KINDS = ("metrics", "logs", "events", "predictions", "labels", "topology", "registry")
Decorated = Callable[..., Any]


def reading(command: Decorated) -> Decorated:
    """Add ``--as --map --service --tz``, which come in as ``kind``, ``mapping``, ``service`` and ``tz``."""
    added = (
        click.option(
            "--as",
            "kind",
            type=click.Choice(KINDS),
            help="What the files hold; left out, it is found from the content.",
        ),
        click.option(
            "--map",
            "mapping",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Mapping file (TOML).",
        ),
        click.option("--service", help="The service the records belong to, where they do not say."),
        click.option("--tz", help="Zone of times that state none, such as Europe/Berlin."),
    )
    for option in reversed(added):
        command = option(command)
    return command
