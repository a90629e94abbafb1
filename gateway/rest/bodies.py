"""The bodies of the actions (model 6): what must be given, what may be, and what the ATS does not have."""

from typing import Literal

from pydantic import ConfigDict

from gateway.rest.input import Given, Instant, Unsupported


class Body(Given):
    """A body, or an object in one: types are taken at their word."""

    model_config = ConfigDict(strict=True)


class Typed(Body):
    """An address or number with its kind."""

    type: Literal["PERSONAL", "WORK", "OTHER"]


class EmailAddress(Typed):
    """Another e-mail address."""

    email_address: str


class Location(Body):
    """Where the candidate lives."""

    country: str
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    street_1: Unsupported


class SalaryExpectations(Body):
    """What the candidate would like to earn."""

    period: Literal["MONTH", "YEAR"]
    amount: float


class SocialLink(Body):
    """A page about the candidate."""

    url: str


class Candidate(Body):
    """The person."""

    first_name: str
    last_name: str
    email_address: str
    additional_email_addresses: list[EmailAddress] | None = None
    company: str | None = None
    title: str | None = None
    phone_number: str | None = None
    additional_phone_numbers: Unsupported
    location: Location | None = None
    gender: Unsupported
    availability_date: Instant | None = None
    salary_expectations: SalaryExpectations | None = None
    social_links: list[SocialLink] | None = None


class Application(Body):
    """The job applied for."""

    job_id: str
    stage_id: str | None = None


class Attachment(Body):
    """A file."""

    name: str
    type: Literal["CV", "COVER_LETTER", "OTHER"]
    content_type: str | None = None
    data_url: str | None = None
    data: str | None = None


class Source(Body):
    """Where the candidate came from."""

    name: str | None = None
    unified_key: str | None = None
    id: str | None = None


class SourcedBy(Body):
    """Who found the candidate."""

    user_id: str


class Applying(Body):
    """What the bodies of both actions that create something have in common."""

    candidate: Candidate
    attachments: list[Attachment] | None = None
    source: Source | None = None
    sourced_by: SourcedBy | None = None
    screening_question_answers: Unsupported
    gdpr_consent: Unsupported
    remote_fields: Unsupported


class CreateCandidate(Applying):
    """Body of that action (model 6.1)."""

    application: Application


class CreateApplication(Applying):
    """Body of that action; its job is in the path (model 6.2)."""

    stage_id: str | None = None


class AddAttachment(Body):
    """Body of that action (model 6.3)."""

    attachment: Attachment
    remote_fields: Unsupported


class MoveApplication(Body):
    """Body of that action, which their page of this ATS does not list."""

    stage_id: str
    remote_fields: Unsupported


class AddNote(Body):
    """Body of that action (model 6.4)."""

    content: str
    content_type: Literal["PLAIN_TEXT"]
    remote_fields: Unsupported
