"""Interviewing team members: the link between an interview and an interviewer (model 4.8-4.11)."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import ids_of
from schema.record import RecordFilter, Tracked, reference
from schema.relation import one

if TYPE_CHECKING:
    from schema.interview import Interview
    from schema.user import User


@strawberry.type(description="A user who takes part in an interview.")
class InterviewingTeamMember(Tracked):
    """Model 4.8-4.11.

    Attributes:
        interview_key, user_key: Keys of the interview and the user.
    """

    interview_key: strawberry.Private[str]
    user_key: strawberry.Private[str]

    interview_id: strawberry.ID = reference("Interview", "interview_key", "Id of the interview.")
    user_id: strawberry.ID = reference("User", "user_key", "Id of the user.")

    interview: Annotated["Interview", strawberry.lazy("schema.interview")] | None = one(
        "Interview", "interview_key", "The interview."
    )
    user: Annotated["User", strawberry.lazy("schema.user")] | None = one("User", "user_key", "The interviewer.")


@strawberry.input(description="Which interviewing team members to list.")
class InterviewingTeamMemberFilter(RecordFilter):
    """Both ends of the link."""

    interview_ids: list[strawberry.ID] | None = ids_of("Interview", "interview_key", "Only the teams of these.")
    user_ids: list[strawberry.ID] | None = ids_of("User", "user_key", "Only these users.")
