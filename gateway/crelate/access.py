"""Whose key it is, and what its owner may read: asked before an account is connected and whenever it is looked over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.crelate.client import Client
from gateway.crelate.mapping.table import Facts
from gateway.crelate.mapping.user import USER
from gateway.crelate.protocol import Answer, get
from gateway.crelate.readers import mapping
from resolvers.errors import AtsError, Rejected, UpstreamUnauthorized, UpstreamUnreadable

FORBIDDEN = 403

READINGS = {
    "/users": "users, hiring teams, roles",
    "/jobs": "jobs, applications",
    "/contacts": "candidates",
    "/workflowstatuses": "application stages",
    "/activities": "interviews, interviewing teams",
}
"""List -> what of the unified model cannot be read without a right to it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key it is.

    Attributes:
        name: Null when Crelate does not say.
        server_time: Crelate's clock when it answered, or null.
    """

    name: str | None = None
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """What came of reading one row of a list.

    Attributes:
        list: Path of the list.
        gives: What of the unified model it gives.
        error: Why it could not be read, or null.
        total: Rows in the whole list, or null.
    """

    list: str
    gives: str
    error: AtsError | None = None
    total: int | None = None

    @property
    def refused(self) -> bool:
        """Whether a right is missing, rather than anything else in the way."""
        return isinstance(self.error, UpstreamUnauthorized)


async def read_owner(client: Client) -> Owner:
    """Whose key it is, by `/users/self`; where that path gives nothing, one row of `/users` must show the key is good.

    Raises:
        AtsError: the key was refused, or what answers is not Crelate. A missing right to read users raises nothing.
    """
    try:
        answer = await client.send(get("/users/self"))
    except (Rejected, UpstreamUnreadable):
        return await _unnamed(client)
    except UpstreamUnauthorized as error:
        if not _lacks_right(error):
            raise
        return await _unnamed(client)
    return Owner(_name(answer), answer.server_time)


async def read_rights(client: Client) -> list[Right]:
    """What the key's owner may read, list by list."""
    return list(await asyncio.gather(*(_right(client, path, gives) for path, gives in READINGS.items())))


async def _unnamed(client: Client) -> Owner:
    try:
        return Owner(server_time=(await client.send(get("/users", {"limit": "1"}))).server_time)
    except UpstreamUnauthorized as error:
        if not _lacks_right(error):
            raise
        return Owner()


async def _right(client: Client, path: str, gives: str) -> Right:
    request = get(path, {"limit": "1"})
    try:
        answer = await client.send(request)
    except AtsError as error:
        return Right(path, gives, error=error)
    if not isinstance(answer.data, list):
        return Right(path, gives, error=UpstreamUnreadable(upstream=request.upstream()))
    return Right(path, gives, total=answer.total)


def _lacks_right(error: AtsError) -> bool:
    return error.upstream is not None and error.upstream.status == FORBIDDEN


def _name(answer: Answer) -> str | None:
    """First and last name, without what a terminal would take for an order."""
    user: Any = USER.one(mapping(answer.data), Facts())
    name = " ".join(filter(None, (user.first_name, user.last_name)))
    return "".join(filter(str.isprintable, name)) or None
