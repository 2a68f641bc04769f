"""The pictures of the README are there, small, and of the format that their names say."""

from __future__ import annotations

import re
from pathlib import Path

from tests.pictures.__main__ import MOST_BYTES, PAGES

ROOT = Path(__file__).resolve().parent.parent


def test_the_readme_shows_every_picture_and_each_is_small() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(f"tests/pictures/{name}.webp" for name in PAGES)
    for path in shown:
        raw = (ROOT / path).read_bytes()
        assert (raw[:4], raw[8:12]) == (b"RIFF", b"WEBP")
        assert 10_000 < len(raw) <= MOST_BYTES
