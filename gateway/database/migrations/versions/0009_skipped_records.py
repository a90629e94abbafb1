"""Records that a sync could not take."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Instant, Key, Words

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "replica_skipped",
        sa.Column("integration", Key, nullable=False),
        sa.Column("model", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("integration", "model", "key", name="pk_replica_skipped"),
    )
