"""Anomalies of models, and what people say of an anomaly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the model to anomalies, and a table of verdicts: each holds for what overlaps it in its series."""
    op.add_column("anomalies", sa.Column("model", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "verdicts",
        sa.Column("verdict_id", sa.String(40), primary_key=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("start_ts", sa.BigInteger(), nullable=False),
        sa.Column("end_ts", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
    )
