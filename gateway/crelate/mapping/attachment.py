"""The candidate's CV, read back (crelate-api 4.10, 6.3)."""

from __future__ import annotations

from gateway.crelate.entities import Contact, File
from gateway.crelate.readers import instant, key, number, text, title
from schema.actions.attachment import Attachment, AttachmentType


def cv_key(contact: Contact) -> str | None:
    """Key of the contact's CV, or null."""
    return key(contact.PrimaryDocumentAttachmentId)


def cv(contact: Contact, row: File) -> Attachment:
    """The contact's CV with what its own row says (ASM-10), or with its name alone when that is empty.

    Where it can be fetched is for others to say.
    """
    size = number(row.ContentLength)
    return Attachment(
        candidate_key=str(key(contact)),
        remote_id=cv_key(contact),
        type=AttachmentType.CV,
        name=text(row.FileName) or title(contact.PrimaryDocumentAttachmentId) or "cv",
        content_type=text(row.ContentType),
        size=None if size is None else int(size),
        remote_created_at=instant(row.CreatedOn),
    )
