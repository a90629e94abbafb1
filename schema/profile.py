"""What has been learnt about an account, as data: so that a client sees what answers rest on, and what has changed."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.scalars import JSON


@strawberry.enum(description="How something was learnt about an account.")
class LearntBy(Enum):
    """Who looked."""

    DOCTOR = strawberry.enum_value("doctor", description="`ats-gateway doctor` looked for it.")
    CONNECT = strawberry.enum_value("connect", description="`ats-gateway connect` saw it.")
    REQUEST = strawberry.enum_value("request", description="A request, a sync or an action met it.")


@strawberry.type(description="Something that was learnt about an account of the ATS. It holds no data of records.")
class ProfileFact:
    """One fact; a null value stands for one that stopped holding and has not been looked for again."""

    name: str = strawberry.field(description="What it is about, in the ATS's own words, such as a filter of a list.")
    value: JSON | None = strawberry.field(
        description="What was found; null where it stopped holding and is looked for again when it is needed."
    )
    learnt_at: datetime = strawberry.field(description="When it was found, or last seen to hold.")
    learnt_by: LearntBy = strawberry.field(description="How it was found.")
    drifted_at: datetime | None = strawberry.field(
        description="When it was found to be otherwise than before; null for one that has held."
    )
    before: JSON | None = strawberry.field(description="What it was before it drifted.")
