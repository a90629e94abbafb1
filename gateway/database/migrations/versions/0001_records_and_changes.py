"""Records, their keys, the change log and what is known about syncs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.database.column_types import Instant, Key

revision = "0001"
down_revision = None

_RECORDS: dict[str, dict[str, sa.types.TypeEngine[Any]]] = {
    "users": {"email": Key, "first_name": Key, "last_name": Key},
    "jobs": {
        "closed_at": Instant(),
        "job_code": Key,
        "name": Key,
        "opened_at": Instant(),
        "remote_updated_at": Instant(),
        "salary_amount": sa.Float(),
        "visibility": Key,
    },
    "candidates": {
        "company": Key,
        "first_name": Key,
        "last_name": Key,
        "remote_created_at": Instant(),
        "remote_updated_at": Instant(),
    },
    "application_stages": {"name": Key},
    "applications": {
        "candidate_key": Key,
        "current_stage_key": Key,
        "job_key": Key,
        "remote_updated_at": Instant(),
    },
    "interviews": {
        "application_key": Key,
        "ending_at": Instant(),
        "remote_created_at": Instant(),
        "remote_updated_at": Instant(),
        "starting_at": Instant(),
        "title": Key,
    },
    "roles": {"remote_label": Key, "scope": Key},
    "job_hiring_team_members": {"job_key": Key, "user_key": Key},
    "job_user_role_assignments": {"job_user_key": Key, "role_key": Key},
    "user_roles": {"role_key": Key, "user_key": Key},
    "interviewing_team_members": {"interview_key": Key, "user_key": Key},
}


def upgrade() -> None:
    """Create everything."""
    for plural, columns in _RECORDS.items():
        _create_records(f"replica_{plural}", columns)
    _create_values()
    _create_listings()
    _create_changes()
    _create_syncs()


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, primary_key=True) for name in names]


def _create_records(table: str, columns: dict[str, sa.types.TypeEngine[Any]]) -> None:
    op.create_table(
        table,
        *_keys("integration", "key"),
        sa.Column("hash", sa.Text, nullable=False),
        *(
            sa.Column(name, Instant(), nullable=False)
            for name in ("changed_at", "first_seen_at", "last_seen_at", "fetched_at")
        ),
        sa.Column("remote_deleted_at", Instant()),
        sa.Column("rank", sa.Integer),
        *(sa.Column(name, kind) for name, kind in columns.items()),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("raw", sa.Text),
    )
    present = sa.text("remote_deleted_at IS NULL")
    for name in ("rank", *columns):
        op.create_index(
            f"ix_{table}_{name}", table, ["integration", name, "key"], postgresql_where=present, sqlite_where=present
        )
    for name in ("changed_at", "remote_deleted_at"):
        op.create_index(f"ix_{table}_{name}", table, ["integration", name, "key"])


def _create_values() -> None:
    op.create_table("replica_values", *_keys("integration", "model", "attribute", "value", "key"))
    op.create_index("ix_replica_values_key", "replica_values", ["integration", "model", "key"])


def _create_listings() -> None:
    op.create_table(
        "replica_listings",
        *_keys("integration", "model", "attribute", "parent"),
        sa.Column("fetched_at", Instant(), nullable=False),
    )


def _create_changes() -> None:
    op.create_table(
        "replica_changes",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
        *(sa.Column(name, Key, nullable=False) for name in ("integration", "model", "key")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "fields")),
        sa.Column("at", Instant(), nullable=False),
        *(sa.Column(name, sa.Text) for name in ("hash_before", "hash_after")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_replica_changes_position", "replica_changes", ["integration", "position"])


def _create_syncs() -> None:
    op.create_table(
        "replica_syncs",
        *_keys("integration", "model"),
        *(sa.Column(name, Instant()) for name in ("synced_at", "last_delta_at", "last_full_at", "watermark")),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("running", sa.Text),
        *(sa.Column(name, sa.Integer) for name in ("read", "expected")),
        sa.Column("last_error", sa.Text),
    )
