"""Contacts on jobs: the rows that the unified model calls applications (crelate-api 4.6)."""

from collections.abc import Callable, Iterator, Sequence

from gateway.simulator.account import Account
from gateway.simulator.answers import Enveloped, RefusedError, not_found
from gateway.simulator.assumptions import RECRUITING_WORKFLOW
from gateway.simulator.call import Call
from gateway.simulator.choices import PipelineProfile, SecondPost
from gateway.simulator.order import in_order
from gateway.simulator.paging import page
from gateway.simulator.pipeline import Move, PipelineItem
from gateway.simulator.route import Route
from gateway.simulator.table import Row


def _default_row(account: Account, item: PipelineItem, _: str) -> Row:
    return {
        "ContactId": account.reference("contacts", item.contact_id),
        "JobId": account.reference("jobs", item.job_id),
        "Stage": account.lookup("workflowstatuses", item.stage_id),
        "Date": item.modified_on,
    }


def first_version_row(account: Account, item: PipelineItem, entity: str) -> Row:
    """The row of the first version: the record of `entity` at the other end, and its stage, without a date."""
    other = account.lookup(entity, item.contact_id if entity == "contacts" else item.job_id)
    stage = account["workflowstatuses"].get(item.stage_id, {})
    workflow = stage.get("WorkflowTypeId") or {}
    return {
        "Id": other["Id"],
        "Name": other["Title"],
        "StageId": item.stage_id,
        "StageName": stage.get("Name"),
        "WorkflowTypeId": workflow.get("Id"),
        "WorkflowTypeName": workflow.get("Title"),
    }


def _item_row(_: Account, item: PipelineItem, __: str) -> Row:
    return {
        "Id": item.id,
        "ContactId": item.contact_id,
        "JobId": item.job_id,
        "WorkflowItemStatusId": item.stage_id,
        "CreatedOn": item.created_on,
        "ModifiedOn": item.modified_on,
    }


_SHAPES: dict[PipelineProfile, Callable[[Account, PipelineItem, str], Row]] = {
    PipelineProfile.DEFAULT: _default_row,
    PipelineProfile.V1: first_version_row,
    PipelineProfile.ITEM: _item_row,
}


def list_contacts(call: Call) -> Enveloped:
    """The pipeline of a job, oldest entry first."""
    return _list(call, call.account.pipeline.of_job(call.record("jobs")["Id"]), "contacts")


def list_jobs(call: Call) -> Enveloped:
    """The jobs a contact is on; 404 where there is no such list (ASM-09)."""
    if not call.knobs.contact_jobs:
        raise RefusedError(404, "The requested resource was not found.")
    return _list(call, call.account.pipeline.of_contact(call.record("contacts")["Id"]), "jobs")


def _list(call: Call, items: Sequence[PipelineItem], entity: str) -> Enveloped:
    shape = _SHAPES[call.knobs.pipeline_profile]
    rows = in_order(call, items, lambda item: item.modified_on)
    return page(rows, call.query, call.knobs, lambda item: shape(call.account, item, entity))


def list_history(call: Call) -> Enveloped:
    """The stages that contacts went through on a job, or one contact with `contact_id`; latest first, 404 if none."""
    items = call.account.pipeline.of_job(call.record("jobs")["Id"])
    contact_id = call.query.get("contact_id", "").lower()
    moves = [(item, move) for item in items if contact_id in {"", item.contact_id} for move in item.moves]
    if not moves:
        raise not_found()
    moves.sort(key=lambda pair: pair[1].date, reverse=True)
    return page(moves, call.query, call.knobs, lambda pair: _history_row(call.account, *pair))


def _history_row(account: Account, item: PipelineItem, move: Move) -> Row:
    return {
        "Date": move.date,
        "Stage": account.lookup("workflowstatuses", move.stage_id),
        "ContactId": account.reference("contacts", item.contact_id),
    }


