"""Inputs of actions as documents, and what a simulator holds, in few words."""

import base64
from typing import Any

from gateway.simulator import Simulator
from gateway.simulator.table import Row
from resolvers.ports.actions import Asked
from schema.actions.action import ActionName

PDF = b"%PDF-1.7\n" + b"A page about optics. " * 50
EMAIL = "ingrid.halvorsen@example.com"


def open_job(simulator: Simulator) -> str:
    """A job that takes applications."""
    rows = simulator.state["jobs"].values()
    return next(
        str(row["Id"]) for row in rows if not any(row.get(name) for name in ("IsLead", "ClosedOn", "UserCloseDate"))
    )


def stages(simulator: Simulator) -> list[str]:
    """The stages of the recruiting workflow, in order."""
    found = [
        row for row in simulator.state["workflowstatuses"].values() if row["WorkflowTypeId"]["Title"] == "Recruiting"
    ]
    return [str(row["Id"]) for row in sorted(found, key=lambda row: row["SortOrder"])]


def first_stage(simulator: Simulator) -> str:
    """The first of them."""
    return stages(simulator)[0]


def person(**more: Any) -> dict[str, Any]:
    """A candidate nobody knows yet."""
    return {"first_name": "Ingrid", "last_name": "Halvorsen", "email_address": EMAIL, **more}


def attachment(name: str = "cv.pdf", type: str = "CV", data: bytes = PDF, **more: Any) -> dict[str, Any]:
    """A file given as base64."""
    return {
        "name": name,
        "type": type,
        "content_type": "application/pdf",
        "data": base64.b64encode(data).decode(),
        **more,
    }


def create(
    job_key: str | None = None,
    candidate: dict[str, Any] | None = None,
    *,
    idempotency_key: str | None = None,
    dry_run: bool = False,
    **more: Any,
) -> Asked:
    """A candidate, with an application if there is a job."""
    document = {"candidate": candidate or person(), "on_duplicate": "ATTACH", **more}
    if job_key is not None:
        document.setdefault("application", {"job_key": job_key})
    name = ActionName.CREATE_CANDIDATE if job_key is None else ActionName.CREATE_APPLICATION
    return Asked(name, document, idempotency_key, dry_run)


def note(application_key: str, content: str = "Called, will call back.", **more: Any) -> Asked:
    """A note on an application."""
    document = {"application_key": application_key, "content": content}
    return Asked(ActionName.ADD_NOTE_TO_APPLICATION, document, **more)


def move(application_key: str, stage_key: str, **more: Any) -> Asked:
    """Another stage for an application."""
    document = {"application_key": application_key, "stage_key": stage_key}
    return Asked(ActionName.MOVE_APPLICATION, document, **more)


def file(application_key: str, given: dict[str, Any] | None = None, **more: Any) -> Asked:
    """A file for an application."""
    document = {"application_key": application_key, "attachment": given or attachment("reference.pdf", "OTHER")}
    return Asked(ActionName.ADD_ATTACHMENT_TO_APPLICATION, document, **more)


def contacts_of(simulator: Simulator, email: str = EMAIL) -> list[Row]:
    """The contacts with an address."""
    return [
        row
        for row in simulator.state["contacts"].values()
        if any(isinstance(value, dict) and value.get("Value") == email for value in row.values())
    ]


def writes(simulator: Simulator) -> list[tuple[str, str]]:
    """Method and path template of every request that was not a GET."""
    return [(entry.method, entry.template) for entry in simulator.log if entry.method != "GET"]
