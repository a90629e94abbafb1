"""What a dry run would have sent."""

import strawberry

from schema.privacy import PERSONAL
from schema.scalars import JSON


@strawberry.type(description="A request to the ATS that the action would send, in order.")
class PlannedCall:
    """Ids that earlier calls would give stand as `{candidate}`, `{company}` and the like."""

    method: str = strawberry.field(description="HTTP method.")
    path: str = strawberry.field(description="Path template, such as `/jobs/{id}`.")
    params: JSON | None = strawberry.field(default=None, description="Query parameters.", directives=PERSONAL)
    body: JSON | None = strawberry.field(
        default=None, description="JSON body; for a file its name, type and size.", directives=PERSONAL
    )
