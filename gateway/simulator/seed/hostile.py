"""Hostile text in every column that holds text, and in what such records point to."""

from collections.abc import Callable
from typing import Any, TypeAlias

from gateway.simulator.assumptions import NO_CATEGORY, RECRUITING_WORKFLOW
from gateway.simulator.columns import COLUMNS, Kind
from gateway.simulator.seed.odd_values import TEXTS
from gateway.simulator.seed.oddities import Oddities
from gateway.simulator.table import Row

Fill: TypeAlias = Callable[[Oddities, str], Any]


def _lookup(odd: Oddities, text: str) -> Row:
    return {"Id": odd.account.new_id(), "Title": text}


def _address(odd: Oddities, text: str) -> Row:
    parts = dict.fromkeys(("Line1", "Line2", "City", "State", "ZipCode"), text)
    return {"Id": odd.account.new_id(), "IsPrimary": True, **parts, "CountryId": _lookup(odd, text)}


def _position(odd: Oddities, text: str) -> Row:
    company = _lookup(odd, text)
    return {"Id": odd.account.new_id(), "JobTitle": text, "Details": text, "CompanyId": company, "IsPrimary": True}


_FILLS: dict[Kind, Fill] = {
    Kind.TEXT: lambda _, text: text,
    Kind.EMAIL: lambda odd, text: odd.value(f"{text}@example.com"),
    Kind.PHONE: lambda odd, text: odd.value(text, Extension=text),
    Kind.VALUE: lambda odd, text: odd.value(text),
    Kind.ADDRESS: _address,
    Kind.POSITION: _position,
    Kind.TAGS: lambda odd, text: {NO_CATEGORY: [_lookup(odd, text)]},
}


def filled(odd: Oddities, entity: str, text: str) -> Row:
    """The text in every column of the entity that can hold it; dates, numbers, flags and lookups are left out."""
    return {
        name: _FILLS[kind](odd, text)
        for name, kind in COLUMNS[entity].items()
        if kind in _FILLS and not name.startswith("KeyDates_")
    }


def add_hostile(odd: Oddities) -> None:
    """For every text a user, company, source, stage, type, job, contact, file and interview, joined to each other."""
    for order, (what, text) in enumerate(TEXTS.items(), start=100):
        _add_story(odd, f"text with {what}", text, order)


def _add_story(odd: Oddities, what: str, text: str, order: int) -> None:
    account = odd.account
    owner = account.owner(_user(odd, what, text)["Id"], primary=True)
    company = odd.add("companies", what, filled(odd, "companies", text))
    source = odd.add("contactsources", what, {"Name": text})
    stage = odd.add("workflowstatuses", what, _stage(text, order))
    verb = odd.add("activitytypes", what, {"Name": f"Interview {text}"})
    firm = account.lookup("companies", company["Id"])
    job = odd.job(what, **filled(odd, "jobs", text), AccountId=firm, Owners=[owner])
    person = {**filled(odd, "contacts", text), "Name": f"{text}, {text}", "AccountId": firm, "Owners": [owner]}
    contact = odd.contact(what, **person, ContactSourceId=account.lookup("contactsources", source["Id"]))
    odd.place(contact, job, stage)
    _add_file(odd, what, text, contact)
    verb_id = account.lookup("activitytypes", verb["Id"])
    odd.interview(what, contact, job, **filled(odd, "activities", text), VerbId=verb_id, Owners=[owner])


def _user(odd: Oddities, what: str, text: str) -> Row:
    names = dict.fromkeys(("FirstName", "LastName", "FullName", "TimeZone"), text)
    lookups = {"UserType": _lookup(odd, text), "UserState": _lookup(odd, "Active")}
    return odd.add("users", what, {**names, "Email": f"{text}@example.com", **lookups})


def _stage(text: str, order: int) -> Row:
    return {"Name": text, "SortOrder": order, "WorkflowTypeId": {"Id": RECRUITING_WORKFLOW, "Title": "Recruiting"}}


def _add_file(odd: Oddities, what: str, text: str, contact: Row) -> None:
    row = odd.add(
        "artifacts",
        what,
        {
            "FileName": f"{text}.pdf",
            "ContentType": "application/pdf",
            "ContentLength": 5,
            "ParentId": {"Id": contact["Id"], "EntityName": "Contacts"},
            "ArtifactTypeId": None,
            "IsDocument": True,
        },
    )
    odd.account.contents[row["Id"]] = b"%PDF-"
    contact["PrimaryDocumentAttachmentId"] = {"Id": row["Id"], "Title": row["FileName"]}
