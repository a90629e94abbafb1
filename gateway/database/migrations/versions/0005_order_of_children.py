"""The order in which a parent's records were listed, so that pages of them fit together."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; listings made before have no order."""
    op.add_column("replica_listings", sa.Column("children", sa.Text, nullable=False, server_default="[]"))
