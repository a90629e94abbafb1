"""Create candidate and create application: one input, one payload (model 6.1, 6.2)."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.actions.attachment import AttachmentInput
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError
from schema.application import Application
from schema.candidate import Candidate
from schema.relation import one
from schema.scalars import JSON


@strawberry.enum(description="Kind of an e-mail address.")
class EmailAddressType(Enum):
    """Model 3, input form."""

    PERSONAL = strawberry.enum_value("PERSONAL", description="The candidate's own.")
    WORK = strawberry.enum_value("WORK", description="At the employer.")
    OTHER = strawberry.enum_value("OTHER", description="Any other.")


@strawberry.enum(description="What an amount of pay covers.")
class SalaryPeriod(Enum):
    """Model 6.1, and shorter periods."""

    YEAR = strawberry.enum_value("YEAR", description="A year.")
    MONTH = strawberry.enum_value("MONTH", description="A month.")
    WEEK = strawberry.enum_value("WEEK", description="A week.")
    DAY = strawberry.enum_value("DAY", description="A day of work.")
    HOUR = strawberry.enum_value("HOUR", description="An hour.")


@strawberry.enum(description="What to do when the candidate exists already: the same e-mail address.")
class OnDuplicate(Enum):
    """The duplicate policy."""

    ATTACH = strawberry.enum_value("ATTACH", description="Use the existing candidate as it is.")
    UPDATE = strawberry.enum_value("UPDATE", description="Use it, and fill in what is empty there.")
    REJECT = strawberry.enum_value("REJECT", description="Write nothing; the existing candidate is returned.")
    CREATE = strawberry.enum_value("CREATE", description="Create another one, if the ATS lets that happen.")


@strawberry.enum(description="What to do when the ATS takes somebody of the same name for the candidate.")
class OnNamesake(Enum):
    """The policy for somebody of the same name who shares no address with the candidate."""

    REJECT = strawberry.enum_value("REJECT", description="Write nothing; the namesake is returned.")
    ATTACH = strawberry.enum_value("ATTACH", description="It is the same person: go on as `onDuplicate` says.")


@strawberry.enum(description="How far an action has come.")
class ActionStatus(Enum):
    """Of a payload."""

    DONE = strawberry.enum_value("DONE", description="Nothing more will happen.")
    PENDING = strawberry.enum_value("PENDING", description="It goes on: ask `action(id: ...)` for the result.")


@strawberry.input(description="Another e-mail address of the candidate.")
class AdditionalEmailAddressInput:
    """Model 3, input form."""

    email_address: str = strawberry.field(description="The address.")
    type: EmailAddressType = strawberry.field(default=EmailAddressType.PERSONAL, description="Kind of address.")


@strawberry.input(description="Where the candidate lives.")
class LocationInput:
    """Model 3, input form."""

    city: str | None = strawberry.field(default=None, description="City.")
    country: str | None = strawberry.field(default=None, description="ISO 3166-1 alpha-2 code, such as `US`.")
    state: str | None = strawberry.field(default=None, description="State or region.")
    zip_code: str | None = strawberry.field(default=None, description="Postal code.")


@strawberry.input(description="What the candidate would like to earn.")
class SalaryExpectationsInput:
    """Model 6.1."""

    period: SalaryPeriod = strawberry.field(
        description="What the amount covers; where the ATS stores another period, the amount is converted."
    )
    amount: float = strawberry.field(description="The amount, in the account's currency.")


@strawberry.input(description="A page about the candidate.")
class SocialLinkInput:
    """Model 6.1."""

    url: str = strawberry.field(description="Its http or https address.")


@strawberry.input(description="A value of a field of the account's own making.")
class CustomFieldInput:
    """Beyond the model."""

    key: str = strawberry.field(description="The ATS's own name of the field, or its label.")
    value: JSON = strawberry.field(
        description="Text, a number, true or false, a date as text, or the label or key of an option, as the field's "
        "type asks for."
    )


@strawberry.input(description="The person.")
class CandidateInput:
    """Model 6.1."""

    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email_address: str = strawberry.field(description="Main e-mail address. The candidate is recognised by it.")
    additional_email_addresses: list[AdditionalEmailAddressInput] | None = strawberry.field(
        default=None, description="Further addresses."
    )
    company: str | None = strawberry.field(default=None, description="Current employer.")
    title: str | None = strawberry.field(default=None, description="Current job title.")
    phone_number: str | None = strawberry.field(
        default=None, description="Phone number. One that the ATS cannot store is skipped with a warning."
    )
    location: LocationInput | None = strawberry.field(default=None, description="Where the candidate lives.")
    availability_date: datetime | None = strawberry.field(default=None, description="When the candidate could start.")
    salary_expectations: SalaryExpectationsInput | None = strawberry.field(default=None, description="Wished salary.")
    social_links: list[SocialLinkInput] | None = strawberry.field(default=None, description="Pages about the person.")
    custom_fields: list[CustomFieldInput] | None = strawberry.field(
        default=None, description="Fields of the account's own making."
    )


@strawberry.input(description="The job applied for.")
class ApplicationInput:
    """Model 6.1."""

    job_id: strawberry.ID = strawberry.field(description="Id of the job; `remote:<remote id>` works too.")
    stage_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the stage to start in; without it the first one of the ATS."
    )


@strawberry.input(description="Where the candidate came from. One of these is enough; `id` wins over the others.")
class SourceInput:
    """Model 6.1."""

    name: str | None = strawberry.field(default=None, description="Exactly as the ATS calls it; case does not matter.")
    unified_key: str | None = strawberry.field(
        default=None, description="A well-known channel, such as `LINKEDIN` or `INDEED`."
    )
    id: str | None = strawberry.field(default=None, description="Id of the source in the ATS.")


@strawberry.input(description="The person who found the candidate.")
class SourcedByInput:
    """Model 6.1."""

    user_id: strawberry.ID = strawberry.field(description="Id of the user; `remote:<remote id>` works too.")


@strawberry.input(description="What to create, and how.")
class CreateCandidateInput:
    """Model 6.1."""

    candidate: CandidateInput = strawberry.field(description="The person.")
    application: ApplicationInput | None = strawberry.field(
        default=None, description="The job applied for; may be left out when only the person is created."
    )
    attachments: list[AttachmentInput] | None = strawberry.field(default=None, description="Files, such as the CV.")
    source: SourceInput | None = strawberry.field(default=None, description="Where the candidate came from.")
    sourced_by: SourcedByInput | None = strawberry.field(default=None, description="Who found the candidate.")
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any text of your choice: the same key with the same input is carried out once, however often "
        "it is sent. Without one the gateway makes one and returns it as `actionId`'s key.",
    )
    on_duplicate: OnDuplicate = strawberry.field(
        default=OnDuplicate.ATTACH, description="What to do when the candidate exists already."
    )
    on_namesake: OnNamesake = strawberry.field(
        default=OnNamesake.REJECT,
        description="What to do when the ATS refuses the candidate for a duplicate of somebody with the same name and "
        "another e-mail address.",
    )
    dry_run: bool = strawberry.field(default=False, description="Check and plan, but write nothing.")


@strawberry.type(description="What came of it.")
class CreateCandidatePayload:
    """Model 6.1, 6.2: the records themselves are returned, with everything that can be asked of them.

    Attributes:
        candidate_key, application_key: Keys of the records that were made or used.
    """

    candidate_key: strawberry.Private[str | None] = None
    application_key: strawberry.Private[str | None] = None

    candidate: Candidate | None = one("Candidate", "candidate_key", "The candidate, as the ATS has it now.")
    application: Application | None = one("Application", "application_key", "The application.")
    status: ActionStatus = strawberry.field(default=ActionStatus.DONE, description="How far it has come.")
    action_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id for `Query.action`; null for a dry run or an input that was refused at once."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The key, given or made: send it again to get the same result."
    )
    planned_calls: list[PlannedCall] | None = strawberry.field(
        default=None, description="For a dry run: what would be sent. Null otherwise."
    )
    replayed: bool = strawberry.field(
        default=False, description="Whether this is the result of an earlier call with the same key."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Everything that is wrong with the input, all at once."
    )
    warnings: list[ActionWarning] = strawberry.field(
        default_factory=list, description="Everything dropped, changed or assumed."
    )
