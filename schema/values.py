"""The sub-objects and enums that several models share (model 3)."""

from enum import Enum

import strawberry

from schema.privacy import PERSONAL
from schema.scalars import JSON


@strawberry.type(description="A place, as far as the ATS knows it.")
class Location:
    """Model 3, output form."""

    city: str | None = strawberry.field(default=None, description="City.")
    country: str | None = strawberry.field(
        default=None, description="ISO 3166-1 alpha-2 code where it can be told, otherwise the ATS's own wording."
    )
    raw: str | None = strawberry.field(default=None, description="The address in one line.")
    state: str | None = strawberry.field(default=None, description="State or region.")
    street_1: str | None = strawberry.field(default=None, description="First line of the street address.")
    street_2: str | None = strawberry.field(default=None, description="Second line of the street address.")
    zip_code: str | None = strawberry.field(default=None, description="Postal code.")


@strawberry.type(description="A phone number, as the ATS spells it.")
class PhoneNumber:
    """Model 3, output form."""

    phone_number: str = strawberry.field(description="The number; no format is promised.")
    type: str | None = strawberry.field(default=None, description="Such as `MOBILE`, `HOME`, `WORK`, `OTHER`.")


@strawberry.type(description="An e-mail address.")
class EmailAddress:
    """Model 3, output form."""

    email_address: str | None = strawberry.field(description="The address.")
    type: str | None = strawberry.field(default=None, description="Such as `PERSONAL`, `WORK`, `OTHER`.")


@strawberry.enum(description="Who made an integration field.")
class IntegrationFieldType(Enum):
    """Model 2."""

    DEFAULT = strawberry.enum_value("DEFAULT", description="It comes with the ATS.")
    CUSTOM = strawberry.enum_value("CUSTOM", description="The account's owner made it.")


@strawberry.type(description="A field of the ATS that the unified model does not name.")
class IntegrationField:
    """Model 2."""

    id: strawberry.ID = strawberry.field(description="Id of the field within its model.")
    key: str = strawberry.field(description="The ATS's own name of the field.")
    type: IntegrationFieldType = strawberry.field(description="Who made the field.")
    value: JSON | None = strawberry.field(description="Its value on this record.", directives=PERSONAL)
    label: str | None = strawberry.field(default=None, description="What people see it called.")


@strawberry.enum(description="What a role means, where that is known.")
class UnifiedRoleType(Enum):
    """Model 4.7."""

    HIRING_MANAGER = strawberry.enum_value("HIRING_MANAGER", description="Decides who is hired.")
    RECRUITER = strawberry.enum_value("RECRUITER", description="Runs the search for a job.")
    COORDINATOR = strawberry.enum_value("COORDINATOR", description="Arranges interviews and papers.")
    SOURCER = strawberry.enum_value("SOURCER", description="Finds candidates.")
    INTERVIEWER = strawberry.enum_value("INTERVIEWER", description="Talks to candidates.")
    ADMIN = strawberry.enum_value("ADMIN", description="Manages the ATS itself.")
