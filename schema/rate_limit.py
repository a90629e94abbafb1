"""What is left of the ATS's request quota."""

from datetime import datetime

import strawberry


@strawberry.type(description="The quota of requests to the ATS that this integration's API key has.")
class RateLimit:
    """As the gateway counts it."""

    limit: int = strawberry.field(description="Requests the gateway allows itself in a minute.")
    remaining: int = strawberry.field(description="Requests it may send right now without waiting.")
    reset_at: datetime = strawberry.field(description="When `remaining` will have grown back to `limit`.")
