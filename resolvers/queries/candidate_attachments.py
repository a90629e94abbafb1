"""Get candidate attachments (model 6.5)."""

from inspect import Parameter
from typing import Annotated, Any

import strawberry

from schema.actions.attachment import Attachment
from schema.strawberry_bridge import declared

ID = Annotated[strawberry.ID, strawberry.argument(description="Its id, or `remote:<remote id>`.")]


def candidate_attachments() -> Any:
    """`candidateAttachments`."""
    return declared(
        "The candidate's files, as far as the ATS lets them be read.",
        {"candidate_attachments": True},
        [Parameter("candidate_id", Parameter.KEYWORD_ONLY, annotation=ID)],
        list[Attachment] | None,
        "candidate_attachments",
    )
