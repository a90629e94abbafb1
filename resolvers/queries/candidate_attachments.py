"""Get candidate attachments (model 6.5)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from schema.actions.attachment import Attachment


async def candidate_attachments(
    info: Info,
    candidate_id: Annotated[strawberry.ID, strawberry.argument(description="Its id, or `remote:<remote id>`.")],
) -> list[Attachment] | None:
    """The candidate's files that the ATS lets anyone read: the CV, or none."""
    return await info.context.attachments(info.context.ids.key("Candidate", candidate_id, "candidateId"))
