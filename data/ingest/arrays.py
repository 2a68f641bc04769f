"""Between Arrow and NumPy, with types that hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


def mask_of(flags: pa.Array | pa.ChunkedArray) -> Mask:
    """Booleans ``(n,)``; NULL is false."""
    mask: Mask = np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)
    return mask


def texts_of(values: list[str | None] | list[str]) -> pa.Array:
    """An array of texts, also where all are NULL."""
    return pa.array(values, pa.string())


NO_TEXT = pa.scalar(None, pa.string())
