"""Makes a recording small enough to ship: big files are gzipped, no value is altered, nothing is left out."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

BIG_BYTES = 50_000


def pack(folder: Path, target: Path) -> int:
    """Copies the recording into `target` and returns its bytes there; the same input gives the same bytes."""
    for source in sorted(path for path in folder.rglob("*") if path.is_file()):
        copy = target / source.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.stat().st_size > BIG_BYTES:
            packed = copy.with_name(copy.name + ".gz")
            packed.write_bytes(gzip.compress(source.read_bytes(), compresslevel=9, mtime=0))
        else:
            shutil.copyfile(source, copy)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
