"""The audit trail of the actions, their intents, their files, and the gateway's own keys."""

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Instant, Key

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "actions",
        sa.Column("id", Key, primary_key=True),
        sa.Column("integration", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_name", sa.Text),
        sa.Column("idempotency_key", Key, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("fingerprint", "outcome")),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant()),
        sa.Column("request", sa.Text),
        sa.Column("status_code", sa.Integer),
        sa.Column("result", sa.Text, nullable=False),
        sa.UniqueConstraint("integration", "idempotency_key", "attempt", name="uq_actions_idempotency_key"),
    )
    op.create_index("ix_actions_started_at", "actions", ["integration", "started_at", "id"])
    op.create_table(
        "action_intents",
        sa.Column("action_id", Key, primary_key=True),
        sa.Column("step", Key, primary_key=True),
    )
    op.create_table(
        "action_files",
        sa.Column("id", Key, primary_key=True),
        sa.Column("action_id", Key, nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
    )
    op.create_index("ix_action_files_action_id", "action_files", ["action_id"])
    op.create_table(
        "action_file_chunks",
        sa.Column("file_id", Key, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "gateway_secrets",
        sa.Column("name", Key, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
