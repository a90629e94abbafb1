"""The indexes of records. Only tables that are being made need them, and making them takes as long as all the rest."""

from functools import cache

from sqlalchemy import Index, MetaData

from gateway.database.column_types import indexed
from gateway.database.columns import columns_of
from gateway.database.tables import METADATA, RECORDS


@cache
def with_indexes() -> MetaData:
    """All tables with all of their indexes."""
    for model in RECORDS:
        _add_indexes(model)
    return METADATA


def _add_indexes(model: str) -> None:
    """Those that are there are what lists are filtered and sorted by; what changed or is gone is looked for as well."""
    table = RECORDS[model]
    present = table.c.remote_deleted_at.is_(None)
    for attribute in ("rank", *columns_of(model)):
        columns = (table.c.integration, indexed(table.c[attribute]), table.c.key)
        Index(f"ix_{table.name}_{attribute}", *columns, postgresql_where=present, sqlite_where=present)
    for attribute in ("changed_at", "remote_deleted_at"):
        Index(f"ix_{table.name}_{attribute}", table.c.integration, table.c[attribute], table.c.key)
