"""Whose key it is, and what its owner may read: asked before an account is connected and whenever it is looked over."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.crelate.client import Client
from gateway.crelate.entities import User, fitted
from gateway.crelate.mapping.table import Facts
from gateway.crelate.mapping.user import USER
from gateway.crelate.obstacles import cannot_connect, no_rights
from gateway.crelate.protocol import Answer, get
from gateway.crelate.readers import mapping
from resolvers.errors import AtsError, Rejected, UpstreamUnauthorized, UpstreamUnreadable
from resolvers.ports.access import Access, Owner, Right

SELF = "/users/self"

READINGS = {
    "/users": "users, hiring teams, roles",
    "/jobs": "jobs, applications",
    "/contacts": "candidates",
    "/workflowstatuses": "application stages",
    "/activities": "interviews, interviewing teams",
}
"""List -> what of the unified model cannot be read without a right to it."""


async def read_access(client: Client, address: str) -> Access:
    """Whose key it is and what it opens.

    Raises:
        CannotConnect: it opens nothing, or nothing at the address can answer.
    """
    try:
        access = Access(await read_owner(client), await read_rights(client))
    except AtsError as error:
        raise cannot_connect(error, address) from error
    errors = [right.error for right in access.rights if right.error and not right.refused]
    if all(right.refused for right in access.rights):
        raise no_rights()
    if all(right.error for right in access.rights):
        raise cannot_connect(errors[0], address)
    return access


async def read_owner(client: Client) -> Owner:
    """Whose key it is, by `/users/self`; where that path gives nothing, one row of `/users` must show the key is good.

    Raises:
        AtsError: the key was refused, or what answers is not Crelate. A missing right to read users raises nothing.
    """
    try:
        answer = await client.send(get(SELF))
    except (Rejected, UpstreamUnreadable):
        return await _unnamed(client)
    except UpstreamUnauthorized as error:
        if error.concerns_all:
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
        if error.concerns_all:
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


def _name(answer: Answer) -> str | None:
    """First and last name, without what a terminal would take for an order."""
    user: Any = USER.one(fitted(User, dict(mapping(answer.data))), Facts())
    name = " ".join(filter(None, (user.first_name, user.last_name)))
    return "".join(filter(str.isprintable, name)) or None
