"""Creating, changing and deleting records (crelate-api 2.8)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.simulator.account import PLURALS, Account
from gateway.simulator.answers import Enveloped, RefusedError
from gateway.simulator.assumptions import ACTIVE, CANDIDATE, RECRUITING_WORKFLOW
from gateway.simulator.call import Call
from gateway.simulator.choices import DuplicateRule, NoteRegarding
from gateway.simulator.columns import COLUMNS, EMAILS, Kind
from gateway.simulator.duplicates import same_company, same_contact
from gateway.simulator.knobs import Knobs
from gateway.simulator.permitted import permitted
from gateway.simulator.route import Route
from gateway.simulator.table import Row
from gateway.simulator.values import read_values

_OBJECTS = {Kind.EMAIL, Kind.PHONE, Kind.ADDRESS, Kind.VALUE, Kind.POSITION}
_NAMES = {"FirstName", "LastName"}


def _new_contact(account: Account) -> Row:
    return {"ContactNum": len(account["contacts"]) + 1, "RecordType": CANDIDATE, "Owners": _key_owner(account)}


def _new_job(account: Account) -> Row:
    number = len(account["jobs"]) + 1
    status = next(row for row in account["workflowstatuses"].values() if row["Name"] == "Requisitions Open")
    return {
        "JobCode": f"{number:05d}",
        "JobNum": number,
        "WorkflowTypeId": account.lookup("workflowtypes", RECRUITING_WORKFLOW),
        "SalesWorkflowItemStatusId": account.lookup("workflowstatuses", status["Id"]),
        **dict.fromkeys(("IsLead", "IsOnHold", "IsHidden", "OnPortal"), False),
        "Owners": _key_owner(account),
    }


def _new_owned(account: Account) -> Row:
    return {"Owners": _key_owner(account)}


def _new_plain(_: Account) -> Row:
    return {}


def _key_owner(account: Account) -> list[Row]:
    """The key's user owns a record that is created without owners."""
    return [account.owner(account.user_id, primary=True)]


