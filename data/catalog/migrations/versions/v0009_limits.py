"""Where a measure ends: the limit that a person states of a metric, to say when it is reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; nothing stated until now has a limit."""
    op.add_column("meanings", sa.Column("limit", sa.Float(), nullable=True))
