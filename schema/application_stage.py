"""Application stages: the steps of a recruiting process (model 4.4)."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.connection import Connection
from schema.criterion import contains
from schema.record import OrderDirection, RecordFilter, Tracked
from schema.relation import connection
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.application import Application, ApplicationFilter, ApplicationOrder


@strawberry.type(description="A step an application can be in, such as `Phone Screen`.")
class ApplicationStage(Tracked):
    """Model 4.4."""

    remote_id: str | None = strawberry.field(description="Id in the ATS.")
    name: str | None = strawberry.field(default=None, description="What people call the stage.")
    remote_data: JSON | None = strawberry.field(default=None, description="The ATS's own record, by endpoint.")

    applications: Connection[Annotated["Application", strawberry.lazy("schema.application")]] | None = connection(
        "Application",
        "current_stage_key",
        Annotated["ApplicationFilter", strawberry.lazy("schema.application")],
        Annotated["ApplicationOrder", strawberry.lazy("schema.application")],
        "Applications now in this stage.",
        fan_out=100,
    )


@strawberry.input(description="Which stages to list.")
class ApplicationStageFilter(RecordFilter):
    """Model 5.1 and more."""

    name_contains: str | None = contains("name", "Only stages whose name contains this; case does not matter.")


@strawberry.enum(description="What stages can be sorted by; without an order they come as the process runs.")
class ApplicationStageOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    NAME = strawberry.enum_value("name", description="By name.")


@strawberry.input(description="How to sort stages.")
class ApplicationStageOrder:
    """One level of sorting."""

    field: ApplicationStageOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
