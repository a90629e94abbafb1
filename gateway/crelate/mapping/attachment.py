"""The candidate's CV, read back (crelate-api 4.10, 6.3)."""

from __future__ import annotations

from gateway.crelate.mapping.table import Row
from gateway.crelate.readers import instant, key, number, text, title
from schema.actions.attachment import Attachment, AttachmentType

CV = "PrimaryDocumentAttachmentId"
"""Where a contact says which of its files is the CV."""


def cv_key(contact: Row) -> str | None:
    """Key of the contact's CV, or null."""
    return key(contact.get(CV))


def cv(contact: Row, row: Row) -> Attachment:
    """The contact's CV with what its own row says (ASM-10), or with its name alone when there is no such row.

    Where it can be fetched is for others to say.
    """
    size = number(row.get("ContentLength"))
    return Attachment(
        candidate_key=str(key(contact)),
        remote_id=cv_key(contact),
        type=AttachmentType.CV,
        name=text(row.get("FileName")) or title(contact.get(CV)) or "cv",
        content_type=text(row.get("ContentType")),
        size=None if size is None else int(size),
        remote_created_at=instant(row.get("CreatedOn")),
    )
