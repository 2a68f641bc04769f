"""What was received: a post that is sent again after its answer was lost is known by its content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create one table."""
    op.create_table(
        "receipts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"])
