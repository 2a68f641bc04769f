"""Marks that repeat, by the clock of a zone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns to marks."""
    op.add_column("marks", sa.Column("repeats", sa.String(40), nullable=False, server_default=""))
    op.add_column("marks", sa.Column("zone", sa.String(60), nullable=False, server_default="UTC"))
