"""What makes a file the same file: content, mapping and target. And what an ingest of it replaces."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.ingest.mapping import FileMapping
from data.ingest.staging import Staged
from data.ingest.wire import Plan

CONTINUED_FROM = 1 << 16
_CUT = re.compile(r"[._-]")


@dataclass(frozen=True, slots=True)
class Key:
    """``target`` is where the records go: their kind, and what service and names the caller or the path gave them."""

    text: str
    content_hash: str
    mapping_hash: str
    target: str

    @property
    def file_id(self) -> int:
        """The 63-bit id of a file's records."""
        return int(hashlib.sha256(self.text.encode()).hexdigest()[:16], 16) >> 1


def key_of(content_hash: str, mapping: FileMapping, derived: Mapping[str, str], basis: str = "") -> Key:
    """The key of a staged file; ``basis`` names what else its records rest on (stored predictions)."""
    said = {"as": mapping.kind, "service": mapping.service, **derived, **({"basis": basis} if basis else {})}
    target = json.dumps({name: value for name, value in said.items() if value}, sort_keys=True, ensure_ascii=False)
    mapping_hash = mapping.digest()
    text = hashlib.sha256(json.dumps([content_hash, mapping_hash, target]).encode()).hexdigest()
    return Key(text, content_hash, mapping_hash, target)


@dataclass(frozen=True, slots=True)
class Known:
    """A live file of the catalog."""

    file_id: int
    key: str
    path: str
    content_hash: str
    mapping_hash: str
    target: str
    size_bytes: int
    lines: int
    rejected: int
    by_kind: dict[str, int]


def known_before(catalog: Catalog, path: str) -> list[Known]:
    """Live files that came from this path, or from one whose name this one continues (``a.log``, ``a.log.1``)."""
    folder, _, name = path.rpartition("/")
    shorter = [name[: cut.start()] for cut in _CUT.finditer(name) if cut.start()]
    return _known(catalog, tables.files.c.path.in_([path, *(f"{folder}/{each}" for each in shorter)]))


def known_content(catalog: Catalog, content_hash: str) -> list[Known]:
    """Live files with this content."""
    return _known(catalog, tables.files.c.content_hash == content_hash)


def is_same(before: list[Known], path: str, content_hash: str, mapping: FileMapping, basis: str) -> bool:
    """Whether a file is known to be stored as it is, without a look into it: same path, content and mapping."""
    said = (path, content_hash, mapping.digest())
    return any((each.path, each.content_hash, each.mapping_hash) == said and basis in each.target for each in before)


def continued(key: Key, staged: Staged, plan: Plan, before: list[Known]) -> Known | None:
    """What this file was before it grew, where what it has grown by can be read by itself.

    A small beginning is read again: what the file is, is told by it.
    """
    if not plan.grows:
        return None
    grown = [
        each
        for each in before
        if each.size_bytes >= CONTINUED_FROM
        and (each.target, each.mapping_hash) == (key.target, key.mapping_hash)
        and staged.prefixes.get(each.size_bytes) == each.content_hash != staged.sha256
        and plan.kind in each.by_kind
        and not (plan.format == "csv" and each.rejected)  # a cell in quotes may have been cut
    ]
    longest = max(grown, key=lambda each: each.size_bytes, default=None)
    return longest if longest and staged.ends_a_line(longest.size_bytes) else None


def superseded(key: Key, path: str, staged: Staged, before: list[Known], same_content: list[Known]) -> tuple[int, ...]:
    """What this file replaces: itself as another mapping read it, and itself before it grew or was renamed."""
    corrected = [
        each
        for each in same_content
        if each.key != key.text
        and (each.path == path or (each.target == key.target and each.mapping_hash != key.mapping_hash))
    ]
    grown = [
        each
        for each in before
        if staged.prefixes.get(each.size_bytes) == each.content_hash != staged.sha256
        and (each.path == path or (each.target, each.mapping_hash) == (key.target, key.mapping_hash))
    ]
    return tuple(sorted({each.file_id for each in (*corrected, *grown)}))


def _known(catalog: Catalog, condition: ColumnElement[bool]) -> list[Known]:
    columns = [tables.files.c[name] for name in Known.__dataclass_fields__]
    with catalog.read() as connection:
        rows = connection.execute(select(*columns).where(condition)).all()
    return [Known(*row) for row in rows]
