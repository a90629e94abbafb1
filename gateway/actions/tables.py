"""The tables of the actions, beside the replica's in the same database."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from gateway.database import Instant, Key
from gateway.replica.tables import METADATA

ACTIONS = Table(
    "actions",
    METADATA,
    Column("id", Key, primary_key=True),
    Column("integration", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_name", Text),
    Column("idempotency_key", Key, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("request", Text),
    Column("status_code", Integer),
    Column("result", Text, nullable=False),
    UniqueConstraint("integration", "idempotency_key", "attempt", name="uq_actions_idempotency_key"),
    Index("ix_actions_started_at", "integration", "started_at", "id"),
)
"""The audit trail. `result` is JSON without personal data; `attempt` counts inputs that were refused under one key."""

INTENTS = Table(
    "action_intents",
    METADATA,
    Column("action_id", Key, primary_key=True),
    Column("step", Key, primary_key=True),
)
"""Writes that were begun: whoever finds one here looks whether it happened before sending it again."""

FILES = Table(
    "action_files",
    METADATA,
    Column("id", Key, primary_key=True),
    Column("action_id", Key, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Index("ix_action_files_action_id", "action_id"),
)
"""Files of actions that are not finished."""

CHUNKS = Table(
    "action_file_chunks",
    METADATA,
    Column("file_id", Key, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""Their bytes, piece by piece."""

SECRETS = Table(
    "gateway_secrets",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""Keys the gateway made for itself, shared by all processes on this database."""
