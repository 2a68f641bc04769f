"""The times of stored predictions, for labels that come without a time and state how long after it they were known."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import pyarrow.feather as feather
from sqlalchemy import select

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.store import Store


def basis(catalog: Catalog) -> str:
    """Names the predictions that are stored now: labels are read again once there are others."""
    with catalog.read() as connection:
        query = select(tables.segments.c.file_id).where(
            tables.segments.c.kind == "predictions", tables.segments.c.dead.is_(None)
        )
        ids = sorted(set(connection.execute(query).scalars()))
    return hashlib.sha256(repr(ids).encode()).hexdigest()[:16]


def write_times(store: Store, folder: Path) -> Path:
    """An Arrow file with prediction_id, model and ts of every stored prediction."""
    path = folder / f"{uuid.uuid4().hex}.arrow"
    with store.snapshot() as snapshot:
        table = snapshot.arrow("SELECT prediction_id, model, min(ts) AS ts FROM predictions GROUP BY ALL")
    feather.write_feather(table, path, compression="zstd")
    return path
