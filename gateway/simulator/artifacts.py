"""Files (crelate-api 4.10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from gateway.simulator.account import ENTITIES, Account, UnreadDocument, title
from gateway.simulator.answers import Content, Enveloped, RefusedError, not_found
from gateway.simulator.assumptions import UNREADABLE_MARK
from gateway.simulator.call import Call
from gateway.simulator.multipart import read_form
from gateway.simulator.route import Route
from gateway.simulator.table import Row


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way in."""

    name: str
    media_type: str
    content: bytes


def get_content(call: Call) -> Content:
    """The bytes of a file."""
    row = call.record("artifacts")
    content = call.account.contents.get(row["Id"])
    if content is None:
        raise not_found()
    return Content(content, row["ContentType"])


def upload_primary(call: Call) -> Enveloped:
    """Takes in a CV. It appears once it has been read; one that cannot be read never does, without an error."""
    entity, record = _target(call)
    if entity != "contacts":
        raise RefusedError(400, "Only contacts have a primary document.")
    file = _file(call)
    row = new_row(call, entity, record, file, _resume_type(call.account))
    if file.content and UNREADABLE_MARK not in row["FileName"].lower():
        ready_at = call.now + timedelta(seconds=call.knobs.document_delay_seconds)
        call.account.unread.append(UnreadDocument(ready_at, row, file.content))
        call.account.settle(call.now)
    return Enveloped(row["Id"], 201)


def upload(call: Call) -> Enveloped:
    """Files a document of any type with a record; 405 where this upload does not exist (ASM-29)."""
    if not call.knobs.artifact_upload:
        raise RefusedError(405, "The requested resource does not support this method.")
    entity, record = _target(call)
    type_id = call.query.get("artifact_type_id")
    artifact_type = call.account["artifacttypes"].get(type_id) if type_id else None
    if type_id and artifact_type is None:
        raise RefusedError(400, f"artifact_type_id: no record with ID '{type_id}' was found")
    file = _file(call)
    row = new_row(call, entity, record, file, artifact_type)
    store(call.account, row, file.content)
    return Enveloped(row["Id"], 201)


def delete(call: Call) -> Enveloped:
    """Removes a file; a contact whose CV it was has none then."""
    row = call.record("artifacts")
    call.account.remove("artifacts", row["Id"])
    contact = call.account["contacts"].get(row["ParentId"]["Id"])
    primary = contact and contact.get("PrimaryDocumentAttachmentId")
    if contact and primary and primary["Id"] == row["Id"]:
        call.account["contacts"].insert(contact | {"PrimaryDocumentAttachmentId": None, "ModifiedOn": call.stamp})
    return Enveloped(data=True)


def new_row(call: Call, entity: str, record: Row, file: File, artifact_type: Row | None) -> Row:
    """The row of a file that is about to be kept (ASM-10)."""
    parent = call.account.reference(entity, record["Id"])
    return {
        "Id": call.account.new_id(),
        "FileName": file.name,
        "ContentType": file.media_type,
        "ContentLength": len(file.content),
        "ParentId": {"Id": parent["Id"], "EntityName": parent["EntityName"]},
        "ArtifactTypeId": artifact_type and {"Id": artifact_type["Id"], "Title": title(artifact_type)},
        "IsDocument": not file.media_type.startswith("image/"),
        "CreatedOn": call.stamp,
    }


def store(account: Account, row: Row, content: bytes) -> None:
    """Keeps a file."""
    account["artifacts"].insert(row)
    account.contents[row["Id"]] = content


def _target(call: Call) -> tuple[str, Row]:
    """The record that the query names: 400 if it names none, 404 if it is not there."""
    entity = ENTITIES.get(call.query.get("target_entity_name", ""))
    record_id = call.query.get("target_record_id")
    if entity is None or not record_id:
        raise RefusedError(400, "target_entity_name and target_record_id are required.")
    record = call.account[entity].get(record_id)
    if record is None:
        raise not_found()
    return entity, record


def _file(call: Call) -> File:
    part = read_form(call).get("file")
    if part is None or part.file_name is None:
        raise RefusedError(400, "A file is required.")
    return File(part.file_name, part.content_type or "application/octet-stream", part.data)


def _resume_type(account: Account) -> Row:
    return next(row for row in account["artifacttypes"].values() if row["Name"] == "Resume")


def routes() -> Iterator[Route]:
    """The routes of files that are more than reading a table."""
    yield Route("GET", "/artifacts/{id}/content", get_content)
    yield Route("POST", "/artifacts/primary", upload_primary)
    yield Route("POST", "/artifacts", upload)
    yield Route("DELETE", "/artifacts/{id}", delete)
