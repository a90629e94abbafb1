"""Which sync is at work on each integration, and when each kind was last begun."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Instant, Key

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "replica_sync_runs",
        sa.Column("integration", Key, primary_key=True),
        sa.Column("id", sa.Text),
        sa.Column("mode", sa.Text),
        *(sa.Column(name, Instant()) for name in ("started_at", "delta_started_at", "full_started_at")),
    )
