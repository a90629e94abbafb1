"""The firm itself: its users, workflows and small tables."""

from collections.abc import Iterable

from gateway.simulator.account import Account
from gateway.simulator.assumptions import ACTIVE, NO_CATEGORY, RECRUITING_WORKFLOW
from gateway.simulator.columns import OPTIONS
from gateway.simulator.seed import words
from gateway.simulator.seed.era import Era
from gateway.simulator.table import Row

_DISABLED = 9
_PORTAL_USER = 10
_ADMINISTRATOR = 0

_NAMED_TABLES: dict[str, tuple[str, ...]] = {
    "activitytypes": (*words.INTERVIEW_TYPES, *words.OTHER_ACTIVITY_TYPES),
    "companysources": ("Referral", "Outbound", "Conference"),
    "contactsources": words.SOURCES,
    "countries": words.COUNTRIES,
    "opportunitytypes": words.OPPORTUNITY_TYPES,
    "tagcategories": tuple(words.TAG_CATEGORIES),
}


def add_organization(account: Account, era: Era) -> None:
    """Fills every table that other records point into."""
    account["organizations"].insert({"Id": account.new_id(), "Name": "Harbor & Pine Search", "EntityStatus": ACTIVE})
    for entity, names in _NAMED_TABLES.items():
        for name in names:
            account[entity].insert({"Id": account.new_id(), "Name": name, "EntityStatus": ACTIVE})
    for title in words.JOB_TITLES:
        account["jobtitles"].insert({"Id": account.new_id(), "Title": title, "EntityStatus": ACTIVE})
    for name in words.ARTIFACT_TYPES:
        row = {"Id": account.new_id(), "Name": name, "AllowedEntityNames": ["Contacts", "Jobs", "Accounts"]}
        account["artifacttypes"].insert(row)
    _add_tags(account)
    _add_workflow(account, "Recruiting", RECRUITING_WORKFLOW, words.RECRUITING_STAGES)
    _add_workflow(account, "Sales", account.new_id(), words.SALES_STAGES)
    _add_users(account, era)


def _add_tags(account: Account) -> None:
    categories = {row["Name"]: row["Id"] for row in account["tagcategories"].values()}
    for category, names in {**words.TAG_CATEGORIES, "": words.LOOSE_TAGS}.items():
        for name in names:
            category_id = categories.get(category, NO_CATEGORY)
            row = {
                "Id": account.new_id(),
                "Name": name,
                "TagCategoryId": {"Id": category_id, "Title": category or None},
            }
            account["tags"].insert(row)


def _add_workflow(account: Account, name: str, workflow_id: str, stages: Iterable[str]) -> None:
    account["workflowtypes"].insert({"Id": workflow_id, "Name": name})
    for order, stage in enumerate(stages, start=1):
        workflow = {"Id": workflow_id, "Title": name}
        row = {"Id": account.new_id(), "Name": stage, "SortOrder": order, "WorkflowTypeId": workflow}
        account["workflowstatuses"].insert(row | {"EntityStatus": ACTIVE})


def _add_users(account: Account, era: Era) -> None:
    types = {
        title: {"Id": account.new_id(), "Title": title} for title in ("Administrator", "Standard", "Client Portal User")
    }
    states = {title: {"Id": account.new_id(), "Title": title} for title in ("Active", "Disabled")}
    kinds = {_ADMINISTRATOR: "Administrator", _PORTAL_USER: "Client Portal User"}
    for place, (first, last) in enumerate(words.STAFF):
        row = _user(account, era, first, last)
        row["UserType"] = types[kinds.get(place, "Standard")]
        row["UserState"] = states["Disabled" if place == _DISABLED else "Active"]
        account["users"].insert(row)
        account.user_id = account.user_id or row["Id"]


def _user(account: Account, era: Era, first: str, last: str) -> Row:
    created = era.days_ago(900, 400)
    row = {
        "Id": account.new_id(),
        "FirstName": first,
        "LastName": last,
        "FullName": f"{first} {last}",
        "Email": f"{first}.{last}@harborpine.example".lower(),
        "TimeZone": era.random.choice(("America/Chicago", "America/New_York", None)),
        "EntityStatus": ACTIVE,
        "CreatedOn": era.time(created),
        "ModifiedOn": era.time(era.between(created, era.now)),
    }
    return era.sparse(row)


def named(account: Account, entity: str, name: str) -> Row:
    """`{Id, Title}` of the row of a small table that bears this name."""
    row = next(row for row in account[entity].values() if name in {row.get("Name"), row.get("Title")})
    return {"Id": row["Id"], "Title": name}


def option(entity: str, column: str, number: int) -> Row:
    """`{Id, Title}` of one of the options of a column of the customer's own."""
    options = list(OPTIONS[entity][column].items())
    key, title = options[number % len(options)]
    return {"Id": key, "Title": title}


def recruiters(account: Account) -> list[Row]:
    """The users who own jobs and contacts."""
    users = account["users"].values()
    return [
        row
        for row in users
        if row["UserState"]["Title"] == "Active" and row["UserType"]["Title"] != "Client Portal User"
    ]
