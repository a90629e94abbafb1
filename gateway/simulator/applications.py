"""Portal applicants: intake records, not what the unified model calls applications (crelate-api 4.7)."""

from collections.abc import Iterator

import orjson

from gateway.simulator.account import lookup_id
from gateway.simulator.answers import Enveloped, RefusedError
from gateway.simulator.call import Call
from gateway.simulator.multipart import Part, read_form
from gateway.simulator.route import Route
from gateway.simulator.table import Row
from gateway.simulator.values import read_values

_REJECTED = "Not Qualified"
_FIRST = "New Candidate"


def apply(call: Call) -> Enveloped:
    """Takes an application through the portal: a text part `applicant` with JSON, a file part `resumeFile`."""
    job = call.record("jobs")
    parts = read_form(call)
    applicant = _applicant(parts.get("applicant"))
    resume = parts.get("resumeFile")
    if resume is None or resume.file_name is None:
        raise RefusedError(400, "A resume is required")
    known = read_values(call.account, "applications", applicant)
    row = {
        "Id": call.account.new_id(),
        "FirstName": known.get("FirstName"),
        "LastName": known.get("LastName"),
        "JobId": call.account.lookup("jobs", job["Id"]),
        "ContactId": None,
        "ContactSourceId": known.get("ContactSourceId"),
        "PrimaryDocumentAttachmentId": {"Id": call.account.new_id(), "Title": resume.file_name},
        "StatusId": _status(call, _FIRST),
        "CreatedOn": call.stamp,
        "ModifiedOn": call.stamp,
    }
    call.account["applications"].insert(row)
    return Enveloped(row["Id"], 201)


def _applicant(part: Part | None) -> Row:
    """The JSON of the first part. Sent with a content type of JSON it breaks the server, as seen in the wild."""
    if part is None or part.file_name is not None or part.content_type == "application/json":
        raise RefusedError(500, "An unknown error occurred.")
    try:
        applicant = orjson.loads(part.data)
    except orjson.JSONDecodeError:
        applicant = None
    if not isinstance(applicant, dict) or not applicant.get("LastName"):
        raise RefusedError(400, "The applicant's name is required")
    return applicant


def reject(call: Call) -> Enveloped:
    """Rejects an applicant: `{ApplicationId, IgnorePossibleMatches}`, without the wrapper of other writes."""
    row = call.record("applications")
    if lookup_id({"Id": call.json().get("ApplicationId")}) != row["Id"]:
        raise RefusedError(400, "ApplicationId is required.")
    changed = {"StatusId": _status(call, _REJECTED), "ModifiedOn": call.stamp}
    call.account["applications"].insert(row | changed)
    return Enveloped(data=True)


def _status(call: Call, name: str) -> Row | None:
    stages = call.account["workflowstatuses"].values()
    return next(({"Id": row["Id"], "Title": name} for row in stages if row["Name"] == name), None)


def routes() -> Iterator[Route]:
    """The routes of applicants that are more than reading a table; there is none to delete one."""
    yield Route("POST", "/jobs/{id}/apply", apply)
    yield Route("POST", "/applications/{id}/reject", reject)
