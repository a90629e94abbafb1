"""Add attachment to application (model 6.3)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import perform, report
from resolvers.ports.actions import Result
from schema.actions.action import ActionName
from schema.actions.add_attachment_to_application import (
    AddAttachmentToApplicationInput,
    AddAttachmentToApplicationPayload,
)
from schema.actions.attachment import Attachment, AttachmentInput


async def add_attachment_to_application(
    info: Info,
    input: Annotated[AddAttachmentToApplicationInput, strawberry.argument(description="The application and the file.")],
) -> AddAttachmentToApplicationPayload | None:
    """Add a file to an application. A `CV` becomes the candidate's CV, anything else one more document."""
    result = await perform(info, ActionName.ADD_ATTACHMENT_TO_APPLICATION, input)
    return AddAttachmentToApplicationPayload(attachment=_attachment(result, input.attachment), **report(result))


def _attachment(result: Result, given: AttachmentInput) -> Attachment | None:
    if result.attachment_id is None or result.candidate_key is None:
        return None
    return Attachment(
        candidate_key=result.candidate_key,
        remote_id=result.attachment_id,
        type=given.type,
        name=result.attachment_name or given.name,
        content_type=result.attachment_type,
        size=result.attachment_size,
    )
