"""Roles: what a user is allowed to do or responsible for (model 4.7)."""

from enum import Enum

import strawberry

from schema.criterion import one_of
from schema.record import OrderDirection, RecordFilter, Tracked
from schema.values import UnifiedRoleType


@strawberry.enum(description="Where a role applies.")
class RoleScope(Enum):
    """Model 4.7."""

    SYSTEM = strawberry.enum_value("SYSTEM", description="In the whole ATS.")
    JOB = strawberry.enum_value("JOB", description="On single jobs.")


@strawberry.type(description="A role users can hold, in the whole ATS or on a job.")
class Role(Tracked):
    """Model 4.7."""

    remote_id: str | None = strawberry.field(description="Id in the ATS.")
    remote_label: str | None = strawberry.field(default=None, description="The ATS's own name of the role.")
    scope: RoleScope | None = strawberry.field(default=None, description="Where the role applies.")
    unified_type: UnifiedRoleType | None = strawberry.field(
        default=None, description="What the role means; null for roles without a unified meaning."
    )


@strawberry.input(description="Which roles to list.")
class RoleFilter(RecordFilter):
    """Model 5.2."""

    scopes: list[RoleScope] | None = one_of("scope", "Only roles of one of these scopes.")


@strawberry.enum(description="What roles can be sorted by.")
class RoleOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    REMOTE_LABEL = strawberry.enum_value("remote_label", description="By the ATS's own name of the role.")


@strawberry.input(description="How to sort roles.")
class RoleOrder:
    """One level of sorting."""

    field: RoleOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
