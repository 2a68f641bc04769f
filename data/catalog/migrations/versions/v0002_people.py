"""What people add: the log of their changes, marks on charts, saved views and thresholds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create four tables, and beside each incident a place for what the scan made of it before a person changed it."""
    op.add_column("incidents", sa.Column("scanned", sa.JSON()))
    op.create_table(
        "changes",
        sa.Column("change_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.Column("undoes", sa.Integer()),
    )
    op.create_index("ix_changes_kind_subject", "changes", ["kind", "subject"])
    op.create_table(
        "marks",
        sa.Column("mark_id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("tag", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "saved_views",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "thresholds",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
    )
