"""Roles (crelate-api 5): the owner of a job, and one per `UserType`."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from gateway.crelate.entities import Lookup, User
from gateway.crelate.mapping.table import Field, Table
from gateway.crelate.readers import key, text, title
from gateway.crelate.vocabulary import OWNER, OWNER_LABEL, ROLE_SCOPE, SYSTEM_ROLE, UNIFIED_ROLE_TYPE
from schema.role import Role, RoleScope

LONGEST_LABEL = 200
"""Characters: a key is in indexes."""


def user_type(user: User) -> Any:
    """The lookup of a user's type, under either name (ASM-15)."""
    return user.UserType or user.UserTypeId


def system_role(user: User) -> str | None:
    """Key of the role a user's type stands for: the type's id, else `system:` and its title."""
    kind = user_type(user)
    if isinstance(kind, Lookup) and (found := key(kind)):
        return found
    label = title(kind)
    return f"{SYSTEM_ROLE}{short(label)}" if label else None


def short(label: str) -> str:
    """A label as part of a key; a long one ends in its digest."""
    if len(label) <= LONGEST_LABEL:
        return label
    return label[:LONGEST_LABEL] + blake2b(label.encode(), digest_size=16).hexdigest()


def role_rows(users: Iterable[User]) -> list[Lookup]:
    """One row per role there is: the owner role, and the distinct types of these users."""
    rows = {OWNER: Lookup(OWNER, OWNER_LABEL)}
    for user in users:
        if role := system_role(user):
            rows.setdefault(role, Lookup(role, title(user_type(user)) or role))
    return list(rows.values())


def scope(role: Any) -> RoleScope:
    """On jobs for the owner role, in the whole system for all others."""
    return ROLE_SCOPE.get(role, RoleScope.SYSTEM)


ROLE = Table(
    Role,
    Lookup,
    Field("key", "Id"),
    Field("remote_id", "Id"),
    Field("remote_label", "Title", text),
    Field("scope", "Id", scope),
    Field("unified_type", "Id", UNIFIED_ROLE_TYPE.get),
)
