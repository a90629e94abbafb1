"""Candidates: people who may be hired (model 4.3)."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.connection import Connection
from schema.criterion import contains, ids_of, one_of
from schema.custom_field import CustomField, one_custom_field, several_custom_fields
from schema.privacy import PERSONAL
from schema.record import OrderDirection, RecordFilter, Tracked
from schema.relation import connection, many
from schema.scalars import JSON
from schema.values import EmailAddress, IntegrationField, Location, PhoneNumber

if TYPE_CHECKING:
    from schema.actions.attachment import Attachment
    from schema.application import Application, ApplicationFilter, ApplicationOrder


@strawberry.type(description="A person who may be hired.")
class Candidate(Tracked):
    """Model 4.3."""

    remote_id: str = strawberry.field(description="Id in the ATS.")
    first_name: str | None = strawberry.field(default=None, description="First name.", directives=PERSONAL)
    last_name: str | None = strawberry.field(default=None, description="Last name.", directives=PERSONAL)
    company: str | None = strawberry.field(default=None, description="Current employer.", directives=PERSONAL)
    title: str | None = strawberry.field(default=None, description="Current job title.", directives=PERSONAL)
    phone_numbers: list[PhoneNumber] | None = strawberry.field(
        default_factory=list, description="Phone numbers, the primary one first.", directives=PERSONAL
    )
    email_addresses: list[EmailAddress] | None = strawberry.field(
        default_factory=list, description="Valid e-mail addresses, the primary one first.", directives=PERSONAL
    )
    location: Location | None = strawberry.field(
        default=None, description="Where the candidate lives or works.", directives=PERSONAL
    )
    custom_fields: JSON | None = strawberry.field(
        default=None, description="Fields of the account's own making, by label.", directives=PERSONAL
    )
    integration_fields: list[IntegrationField] = strawberry.field(
        default_factory=list, description="The same fields with key, label and value."
    )
    custom_field: CustomField | None = one_custom_field()
    typed_custom_fields: list[CustomField] | None = several_custom_fields()
    remote_url: str | None = strawberry.field(default=None, description="The candidate's page in the ATS.")
    remote_created_at: datetime | None = strawberry.field(default=None, description="Creation according to the ATS.")
    remote_updated_at: datetime | None = strawberry.field(default=None, description="Last change according to the ATS.")
    remote_data: JSON | None = strawberry.field(
        default=None, description="The ATS's own record, by endpoint.", directives=PERSONAL
    )

    applications: Connection[Annotated["Application", strawberry.lazy("schema.application")]] | None = connection(
        "Application",
        "candidate_key",
        Annotated["ApplicationFilter", strawberry.lazy("schema.application")],
        Annotated["ApplicationOrder", strawberry.lazy("schema.application")],
        "Applications of this candidate.",
        fan_out=2,
    )
    attachments: list[Annotated["Attachment", strawberry.lazy("schema.actions.attachment")]] | None = many(
        "Attachment",
        "candidate_key",
        "Files, as far as the ATS lets them be read.",
        fan_out=1,
    )


@strawberry.input(description="Which candidates to list.")
class CandidateFilter(RecordFilter):
    """Model 5.2 and more."""

    email: str | None = one_of(
        "email_addresses.email_address", "Only candidates with this address; case does not matter."
    )
    first_name: str | None = one_of("first_name", "Only candidates with this first name; case does not matter.")
    last_name: str | None = one_of("last_name", "Only candidates with this last name; case does not matter.")
    last_name_contains: str | None = contains("last_name", "Only candidates whose last name contains this.")
    company_contains: str | None = contains("company", "Only candidates whose current employer contains this.")
    job_ids: list[strawberry.ID] | None = ids_of(
        "Job", "applications.job_key", "Only candidates who applied for one of these jobs."
    )


@strawberry.enum(description="What candidates can be sorted by.")
class CandidateOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    FIRST_NAME = strawberry.enum_value("first_name", description="By first name.")
    LAST_NAME = strawberry.enum_value("last_name", description="By last name.")
    COMPANY = strawberry.enum_value("company", description="By current employer.")
    REMOTE_CREATED_AT = strawberry.enum_value("remote_created_at", description="By creation according to the ATS.")
    REMOTE_UPDATED_AT = strawberry.enum_value(
        "remote_updated_at", description="By the last change according to the ATS."
    )


@strawberry.input(description="How to sort candidates.")
class CandidateOrder:
    """One level of sorting."""

    field: CandidateOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
