"""User roles: the link between a user and a system role (model 4.8-4.11)."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import ids_of
from schema.record import RecordFilter, Tracked, reference
from schema.relation import one

if TYPE_CHECKING:
    from schema.role import Role
    from schema.user import User


@strawberry.type(description="A system role that a user holds.")
class UserRole(Tracked):
    """Model 4.8-4.11.

    Attributes:
        user_key, role_key: Keys of the user and the role.
    """

    user_key: strawberry.Private[str]
    role_key: strawberry.Private[str]

    user_id: strawberry.ID = reference("User", "user_key", "Id of the user.")
    role_id: strawberry.ID = reference("Role", "role_key", "Id of the role.")

    user: Annotated["User", strawberry.lazy("schema.user")] | None = one("User", "user_key", "The user.")
    role: Annotated["Role", strawberry.lazy("schema.role")] | None = one("Role", "role_key", "The role.")


@strawberry.input(description="Which user roles to list.")
class UserRoleFilter(RecordFilter):
    """Both ends of the link."""

    user_ids: list[strawberry.ID] | None = ids_of("User", "user_key", "Only roles of these users.")
    role_ids: list[strawberry.ID] | None = ids_of("Role", "role_key", "Only these roles.")
