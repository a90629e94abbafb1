"""What each write touched, so that processes know which copies in their memory are no longer right."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Key, Words

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "replica_touches",
        sa.Column("integration", Key, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("model", Key, nullable=False),
        sa.Column("records", Words),
        sa.PrimaryKeyConstraint("integration", "number", name="pk_replica_touches"),
    )
