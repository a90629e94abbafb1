"""The actions: path, body and answer of each (model 6), and how one is carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gateway.rest import records
from gateway.rest.asking import Answer, Ask
from gateway.rest.bodies import AddAttachment, AddNote, Body, CreateApplication, CreateCandidate, MoveApplication
from gateway.rest.envelope import Success
from gateway.rest.errors import TIMED_OUT, WITHHELD, RefusedError, described, refused, refused_action
from gateway.rest.input import read
from gateway.rest.shapes import INLINED, Shape

DISABLED = "INTEGRATION.ACTION_DISABLED"

COMMON = "status actionId userErrors { code message field } warnings { code message field }"
"""What is asked of every payload."""

CALLED = {
    "idempotencyKey": "Idempotency-Key",
    "idempotency_key": "Idempotency-Key",
    "id": "candidate_id",
}
"""Argument, or place in an action's input -> what it is called here, where that is more than another spelling."""

OF_THE_PATH = {**CALLED, "application.jobId": "job_id", "application.stageId": "stage_id"}
"""The same where the job is in the path."""


Input = Callable[[dict[str, Any], Mapping[str, str]], dict[str, Any]]
"""A body in the graph's spelling and what the path says -> the action's input."""


def _applying(body: dict[str, Any], path: Mapping[str, str]) -> dict[str, Any]:
    stage = {"stageId": body.pop("stageId")} if "stageId" in body else {}
    return {**body, "application": {"jobId": path["job_id"], **stage}}


def _of_application(body: dict[str, Any], path: Mapping[str, str]) -> dict[str, Any]:
    body.pop("contentType", None)
    return {**body, "applicationId": path["application_id"]}


@dataclass(frozen=True)
class Action:
    """An action.

    Attributes:
        name: What it is called in the graph.
        body: What it takes.
        shown: Field of the payload that is answered, with the shape of the record there; null for an empty answer.
        input: Makes its input.
        called: Place in that -> what it is called here.
        method: Of the request.
    """

    name: str
    body: type[Body]
    shown: tuple[str, Shape] | None = None
    input: Input = lambda body, _: body
    called: Mapping[str, str] = field(default_factory=lambda: CALLED)
    method: str = "POST"

    @cached_property
    def document(self) -> str:
        """The document that asks for it."""
        shown = f"{self.shown[0]} {{ {self.shown[1].selection} }}" if self.shown else ""
        name = f"{self.name[0].upper()}{self.name[1:]}"
        return f"mutation {name}($input: {name}Input!) {{ {self.name}(input: $input) {{ {COMMON} {shown} }} }}"


ACTIONS: Mapping[str, Action] = {
    "candidates": Action("createCandidate", CreateCandidate, ("candidate", records.CANDIDATE)),
    "jobs/{job_id}/applications": Action(
        "createApplication", CreateApplication, ("application", records.CREATED_APPLICATION), _applying, OF_THE_PATH
    ),
    "applications/{application_id}/attachments": Action(
        "addAttachmentToApplication", AddAttachment, input=_of_application
    ),
    "applications/{application_id}/notes": Action("addNoteToApplication", AddNote, input=_of_application),
    "applications/{application_id}/stage": Action(
        "moveApplication", MoveApplication, input=_of_application, method="PUT"
    ),
}
"""Path below `/ats/` -> what is done there."""

FILES = f"query ListFiles($id: ID!) {{ candidateAttachments(candidateId: $id) {{ {records.ATTACHMENT.selection} }} }}"
UNNAMED = "A file that the ATS still works in has no id yet, and is left out."
AGAIN = "the same request with the same Idempotency-Key gets its result."


async def act(action: Action, ask: Ask, path: Mapping[str, str], body: object, key: str | None, at: str) -> Success:
    """Carry out an action.

    Args:
        action: Which one.
        ask: Asks the endpoint.
        path: What the path says.
        body: As it came.
        key: Idempotency key, or null.
        at: Instant of the answer.

    Raises:
        RefusedError: the input is wrong, or it was not carried out, or not yet.
    """
    given = read(action.body, body)
    asked = action.input(given.as_input(), path) | ({"idempotencyKey": key} if key else {})
    answer = await ask(action.document, {"input": asked})
    payload = _payload(action, answer)
    node = _node(action, payload)
    missing = [f"{name}: the ATS has no such field, so it was not stored." for name in given.unsupported()]
    warnings = [*described(payload["warnings"], action.called), *missing, *_unread(answer), *_cut(node)]
    return Success(action.shown[1].record(node, at) if action.shown else {}, warnings)


async def files(ask: Ask, candidate_id: str, at: str) -> Success:
    """The files of a candidate that can be read back (model 6.5).

    Raises:
        RefusedError: they cannot be had.
    """
    answer = await ask(FILES, {"id": candidate_id})
    for error in answer.errors:
        raise refused(error, CALLED, DISABLED)
    found = [records.ATTACHMENT.record(node, at) for node in answer.data["candidateAttachments"]]
    results = [{**each, "candidate_id": candidate_id} for each in found if each["id"]]
    return Success({"results": results}, [UNNAMED] * (len(results) < len(found)), answer.headers)


def _payload(action: Action, answer: Answer) -> Mapping[str, Any]:
    """The payload of an action that was carried out."""
    payload: Mapping[str, Any] | None = answer.data.get(action.name)
    if payload is None:
        raise refused(answer.errors[0], action.called, DISABLED)
    if payload["userErrors"]:
        raise refused_action(payload["userErrors"], action.called)
    if payload["status"] == "PENDING":
        raise RefusedError(TIMED_OUT, f"The action {payload['actionId']} goes on by itself; {AGAIN}")
    return payload


def _node(action: Action, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record in the payload; empty where none is answered."""
    node: Mapping[str, Any] | None = payload[action.shown[0]] if action.shown else {}
    if node is None:
        raise RefusedError(TIMED_OUT, f"The action {payload['actionId']} was carried out, but cannot be read; {AGAIN}")
    return node


def _cut(node: Mapping[str, Any]) -> list[str]:
    """What is said where not all applications are shown: nothing may fail that is read after a write."""
    page = node.get("applications")
    return [f"applications: only the first {INLINED} are shown."] if page and page["pageInfo"]["hasNextPage"] else []


def _unread(answer: Answer) -> list[str]:
    """What was written and could not be read back; what the caller may not see is not a fault."""
    faults = (error for error in answer.errors if error["extensions"]["code"] != WITHHELD)
    paths = (".".join(str(part) for part in error["path"][1:]) for error in faults)
    return [f"{path}: this was written, but could not be read back." for path in paths]
