"""After what times the records of a source repeat, where its mapping says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "seasons",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("owner", sa.String(255), primary_key=True),
        sa.Column("metric", sa.String(255), primary_key=True),
        sa.Column("file_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("seasons_s", sa.JSON(), nullable=False),
    )
