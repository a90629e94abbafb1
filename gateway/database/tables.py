"""The tables. The records of each model have one of their own, with a column for everything questions look at."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    true,
)

from gateway.database.column_types import Instant, Key, Words
from gateway.database.columns import columns_of
from schema.model import MODELS, Model

NAMED = ("User",)
"""Models of which records are kept as others name them; their column `listed` is false then."""

METADATA = MetaData(naming_convention={"pk": "pk_%(table_name)s"})


def _record_table(model: Model) -> Table:
    """Stamps first and bodies last: SQLite then reads the small columns without the big ones. Indexes: `indexes`."""
    return Table(
        f"replica_{model.plural}",
        METADATA,
        Column("integration", Key, primary_key=True),
        Column("key", Key, primary_key=True),
        Column("hash", Words, nullable=False),
        Column("changed_at", Instant, nullable=False),
        Column("first_seen_at", Instant, nullable=False),
        Column("last_seen_at", Instant, nullable=False),
        Column("fetched_at", Instant, nullable=False),
        Column("remote_deleted_at", Instant),
        Column("rank", Integer),
        *(Column("listed", Boolean, nullable=False, server_default=true()) for _ in [0] if model.name in NAMED),
        *(Column(attribute, kind) for attribute, kind in columns_of(model.name).items()),
        Column("body", Words, nullable=False),
        Column("raw", Words),
    )


RECORDS: dict[str, Table] = {model.name: _record_table(model) for model in MODELS.values()}
"""Model -> its records. `body` is the unified record, `raw` what the ATS sent, `rank` the ATS's own order."""

VALUES = Table(
    "replica_values",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("model", Key, primary_key=True),
    Column("attribute", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Index("ix_replica_values_key", "integration", "model", "key"),
)
"""What filters look for inside lists of sub-objects, one row per value."""

LISTINGS = Table(
    "replica_listings",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("model", Key, primary_key=True),
    Column("attribute", Key, primary_key=True),
    Column("parent", Key, primary_key=True),
    Column("fetched_at", Instant, nullable=False),
    Column("children", Words, nullable=False, server_default="[]"),
)
"""When the records that belong to one parent were last read completely, and their keys in order, as JSON."""

TOUCHES = Table(
    "replica_touches",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("model", Key, nullable=False),
    Column("records", Words),
)
"""What the last writes of copies touched. Within an integration numbers are without gaps, in the order of commits.
`records` are the keys of those that are another now, as JSON; null for so many that they are not named."""

CHANGES = Table(
    "replica_changes",
    METADATA,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("integration", Key, nullable=False),
    Column("model", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("kind", Words, nullable=False),
    Column("fields", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("hash_before", Words),
    Column("hash_after", Words),
    Index("ix_replica_changes_position", "integration", "position"),
    sqlite_autoincrement=True,  # a position is never given out twice, even when the newest changes were erased
)
"""The change log. Within an integration positions are in the order of commits."""

SYNCS = Table(
    "replica_syncs",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("model", Key, primary_key=True),
    Column("synced_at", Instant),
    Column("last_delta_at", Instant),
    Column("last_full_at", Instant),
    Column("watermark", Instant),
    Column("complete", Boolean, nullable=False, default=False),
    Column("running", Words),
    Column("read", Integer),
    Column("expected", Integer),
    Column("last_error", Words),
)
"""What each model's copies amount to. `running` is the id of the sync at work, `read` and `expected` its progress."""

SKIPPED = Table(
    "replica_skipped",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("model", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("code", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Records that syncs could not take, the code of the error, and when they were last tried."""

VERSIONS = Table(
    "replica_versions",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("model", Key, primary_key=True),
    Column("version", Words, nullable=False),
)
"""By which way of reading the copies of a model were made, where that is not the usual one."""

SYNC_RUNS = Table(
    "replica_sync_runs",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("id", Words),
    Column("mode", Words),
    Column("started_at", Instant),
    Column("delta_started_at", Instant),
    Column("full_started_at", Instant),
)
"""Which sync is at work on each integration, null when there is none, and when each kind was last begun."""

QUOTA = Table(
    "replica_quota",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("grants", Words, nullable=False),
)
"""The instants of the last requests of each API key, oldest first, as JSON: microseconds since 1970."""

WEBHOOKS = Table(
    "replica_webhooks",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("url", Key, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("delivery", Words),
    Column("delivered_at", Instant),
    Column("last_error", Words),
)
"""How far each webhook has come in the change log, and the id of the delivery under way."""

PROFILE = Table(
    "account_profile",
    METADATA,
    Column("integration", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("value", Words, nullable=False),
    Column("learnt_at", Instant, nullable=False),
    Column("learnt_by", Words, nullable=False),
    Column("drifted_at", Instant),
    Column("before", Words),
)
"""What was learnt about each account, a row for each fact. `value` and `before` are JSON."""

ACTIONS = Table(
    "actions",
    METADATA,
    Column("id", Key, primary_key=True),
    Column("integration", Key, nullable=False),
    Column("name", Words, nullable=False),
    Column("token_name", Words),
    Column("idempotency_key", Key, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("request", Words),
    Column("status_code", Integer),
    Column("result", Words, nullable=False),
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
"""Writes that were begun: a process that finds one here looks whether it happened before sending it again."""

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
