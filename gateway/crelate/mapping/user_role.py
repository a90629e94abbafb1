"""User roles (crelate-api 5): each user holds the role of its `UserType`."""

from __future__ import annotations

from gateway.crelate.entities import User
from gateway.crelate.mapping.role import system_role
from gateway.crelate.mapping.table import Computed, Facts, Field, Table
from gateway.crelate.readers import key
from schema.user_role import UserRole


def user_role_key(row: User, _: Facts) -> str:
    """`{user}:{role}`."""
    return f"{key(row)}:{system_role(row)}"


def role_key(row: User, _: Facts) -> str | None:
    """The role of the user's type; users without a type have no user role and never get here."""
    return system_role(row)


USER_ROLE = Table(
    UserRole,
    User,
    Computed("key", user_role_key),
    Field("user_key", "Id", key),
    Computed("role_key", role_key),
)
