"""Progress of long work: a bar on a terminal, plain lines elsewhere, on stderr so that stdout stays data."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from app.cli.output import visible

BAR_WIDTH = 24
LINE_EVERY_SHARE = 0.1


def reporter(label: str, *, quiet: bool = False) -> Callable[[float, str], None]:
    """A function of (share done 0-1, words) that shows the progress of ``label``."""
    if quiet:
        return lambda share, words: None
    return _bar(label) if sys.stderr.isatty() else _lines(label)


def _bar(label: str) -> Callable[[float, str], None]:
    def show(share: float, words: str) -> None:
        full = round(share * BAR_WIDTH)
        bar = "█" * full + "░" * (BAR_WIDTH - full)
        click.echo(f"\r\x1b[2K{label} {bar} {share:4.0%} {visible(words[:60])}", nl=share >= 1, err=True)

    return show


def _lines(label: str) -> Callable[[float, str], None]:
    shown = -1.0

    def show(share: float, words: str) -> None:
        nonlocal shown
        if share >= 1 > shown or share - shown >= LINE_EVERY_SHARE:
            shown = share
            click.echo(f"{label}: {share:.0%} {visible(words)}".rstrip(), err=True)

    return show