def add_or_move(call: Call) -> Enveloped:
    """Puts the contacts of `contact_ids` on the job at the stage of the body; those there already move (ASM-25)."""
    job_id = call.record("jobs")["Id"]
    contact_ids = _contact_ids(call)
    stage_id = _stage(call) if call.knobs.status_required or _names_stage(call) else _first_stage(call)
    moving = [contact_id for contact_id in contact_ids if call.account.pipeline.get(job_id, contact_id)]
    if moving and call.knobs.second_post is SecondPost.REFUSED:
        raise RefusedError(400, "The contact is already associated with this job.")
    for contact_id in contact_ids:
        if contact_id not in moving or call.knobs.second_post is SecondPost.MOVES:
            place(call, job_id, contact_id, stage_id)
    return Enveloped(data=True, status=200 if len(moving) == len(contact_ids) else 201)


def move_only(call: Call) -> Enveloped:
    """Moves contacts that are on the job already: those of `contact_ids`, or the one of the path."""
    if not call.knobs.pipeline_put:
        raise RefusedError(405, "The requested resource does not support this method.")
    job_id = call.record("jobs")["Id"]
    contact_ids = [call.record("contacts", 1)["Id"]] if len(call.ids) > 1 else _contact_ids(call)
    if any(call.account.pipeline.get(job_id, contact_id) is None for contact_id in contact_ids):
        raise not_found()
    stage_id = _stage(call)
    for contact_id in contact_ids:
        place(call, job_id, contact_id, stage_id)
    return Enveloped(data=True)


def take_off(call: Call) -> Enveloped:
    """Takes a contact off the job."""
    item = call.account.pipeline.get(*call.ids)
    if item is None:
        raise not_found()
    call.account.pipeline.remove(item)
    return Enveloped(data=True)


def place(call: Call, job_id: str, contact_id: str, stage_id: str) -> None:
    """Puts one contact on a job, or moves it there. Staying at a stage is no move."""
    item = call.account.pipeline.get(job_id, contact_id)
    if item is None:
        call.account.pipeline.put(PipelineItem(call.account.new_id(), job_id, contact_id, [Move(stage_id, call.stamp)]))
    elif item.stage_id != stage_id:
        item.moves.append(Move(stage_id, call.stamp))


def _contact_ids(call: Call) -> list[str]:
    wanted = [value.strip().lower() for value in call.query.get("contact_ids", "").split(",") if value.strip()]
    if not wanted:
        raise RefusedError(400, "The parameter contact_ids is required.")
    if any(contact_id not in call.account["contacts"] for contact_id in wanted):
        raise not_found()
    return wanted


def _recruiting_stages(call: Call) -> list[Row]:
    rows = call.account["workflowstatuses"].values()
    return [row for row in rows if row["WorkflowTypeId"]["Id"] == RECRUITING_WORKFLOW]


def _first_stage(call: Call) -> str:
    return str(min(_recruiting_stages(call), key=lambda row: int(row["SortOrder"]))["Id"])


def _names_stage(call: Call) -> bool:
    return bool(call.body) and bool({"statusId", "statusName"} & call.json().keys())


def _stage(call: Call) -> str:
    return recruiting_stage(call, call.json())


def recruiting_stage(call: Call, body: Row) -> str:
    """The stage of a body, `statusId` or `statusName`: one of the recruiting workflow, else 400."""
    for stage in _recruiting_stages(call):
        if _names(body, stage):
            return str(stage["Id"])
    raise RefusedError(400, "A valid statusId or statusName is required.")


def _names(body: Row, stage: Row) -> bool:
    if body.get("statusId"):
        return bool(str(body["statusId"]).lower() == stage["Id"])
    return bool(str(body.get("statusName") or "").lower() == stage["Name"].lower())


def routes() -> Iterator[Route]:
    """The pipeline's routes."""
    yield Route("GET", "/jobs/{id}/contacts", list_contacts)
    yield Route("GET", "/jobs/{id}/contacts/history", list_history)
    yield Route("GET", "/contacts/{id}/jobs", list_jobs)
    yield Route("POST", "/jobs/{id}/contacts", add_or_move)
    for method in ("PUT", "PATCH"):
        yield Route(method, "/jobs/{id}/contacts", move_only)
        yield Route(method, "/jobs/{id}/contacts/{contact_id}", move_only)
    yield Route("DELETE", "/jobs/{id}/contacts/{contact_id}", take_off)
