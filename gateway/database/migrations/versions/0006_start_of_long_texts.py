"""Indexes that hold the start of a text: all of a long one has no room in an index row of Postgres."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXTS = {
    "users": ("email", "first_name", "last_name"),
    "jobs": ("job_code", "name"),
    "candidates": ("company", "first_name", "last_name"),
    "application_stages": ("name",),
    "interviews": ("title",),
    "roles": ("remote_label",),
}


def upgrade() -> None:
    """Replace the indexes of texts that may be long."""
    present = sa.text("remote_deleted_at IS NULL")
    for plural, names in _TEXTS.items():
        table = f"replica_{plural}"
        for name in names:
            index = f"ix_{table}_{name}"
            op.drop_index(index, table)
            start: sa.ColumnElement[str] = sa.literal_column(f"substr({name}, 1, 400)")
            columns: list[sa.ColumnElement[str]] = [sa.column("integration"), start, sa.column("key")]
            op.create_index(index, table, columns, postgresql_where=present, sqlite_where=present)
