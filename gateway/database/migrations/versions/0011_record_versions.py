"""By which way of reading the copies of a model were made."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Key, Words

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "replica_versions",
        sa.Column("integration", Key, nullable=False),
        sa.Column("model", Key, nullable=False),
        sa.Column("version", Words, nullable=False),
        sa.PrimaryKeyConstraint("integration", "model", name="pk_replica_versions"),
    )
