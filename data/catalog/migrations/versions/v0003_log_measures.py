"""Measures that people have counted from log lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their table."""
    op.create_table(
        "log_measures",
        sa.Column("name", sa.String(160), primary_key=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
    )
