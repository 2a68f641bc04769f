"""Texts to numbers, with the customary words for "no value"."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import engine
from data.ingest.arrays import NO_TEXT, Mask, mask_of
from data.ingest.parts import shown

MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "?")


def read(texts: pa.Array, decimal: str = ".") -> tuple[pa.Array, Mask]:
    """Values ``(n,)`` with NULL where there is none, and a mask of the texts that are no number and not missing."""
    if decimal == ",":
        texts = pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", ".")
    values = _cast(texts)
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
    odd = pc.and_(pc.is_valid(texts), pc.is_null(values))
    if not pc.any(odd).as_py():
        return values, np.zeros(len(texts), bool)
    return values, mask_of(pc.and_not(odd, is_missing(texts)))


def _cast(texts: pa.Array) -> pa.Array:
    """Numbers, NULL for what is none; Arrow is quickest where all are numbers."""
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        return engine.map_text("try_cast(x AS DOUBLE)", texts)


def is_missing(texts: pa.Array) -> pa.Array:
    """Which texts are a customary word for "no value"."""
    return pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), pa.array(MISSING))


def without_missing(texts: pa.Array) -> pa.Array:
    """The texts with NULL in place of the words for "no value"."""
    return pc.if_else(is_missing(texts), NO_TEXT, texts)


def why_not(column: str, text: str) -> str:
    """Why a cell is no number, in words."""
    comma = "; state decimal = ',' if its comma is a decimal comma" if "," in text else ""
    return f"column {shown(column)} holds {shown(text)}, which is no number{comma}"


def mostly(texts: pa.Array, decimal: str = ".", share: float = 0.9) -> bool:
    """Whether at least ``share`` of the texts that say something are numbers, or all but one of a few."""
    values, odd = read(texts, decimal)
    found, bad = len(values) - values.null_count, int(odd.sum())
    return bool(found > 0 and found >= share * (found + bad)) or (found > 1 and bad == 1)
