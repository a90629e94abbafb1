"""The columns of a row that are decoded for a request: those it looks at, and those that reading itself does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from msgspec import structs

from gateway.crelate.account import Account
from gateway.crelate.client import Client
from gateway.crelate.entities import ENTITIES, Part, part_of
from gateway.crelate.mapping.custom_columns import CustomColumns
from gateway.crelate.protocol import Answer, Request
from resolvers.ports.profile import Profile
from resolvers.ports.source import Fields

READ: Mapping[str, Sequence[str]] = {
    "/contacts": ("Id", "EntityStatus", "ModifiedOn", "RecordType"),
    "/jobs": ("Id", "EntityStatus", "ModifiedOn", "IsLead", "ClosedOn", "UserCloseDate"),
    "/activities": ("Id", "EntityStatus", "ModifiedOn", "VerbId", "When", "ParentId", "RegardingId"),
}
"""List with rows of many columns -> those that tell whether a row is wanted, whatever is asked of it."""

ENTITIES_HELD = 256
"""Sets of fields for which the types of rows are held."""


def narrowed(account: Account, fields: Fields) -> Account:
    """The account as a request reaches it that looks at these fields alone."""
    client = Narrowed(account.client, account.client.profile, _parts(account.custom, fields))
    return replace(account, client=client)  # type: ignore[arg-type]  # it sends, as a client does


@lru_cache(ENTITIES_HELD)
def _parts(custom: CustomColumns, fields: Fields) -> Mapping[str, type[Part]]:
    """List -> the type of its rows."""
    columns = {path: set(always) for path, always in READ.items()}
    for model, names in fields:
        table = custom.tables.get(model)
        if table is not None and table.source in columns:
            columns[table.source] |= table.columns(names if table.entity is ENTITIES[table.source] else None)
    return {path: part_of(ENTITIES[path], frozenset(wanted)) for path, wanted in columns.items()}


@dataclass(slots=True)
class Narrowed:
    """A client whose answers hold no more columns of their rows than a request looks at.

    Attributes:
        client: The client.
        profile: The client's.
        parts: List -> the type of its rows.
    """

    client: Client
    profile: Profile
    parts: Mapping[str, type[Part]]

    async def send(self, request: Request) -> Answer:
        """Carry out one call."""
        part = self.parts.get(request.template)
        return await self.client.send(structs.replace(request, entity=part) if part else request)
