"""What was learnt about each account."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Instant, Key, Words

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "account_profile",
        sa.Column("integration", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("value", Words, nullable=False),
        sa.Column("learnt_at", Instant(), nullable=False),
        sa.Column("learnt_by", Words, nullable=False),
        sa.Column("drifted_at", Instant()),
        sa.Column("before", Words),
        sa.PrimaryKeyConstraint("integration", "name", name="pk_account_profile"),
    )
