"""Users as others name them, who are in no list."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; all that is held is from the list."""
    op.add_column("replica_users", sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.true()))
