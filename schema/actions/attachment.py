"""Files: as they are given to an action, and as they are read back (model 6.0, 6.5)."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.privacy import PERSONAL


@strawberry.enum(description="What a file is.")
class AttachmentType(Enum):
    """Model 6.0."""

    CV = strawberry.enum_value("CV", description="The candidate's CV.")
    COVER_LETTER = strawberry.enum_value("COVER_LETTER", description="A cover letter.")
    OTHER = strawberry.enum_value("OTHER", description="Anything else.")


@strawberry.input(description="A file: its bytes as base64 in `data`, or where to fetch them in `dataUrl`.")
class AttachmentInput:
    """Model 6.0."""

    name: str = strawberry.field(description="File name with its extension, such as `cv.pdf`.")
    type: AttachmentType = strawberry.field(default=AttachmentType.OTHER, description="What the file is.")
    content_type: str | None = strawberry.field(
        default=None,
        description="Media type, such as `application/pdf`. Needed with `data`, unless that is a data URI; "
        "with `dataUrl` the answer's own is taken when it is missing. A wrong one is a warning.",
    )
    data_url: str | None = strawberry.field(
        default=None, description="An http or https address, reachable without credentials. It is fetched once."
    )
    data: str | None = strawberry.field(default=None, description="The file as base64, or as a data URI.")


@strawberry.type(description="A file of a candidate.")
class Attachment:
    """Model 6.5.

    Attributes:
        candidate_key: Key of the candidate.
    """

    candidate_key: strawberry.Private[str]

    remote_id: str | None = strawberry.field(description="Id in the ATS; null while it is still being worked in.")
    type: AttachmentType = strawberry.field(description="What the file is.")
    name: str | None = strawberry.field(description="File name.", directives=PERSONAL)
    content_type: str | None = strawberry.field(default=None, description="Media type.")
    size: int | None = strawberry.field(default=None, description="Length in bytes; null when it is not known.")
    remote_created_at: datetime | None = strawberry.field(default=None, description="Creation according to the ATS.")
    data_url: str | None = strawberry.field(
        default=None,
        description="Signed address on this gateway that streams the file. It works for some minutes, without a token.",
        directives=PERSONAL,
    )
