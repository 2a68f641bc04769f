"""How long people have records kept, by their kind, and up to when records were let go of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their tables; until somebody says otherwise everything is kept."""
    op.create_table(
        "retention",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("keep_s", sa.Float(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "let_go",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("before", sa.BigInteger(), nullable=False),
    )
