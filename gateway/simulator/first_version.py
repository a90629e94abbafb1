"""The little of the API's first version that a client can fall back on (crelate-api 4.13)."""

import base64
import binascii
import mimetypes
from collections.abc import Iterator
from functools import partial

from gateway.simulator.account import Account, parent_id, title
from gateway.simulator.answers import Bare, Content, RefusedError, not_found
from gateway.simulator.artifacts import File, new_row, store
from gateway.simulator.assumptions import ACTIVE
from gateway.simulator.call import Call
from gateway.simulator.pipelines import first_version_row, place, recruiting_stage
from gateway.simulator.route import Route
from gateway.simulator.table import Row

PREFIX = "/api/pub/v1"

_DEFAULT_TAKE, _MAX_TAKE = 50, 500
_WITH_FILES = ("contacts", "companies", "jobs")


def list_workflow_types(call: Call) -> Bare:
    """The workflows by name: where the id of the recruiting one is learnt (ASM-16)."""
    return _results(call, [{"Id": row["Id"], "Name": row["Name"]} for row in call.account["workflowtypes"].ordered()])


def list_workflow_statuses(call: Call) -> Bare:
    """The stages of all workflows."""
    return _results(call, [_status(row) for row in call.account["workflowstatuses"].ordered()])


def change_contact(call: Call) -> Bare:
    """Changes a contact's names and makes its source from a new `Source_Name` (ASM-33); 404 unless switched on."""
    if not call.knobs.v1_new_sources:
        raise RefusedError(404, "The requested resource was not found.")
    contact, body = call.record("contacts"), call.json()
    changed: Row = {name: body[name] for name in ("FirstName", "LastName") if name in body}
    if name := body.get("Source_Name"):
        changed["ContactSourceId"] = _source(call.account, str(name))
    row = contact | changed | {"ModifiedOn": call.stamp}
    names = (row.get("LastName"), row.get("FirstName"))
    call.account["contacts"].insert(row | {"Name": ", ".join(each for each in names if each)})
    return Bare({"Id": row["Id"]})


def _source(account: Account, name: str) -> Row:
    """The source of this name, made if there is none."""
    sources = account["contactsources"]
    row = next((row for row in sources.values() if row["Name"].lower() == name.lower()), None)
    if row is None:
        row = {"Id": account.new_id(), "Name": name, "EntityStatus": ACTIVE}
        sources.insert(row)
    return account.lookup("contactsources", row["Id"])


def _status(row: Row) -> Row:
    workflow = row["WorkflowTypeId"]
    return {
        "Id": row["Id"],
        "Name": row["Name"],
        "Description": None,
        "WorkflowTypeId": workflow["Id"],
        "WorkflowTypeName": workflow["Title"],
    }


def list_pipeline(call: Call) -> Bare:
    """The contacts of a job with their stages."""
    items = call.account.pipeline.of_job(call.record("jobs")["Id"])
    return _results(call, [first_version_row(call.account, item, "contacts") for item in items])


def move(call: Call) -> Bare:
    """Moves a contact on a job to the recruiting stage of `StatusId`."""
    item = call.account.pipeline.get(*call.ids)
    if item is None:
        raise not_found()
    place(call, item.job_id, item.contact_id, recruiting_stage(call, {"statusId": call.json().get("StatusId")}))
    return Bare({"Id": item.contact_id})


def list_pipelines(call: Call) -> Bare:
    """The jobs of a contact with its stages."""
    items = call.account.pipeline.of_contact(call.record("contacts")["Id"])
    return _results(call, [first_version_row(call.account, item, "jobs") for item in items])


def list_attachments(call: Call, entity: str) -> Bare:
    """The files of a record."""
    record = call.record(entity)
    rows = [row for row in call.account["artifacts"].ordered() if parent_id(row) == record["Id"]]
    return _results(call, [_attachment(row) for row in rows])


def _attachment(row: Row) -> Row:
    kind = row.get("ArtifactTypeId") or {}
    kept = {name: row[name] for name in ("Id", "FileName", "ContentType", "ContentLength", "CreatedOn")}
    return {**kept, "TypeId": kind.get("Id"), "TypeName": kind.get("Title")}


def add_attachment(call: Call, entity: str) -> Bare:
    """Files a document from `{FileName, Content (base64), DocumentType, IsResume, IsDocument, IsImage}`."""
    record = call.record(entity)
    body = call.json()
    name = str(body.get("FileName") or "file")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(name, media_type, _decoded(body.get("Content")))
    row = new_row(call, entity, record, file, _artifact_type(call.account, body))
    store(call.account, row, file.content)
    if entity == "contacts" and body.get("IsResume"):
        primary = {"Id": row["Id"], "Title": name}
        call.account["contacts"].insert(record | {"PrimaryDocumentAttachmentId": primary, "ModifiedOn": call.stamp})
    return Bare({"Id": row["Id"]})


def _decoded(content: object) -> bytes:
    try:
        return base64.b64decode(str(content or ""), validate=True)
    except binascii.Error:
        raise RefusedError(400, "Content is not valid base64.") from None


def _artifact_type(account: Account, body: Row) -> Row | None:
    name = "Resume" if body.get("IsResume") else body.get("DocumentType")
    return next((row for row in account["artifacttypes"].values() if title(row) == name), None)


def get_attachment(call: Call, entity: str) -> Content:
    """The bytes of a file."""
    row = _owned_file(call, entity)
    return Content(call.account.contents[row["Id"]], row["ContentType"])


def delete_attachment(call: Call, entity: str) -> Bare:
    """Removes a file."""
    call.account.remove("artifacts", _owned_file(call, entity)["Id"])
    return Bare(data=True)


def _owned_file(call: Call, entity: str) -> Row:
    record, row = call.record(entity), call.record("artifacts", 1)
    if parent_id(row) != record["Id"]:
        raise not_found()
    return row


def _results(call: Call, rows: list[Row]) -> Bare:
    """`{MoreRecords, Results}` of `skip` and `take`."""
    skip, take = (_number(call, name, default) for name, default in (("skip", 0), ("take", _DEFAULT_TAKE)))
    end = skip + min(take, _MAX_TAKE)
    return Bare({"MoreRecords": end < len(rows), "Results": rows[skip:end]})


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    return int(text) if text.isdigit() else default


def routes() -> Iterator[Route]:
    """The routes of the first version."""
    yield Route("GET", f"{PREFIX}/domain/workflowTypes", list_workflow_types)
    yield Route("GET", f"{PREFIX}/domain/workflowStatuses", list_workflow_statuses)
    yield Route("PUT", f"{PREFIX}/contacts/{{id}}", change_contact)
    yield Route("GET", f"{PREFIX}/jobs/{{id}}/contacts", list_pipeline)
    yield Route("PUT", f"{PREFIX}/jobs/{{id}}/contacts/{{contact_id}}", move)
    yield Route("GET", f"{PREFIX}/contacts/{{id}}/jobs", list_pipelines)
    for entity in _WITH_FILES:
        path = f"{PREFIX}/{entity}/{{id}}/attachments"
        yield Route("GET", path, partial(list_attachments, entity=entity))
        yield Route("POST", path, partial(add_attachment, entity=entity))
        yield Route("GET", f"{path}/{{attachment_id}}", partial(get_attachment, entity=entity))
        yield Route("DELETE", f"{path}/{{attachment_id}}", partial(delete_attachment, entity=entity))
