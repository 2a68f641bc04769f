"""Alembic's entry: runs the migrations on the connection that the catalog hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from data.catalog.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
