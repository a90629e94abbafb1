"""What each kind of fault does to an answer."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from gateway.simulator.account import Account, lookup_id
from gateway.simulator.answers import Enveloped
from gateway.simulator.envelope import envelope
from gateway.simulator.faults import FaultKind, FaultRule
from gateway.simulator.pipeline import Move, PipelineItem
from gateway.simulator.reply import Reply, Silence, json_reply, text_reply
from gateway.simulator.request import Request
from gateway.simulator.timestamps import record_time

_MESSAGES = {
    400: "The request is not valid.",
    401: "The API key is missing or not valid.",
    403: "You do not have permission to perform this action.",
    404: "The requested record was not found",
    422: "The record could not be processed.",
}


def _refuse(status: int, _: FaultRule, request: Request, now: datetime) -> Reply:
    frame = envelope(Enveloped(None), url=request.url, verb=request.method, now=now, errors=[_MESSAGES[status]])
    return json_reply(frame, status)


def _too_many(rule: FaultRule, _: Request, __: datetime) -> Reply:
    headers = {} if rule.retry_after is None else {"retry-after": str(rule.retry_after)}
    return text_reply("Too many requests.", 429, headers)


def _text(_: FaultRule, __: Request, ___: datetime) -> Reply:
    return text_reply("An unknown error occurred.", 500)


def _html(status: int, _: FaultRule, __: Request, ___: datetime) -> Reply:
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>nginx</body></html>"
    return Reply(status, body.encode(), "text/html")


def _errors(_: FaultRule, request: Request, now: datetime) -> Reply:
    errors = ["An unknown error occurred."]
    return json_reply(envelope(Enveloped(None), url=request.url, verb=request.method, now=now, errors=errors))


def _empty(_: FaultRule, __: Request, ___: datetime) -> Reply:
    return Reply(200, b"")


def _drop(_: FaultRule, __: Request, ___: datetime) -> Silence:
    return Silence.DROPPED


def _hang(rule: FaultRule, _: Request, __: datetime) -> Silence:
    """A rule with `seconds` has kept the client waiting already."""
    return Silence.DROPPED if rule.seconds else Silence.HANGING


REPLACEMENTS: dict[FaultKind, Callable[[FaultRule, Request, datetime], Reply | Silence]] = {
    **{FaultKind(str(status)): partial(_refuse, status) for status in _MESSAGES},
    FaultKind.TOO_MANY: _too_many,
    FaultKind.ERROR_TEXT: _text,
    **{FaultKind(str(status)): partial(_html, status) for status in (502, 503, 504)},
    FaultKind.ERRORS_IN_SUCCESS: _errors,
    FaultKind.EMPTY: _empty,
    FaultKind.DROP: _drop,
    FaultKind.HANG: _hang,
}
"""Faults whose answer has nothing to do with the right one."""


def _keep(_: FaultRule, reply: Reply, __: Account | None, ___: str) -> Reply:
    return reply


def _truncate(_: FaultRule, reply: Reply, __: Account | None, ___: str) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _insert_row(_: FaultRule, reply: Reply, account: Account | None, path: str) -> Reply:
    if account is not None:
        entity, *rest = path.strip("/").split("/")
        if rest:
            _insert_on_pipeline(account, rest[0])
        else:
            _insert_in_table(account, entity)
    return reply


def _insert_in_table(account: Account, entity: str) -> None:
    """Puts a copy of the first row, with its own id, in front of it."""
    if rows := account[entity].ordered():
        account[entity].insert(rows[0] | {"Id": account.new_id(), "CreatedOn": _before(rows[0].get("CreatedOn"))})


def _insert_on_pipeline(account: Account, job_id: str) -> None:
    """Puts a contact that is not on the job yet in front of the job's pipeline."""
    if items := account.pipeline.of_job(job_id):
        present = {item.contact_id for item in items}
        contact_id = next(key for key in account["contacts"] if key not in present)
        move = Move(items[0].stage_id, _before(items[0].created_on))
        account.pipeline.put(PipelineItem(account.new_id(), items[0].job_id, contact_id, [move]))


def _delete_record(rule: FaultRule, reply: Reply, account: Account | None, path: str) -> Reply:
    if account is not None and (found := _record(rule, reply, account, path)):
        account.remove(*found)
    return reply


def _hide_record(rule: FaultRule, reply: Reply, account: Account | None, path: str) -> Reply:
    if account is not None and (found := _record(rule, reply, account, path)):
        account.hide(*found)
    return reply


def _record(rule: FaultRule, reply: Reply, account: Account, path: str) -> tuple[str, str] | None:
    """Entity and id of the record that the rule names, or else of the first of the answer."""
    entity = path.strip("/").split("/")[-1]
    record_id = rule.record_id or next(iter(_ids(reply)), None)
    return (entity, record_id) if record_id is not None and record_id in account[entity] else None


def _shrink_list(rule: FaultRule, reply: Reply, account: Account | None, path: str) -> Reply:
    if account is not None:
        entity, *rest = path.strip("/").split("/")
        for record_id in _ids(reply)[: rule.rows]:
            if not rest:
                account.remove(entity, record_id)
            elif item := account.pipeline.get(rest[0], record_id):
                account.pipeline.remove(item)
    return reply


def _empty_list(_: FaultRule, reply: Reply, __: Account | None, ___: str) -> Reply:
    body = json.loads(reply.body)
    if isinstance(body.get("Results"), list):
        return json_reply({"MoreRecords": False, "Results": []})
    if not isinstance(body.get("Data"), list):
        return reply
    return json_reply(body | {"Data": [], "Metadata": body["Metadata"] | {"TotalRecords": 0, "MoreRecords": False}})


def _ids(reply: Reply) -> list[str]:
    """The id of the record of the answer, or of each of a list; of a pipeline row, its contact's (ASM-08)."""
    data = json.loads(reply.body)["Data"]
    rows = data if isinstance(data, list) else [data]
    ids = [row.get("ContactId") or row["Id"] for row in rows if isinstance(row, dict)]
    return [lookup_id(each) or str(each) for each in ids]


def _before(created_on: str | None) -> str:
    """A time a day before a record's."""
    return record_time(datetime.fromisoformat(created_on) - timedelta(days=1)) if created_on else ""


AFTERMATHS: dict[FaultKind, Callable[[FaultRule, Reply, Account | None, str], Reply]] = {
    FaultKind.SLOW: _keep,
    FaultKind.TRUNCATED: _truncate,
    FaultKind.INSERT_ROW: _insert_row,
    FaultKind.DELETE_RECORD: _delete_record,
    FaultKind.HIDE_RECORD: _hide_record,
    FaultKind.SHRINK_LIST: _shrink_list,
    FaultKind.EMPTY_LIST: _empty_list,
}
"""Faults that need the right answer; the last argument is the path after `/api3`."""