def _check_regarding(sent: Row, knobs: Knobs) -> None:
    """400 for a form of `RegardingId` that a new note may not have (ASM-28)."""
    regarding = sent.get("RegardingId")
    if regarding is None or knobs.note_regarding is NoteRegarding.BOTH:
        return
    form = NoteRegarding.NAMED if isinstance(regarding, dict) and "EntityName" in regarding else NoteRegarding.BARE
    if form is not knobs.note_regarding:
        raise RefusedError(400, "RegardingId is not valid.")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is particular about writing one entity."""

    required: str
    """The column without which nothing is made."""
    defaults: Callable[[Account], Row] = _new_plain
    duplicate: Callable[[Account, Row, DuplicateRule], Row | None] | None = None
    check: Callable[[Row, Knobs], None] | None = None
    """Refuses what is sent to make a record, by the knobs."""
    created: int = 201
    changeable: bool = True
    deletable: bool = True


RULES = {
    "contacts": _Rule("LastName", _new_contact, same_contact),
    "companies": _Rule("Name", _new_owned, same_company, deletable=False),
    "jobs": _Rule("Name", _new_job),
    "activities": _Rule("VerbId", _new_owned, created=200),
    "notes": _Rule("Display", check=_check_regarding),
    "tags": _Rule("Name", changeable=False, deletable=False),
}

READ_ONLY = ("contactsources", "jobtitles")


def create(call: Call, entity: str) -> Enveloped:
    """Makes one record from `{entity: {...}}`; `Data` is its GUID."""
    row = insert(call, entity, _entity(call.json()))
    return Enveloped(row["Id"], RULES[entity].created)


def create_many(call: Call, entity: str) -> Enveloped:
    """Makes records from `{entities: [...]}`, all or none; `Data` is the list of their GUIDs."""
    sent = call.json().get("entities")
    if not isinstance(sent, list) or not sent:
        raise RefusedError(400, "The entities are required.")
    made: list[Row] = []
    try:
        for each in sent:
            made.append(insert(call, entity, each))  # noqa: PERF401 - those made before a refusal are taken back
    except RefusedError:
        for row in made:
            call.account.remove(entity, row["Id"])
        raise
    return Enveloped([row["Id"] for row in made], 201)


def insert(call: Call, entity: str, sent: Row) -> Row:
    """The new record; 400 if it is incomplete or malformed, 409 if it is there already."""
    rule = RULES[entity]
    if rule.check:
        rule.check(sent, call.knobs)
    values = read_values(call.account, entity, permitted(sent, entity, call.knobs))
    if not values.get(rule.required):
        raise RefusedError(400, f"{rule.required} is required.")
    row = {
        "Id": call.account.new_id(),
        "EntityStatus": ACTIVE,
        **rule.defaults(call.account),
        **values,
        "CreatedOn": call.stamp,
        "ModifiedOn": call.stamp,
        "CreatedById": _self(call),
        "UpdatedById": None,
    }
    row |= _derived(entity, row)
    if rule.duplicate and (other := rule.duplicate(call.account, row, call.knobs.duplicate_rule)):
        message = f"A duplicate record of type {PLURALS[entity]} with ID '{other['Id']}' was found."
        raise RefusedError(409, message)
    call.account[entity].insert(row)
    return row


def patch(call: Call, entity: str) -> Enveloped:
    """Changes the columns that are sent and no others."""
    row = call.record(entity)
    sent = _entity(call.json())
    if not sent:
        raise RefusedError(400, "There is nothing to update.")
    values = read_values(call.account, entity, permitted(sent, entity, call.knobs))
    _check_object_ids(entity, row, sent)
    changed = row | values | {"ModifiedOn": call.stamp, "UpdatedById": _self(call)}
    changed |= _derived(entity, changed)
    duplicate, rule = RULES[entity].duplicate, call.knobs.duplicate_rule
    if duplicate and (_identifying(rule) & sent.keys()) and duplicate(call.account, changed, rule):
        raise RefusedError(400, f"Duplicate entities found for entity of type _{PLURALS[entity]}")
    call.account[entity].insert(changed)
    return Enveloped(data=True)


def delete(call: Call, entity: str) -> Enveloped:
    """Removes a record and what hangs on it, or marks it as deleted (ASM-20)."""
    row, status = call.record(entity), call.knobs.deleted_status
    if status is None:
        call.account.remove(entity, row["Id"])
    else:
        call.account[entity].insert(row | {"EntityStatus": status, "ModifiedOn": call.stamp})
    return Enveloped(data=True)


def _identifying(rule: DuplicateRule) -> set[str]:
    """The columns whose change is looked at for duplicates: addresses only where they count alone."""
    alone = rule in {DuplicateRule.EMAIL, DuplicateRule.ANY}
    return {"Name", *_NAMES, *(EMAILS if alone else ())}


def refuse_write(_: Call) -> Enveloped:
    """The pools that lookups draw from cannot be added to."""
    raise RefusedError(403, "You do not have permission to create records of this type.")


def _self(call: Call) -> Row:
    return call.account.lookup("users", call.account.user_id)


def _entity(body: dict[str, Any]) -> Row:
    entity = body.get("entity")
    if not isinstance(entity, dict):
        raise RefusedError(400, "The entity is required.")
    return entity


def _check_object_ids(entity: str, row: Row, sent: Row) -> None:
    """A category value that is there is replaced only by one that carries its id."""
    for name in (name for name, kind in COLUMNS[entity].items() if kind in _OBJECTS):
        held, new = row.get(name), sent.get(name)
        if held and new and str(new.get("Id", "")).lower() != held["Id"].lower():
            raise RefusedError(422, f"{name}: the Id of the existing value is required.")


def _derived(entity: str, row: Row) -> Row:
    """Columns that Crelate works out itself."""
    if entity != "contacts":
        return {}
    return {"Name": ", ".join(name for name in (row.get("LastName"), row.get("FirstName")) if name)}


def routes() -> Iterator[Route]:
    """The writing routes of every entity with a rule."""
    for entity, rule in RULES.items():
        yield Route("POST", f"/{entity}", partial(create, entity=entity))
        if rule.changeable:
            yield Route("PATCH", f"/{entity}/{{id}}", partial(patch, entity=entity))
        if rule.deletable:
            yield Route("DELETE", f"/{entity}/{{id}}", partial(delete, entity=entity))
    yield Route("POST", "/contacts/bulk", partial(create_many, entity="contacts"))
    for entity in READ_ONLY:
        yield Route("POST", f"/{entity}", refuse_write)
