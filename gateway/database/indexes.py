"""The indexes of records. Only tables that are being made need them, and making them takes as long as all the rest."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Index, MetaData, Table

from gateway.database.column_types import indexed
from gateway.database.columns import columns_of
from gateway.database.tables import METADATA, RECORDS


def with_indexes(dialect: str) -> MetaData:
    """Copies of all tables with all of their indexes, for one database: naming another one would load all it takes."""
    made = MetaData(naming_convention=METADATA.naming_convention)
    tables = {table.name: table.to_metadata(made) for table in METADATA.sorted_tables}
    for model, table in RECORDS.items():
        _add_indexes(tables[table.name], columns_of(model), dialect)
    return made


def _add_indexes(table: Table, attributes: Iterable[str], dialect: str) -> None:
    """Those that are there are what lists are filtered and sorted by; what changed or is gone is looked for as well."""
    present: dict[str, Any] = {f"{dialect}_where": table.c.remote_deleted_at.is_(None)}
    for attribute in ("rank", *attributes):
        columns = (table.c.integration, indexed(table.c[attribute]), table.c.key)
        Index(f"ix_{table.name}_{attribute}", *columns, **present)
    for attribute in ("changed_at", "remote_deleted_at"):
        Index(f"ix_{table.name}_{attribute}", table.c.integration, table.c[attribute], table.c.key)
