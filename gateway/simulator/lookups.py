"""Lookups in what a write sends (crelate-api 2.7)."""

from typing import Any

from gateway.simulator.account import ENTITIES, PLURALS, Account, lookup_id
from gateway.simulator.answers import RefusedError
from gateway.simulator.columns import OPTIONS
from gateway.simulator.table import Row

TARGETS = {
    "AccountId": "companies",
    "AccountSourceId": "companysources",
    "CompanyId": "companies",
    "ContactId": "contacts",
    "ContactSourceId": "contactsources",
    "CountryId": "countries",
    "JobId": "jobs",
    "JobTitleId": "jobtitles",
    "LeadSourceId": "contactsources",
    "OpportunityTypeId": "opportunitytypes",
    "OwnerId": "users",
    "ParentJobId": "jobs",
    "PortalCountryId": "countries",
    "RecruiterId": "users",
    "SalesWorkflowItemStatusId": "workflowstatuses",
    "StatusId": "workflowstatuses",
    "TagCategoryId": "tagcategories",
    "TagId": "tags",
    "VerbId": "activitytypes",
    "WorkflowTypeId": "workflowtypes",
}
"""Column to the table it points into. A column that is not here may hold any id."""

POLYMORPHIC = {"ParentId": "contacts", "RegardingId": "jobs"}
"""Columns that name their table themselves, and the one meant when they do not (ASM-28)."""


def resolve(account: Account, column: str, value: Any) -> Row:
    """The lookup as it is kept: with the title of its target. Without an `Id`, or with an unknown one: 400."""
    record_id = lookup_id(value)
    if record_id is None:
        raise RefusedError(400, f"{column}: the target entity Id cannot be null")
    entity = _target(column, value)
    if entity is None:
        return {"Id": record_id, "Title": _own_title(column, record_id, value.get("Title"))}
    target = account[entity].get(record_id)
    if target is None:
        raise RefusedError(400, f"{column}: no record with ID '{record_id}' was found")
    if column in POLYMORPHIC:
        return account.reference(entity, target["Id"])
    return account.lookup(entity, target["Id"])


def _own_title(column: str, option: str, otherwise: str | None) -> str | None:
    """What an option of the customer's own columns is called, where these have any."""
    known = {key: title for columns in OPTIONS.values() for key, title in columns.get(column, {}).items()}
    if known and option not in known:
        raise RefusedError(400, f"{column}: no record with ID '{option}' was found")
    return known.get(option, otherwise)


def _target(column: str, value: Row) -> str | None:
    if column not in POLYMORPHIC:
        return TARGETS.get(column)
    plural = value.get("EntityName") or PLURALS[POLYMORPHIC[column]]
    if plural not in ENTITIES:
        raise RefusedError(400, f"{column}: '{plural}' is not the name of an entity")
    return ENTITIES[plural]
