"""Alembic's entry: runs the steps on the connection that `upgrade` passed."""

from alembic import context

from gateway.database.indexes import with_indexes

context.configure(connection=context.config.attributes["connection"], target_metadata=with_indexes())
with context.begin_transaction():
    context.run_migrations()
