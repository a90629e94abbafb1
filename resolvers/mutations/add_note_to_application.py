"""Add note to application (model 6.4)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import perform, report
from schema.actions.action import ActionName
from schema.actions.add_note_to_application import AddNoteToApplicationInput, AddNoteToApplicationPayload, Note


async def add_note_to_application(
    info: Info,
    input: Annotated[AddNoteToApplicationInput, strawberry.argument(description="The application and the text.")],
) -> AddNoteToApplicationPayload | None:
    """Add a note to an application."""
    result = await perform(info, ActionName.ADD_NOTE_TO_APPLICATION, input)
    note = result.note_id and Note(remote_id=result.note_id, content=input.content, remote_created_at=result.note_time)
    return AddNoteToApplicationPayload(note=note or None, **report(result))
