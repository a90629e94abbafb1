"""Alembic's entry: runs the steps on the connection that `upgrade` passed."""

from alembic import context

from gateway.database.indexes import with_indexes

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=with_indexes(connection.dialect.name))
with context.begin_transaction():
    context.run_migrations()
