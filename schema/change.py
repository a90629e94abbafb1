"""Changes: what the gateway saw happen to records, each exactly once."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.model import MODELS
from schema.privacy import PERSONAL
from schema.record import Node, references
from schema.relation import Kind, relations
from schema.strawberry_bridge import declared, to_camel_case


@strawberry.enum(description="A model.")
class ModelName(Enum):
    """The models as an enum, in the order of `MODELS`; values are names of types."""

    USER = strawberry.enum_value("User", description="People who work in the ATS.")
    JOB = strawberry.enum_value("Job", description="Positions to be filled.")
    CANDIDATE = strawberry.enum_value("Candidate", description="People who may be hired.")
    APPLICATION_STAGE = strawberry.enum_value("ApplicationStage", description="Steps an application can be in.")
    APPLICATION = strawberry.enum_value("Application", description="Candidates considered for a job.")
    INTERVIEW = strawberry.enum_value("Interview", description="Meetings about an application.")
    ROLE = strawberry.enum_value("Role", description="Roles users can hold.")
    JOB_HIRING_TEAM_MEMBER = strawberry.enum_value(
        "JobHiringTeamMember", description="Users on the hiring team of a job."
    )
    JOB_USER_ROLE_ASSIGNMENT = strawberry.enum_value(
        "JobUserRoleAssignment", description="Roles of members of hiring teams."
    )
    USER_ROLE = strawberry.enum_value("UserRole", description="System roles of users.")
    INTERVIEWING_TEAM_MEMBER = strawberry.enum_value(
        "InterviewingTeamMember", description="Users who take part in an interview."
    )


@strawberry.enum(description="What happened to a record.")
class ChangeKind(Enum):
    """The four things that can be observed."""

    CREATED = strawberry.enum_value("CREATED", description="It was seen for the first time.")
    UPDATED = strawberry.enum_value("UPDATED", description="One of its properties changed.")
    DELETED = strawberry.enum_value("DELETED", description="It is gone from the ATS.")
    RESTORED = strawberry.enum_value("RESTORED", description="It was gone and has come back.")


def shown_as(model: str, name: str) -> str:
    """The GraphQL name of a property; a key that only the gateway sees goes by the field that shows it."""
    record_type = MODELS[model].record
    shown = {key: field for field, (_, key) in references(record_type).items()}
    shown |= {relation.key: field for field, relation in relations(record_type).items() if relation.kind is Kind.EACH}
    return to_camel_case(shown.get(name, name))


@strawberry.type(description="Something that happened to a record, as the gateway saw it.")
class Change:
    """One entry of the change log.

    Attributes:
        key: Key of the record.
    """

    key: strawberry.Private[str]

    id: strawberry.ID = strawberry.field(description="Id of the change itself: two changes of one record have two.")
    cursor: str = strawberry.field(description="Opaque place in the log: pass it as `after` to go on from here.")
    model: ModelName = strawberry.field(description="Its model.")
    kind: ChangeKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(
        description="When the gateway saw it; the same instant as the record's `changedAt`."
    )
    hash_before: str | None = strawberry.field(
        default=None, description="Hash of the record's content before; null where there was none.", directives=PERSONAL
    )
    hash_after: str | None = strawberry.field(
        default=None, description="Hash of its content afterwards; null where there is none.", directives=PERSONAL
    )

    record_id: strawberry.ID = strawberry.field(description="Id of the record.")
    fields: list[str] = strawberry.field(description="Fields that differ; empty for a record that came or went.")
    changed_fields: list[str] = strawberry.field(description="As `fields`.", deprecation_reason="Renamed to `fields`.")
    record: Node | None = declared("The record as it is now; null when it is gone.", {"subject": True})
