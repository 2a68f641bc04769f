"""Between Arrow and NumPy, with types that hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


def mask_of(flags: pa.Array | pa.ChunkedArray) -> Mask:
    """Booleans ``(n,)``; NULL is false."""
    said = without_null(flags, False)
    mask: Mask = np.asarray(said.to_numpy(zero_copy_only=False), dtype=bool)
    return mask


def without_null(values: Any, instead: object) -> Any:
    """The array with ``instead`` where it is NULL; itself, and no copy of it, where it nowhere is."""
    return pc.fill_null(values, instead) if values.null_count else values


def texts_of(values: list[str | None] | list[str]) -> pa.Array:
    """An array of texts, also where all are NULL."""
    return pa.array(values, pa.string())


def bytes_of(texts: pa.StringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """All bytes of the texts one after the other, and where each text begins in them ``(n + 1,)``."""
    _, ends, data = texts.buffers()
    at = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    codes = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return codes[at[0] : at[-1]], at - at[0]


NO_TEXT = pa.scalar(None, pa.string())
