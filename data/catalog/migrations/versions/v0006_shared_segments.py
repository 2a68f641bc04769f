"""Segments that hold rows of several files: which files, and how many rows of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create one table."""
    op.create_table(
        "segment_files",
        sa.Column("path", sa.String(255), primary_key=True),
        sa.Column("file_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_segment_files_file_id", "segment_files", ["file_id"])
