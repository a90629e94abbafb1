"""The calls that write, each in the shape Crelate wants (crelate-api 2.8, 4.6, 4.9, 4.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.crelate.protocol import Request, Version, change, create


def new_company(name: str) -> Request:
    """Make a company."""
    return create("/companies", {"Name": name.strip()})


def new_contact(columns: Mapping[str, Any]) -> Request:
    """Make a contact."""
    return create("/contacts", columns)


def contact_change(contact_key: str, columns: Mapping[str, Any]) -> Request:
    """Set columns of a contact."""
    return change("/contacts", contact_key, columns)


def pipeline_entry(job_key: str, contact_key: str, stage_key: str) -> Request:
    """Put a contact on a job (ASM-25); not wrapped in `entity`, and in another case than all other bodies."""
    return Request(
        method="POST",
        template="/jobs/{id}/contacts",
        ids={"id": job_key},
        params={"contact_ids": contact_key},
        json={"statusId": stage_key},
    )


def first_version_move(job_key: str, contact_key: str, stage_key: str) -> Request:
    """Move a contact on a job by the first API (ASM-25, ASM-32)."""
    ids = {"id": job_key, "contact_id": contact_key}
    template = "/jobs/{id}/contacts/{contact_id}"
    return Request(method="PUT", template=template, ids=ids, json={"StatusId": stage_key}, version=Version.V1)


def cv(contact_key: str) -> Request:
    """Make a file the contact's CV; the file itself is added when it is sent."""
    return _upload("/artifacts/primary", contact_key)


def document(contact_key: str) -> Request:
    """Add a file to a contact (ASM-29)."""
    return _upload("/artifacts", contact_key)


def first_version_document(contact_key: str, name: str, *, is_cv: bool, is_image: bool) -> Request:
    """Add a file to a contact by the first API (ASM-29, ASM-32); the content is added when it is sent."""
    body = {"FileName": name, "IsResume": is_cv, "IsDocument": not is_image, "IsImage": is_image}
    template = "/contacts/{id}/attachments"
    return Request(method="POST", template=template, ids={"id": contact_key}, json=body, version=Version.V1)


def note(contact_key: str, content: str, when: str, regarding: Mapping[str, str] | None) -> Request:
    """Add a note to a contact, regarding a job where Crelate takes that (ASM-28)."""
    record: dict[str, Any] = {
        "Display": content,
        "ParentId": {"Id": contact_key, "EntityName": "Contacts"},
        "When": when,
    }
    return create("/notes", record if regarding is None else {**record, "RegardingId": dict(regarding)})


def regarding(job_key: str) -> tuple[Mapping[str, str], ...]:
    """The ways to point at a job from a note, the likeliest one first (ASM-28)."""
    return {"Id": job_key}, {"Id": job_key, "EntityName": "Jobs"}


def _upload(template: str, contact_key: str) -> Request:
    params = {"target_entity_name": "Contacts", "target_record_id": contact_key}
    return Request(method="POST", template=template, params=params)
