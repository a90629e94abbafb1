"""The quota that processes share, and how far each webhook has come."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Instant, Key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "replica_quota",
        sa.Column("name", Key, primary_key=True),
        sa.Column("grants", sa.Text, nullable=False),
    )
    op.create_table(
        "replica_webhooks",
        sa.Column("integration", Key, primary_key=True),
        sa.Column("url", Key, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("delivery", sa.Text),
        sa.Column("delivered_at", Instant()),
        sa.Column("last_error", sa.Text),
    )
