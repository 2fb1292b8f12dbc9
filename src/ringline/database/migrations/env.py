"""Run by Alembic. The connection comes from `ringline.database.migrations`; its transaction is the caller's."""

from __future__ import annotations

from alembic import context

from ringline.database.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
