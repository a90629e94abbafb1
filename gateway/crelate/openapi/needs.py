"""What the connector relies on of Crelate's current API, gathered from the tables that do the work.

Reading gives the lists of `entities`, the filters, and the columns of the mapping tables; writing gives its requests,
made with placeholders. What stands in no table are a few parameters, which `PARAMETERS` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Any

from gateway.crelate import entities, filters
from gateway.crelate.access import READINGS, SELF
from gateway.crelate.filters import FILTERS, Filter
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.table import Absent
from gateway.crelate.protocol import Request
from gateway.crelate.reading import company, country, file, note, small
from gateway.crelate.reading.leads import CONTACTS_OF_JOBS
from gateway.crelate.reading.session import LABELLED
from gateway.crelate.writing import requests
from gateway.crelate.writing.contact import LookedUp, new_columns


class Kind(Enum):
    """What is relied on, of an operation."""

    PATH = "path"
    PARAMETER = "parameter"
    ANSWER = "column"
    BODY = "column to write"
    PART = "part of a form"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is relied on.

    Attributes:
        kind: What it is.
        method, template: The operation.
        names: Of the parameter or column; several where any of them will do.
        number: Of the assumption that it is there, or empty.
    """

    kind: Kind
    method: str
    template: str
    names: tuple[str, ...] = ()
    number: str = ""


WINDOW = ("limit", "offset")

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    file.LIST: ("parent_ids",),
    note.LIST: ("parent_ids",),
    "/workflowstatuses": ("workflow_type_ids",),
    "/jobs/{id}/contacts/history": ("contact_id",),
    company.SEARCH: ("query",),
}
"""Parameters that no filter of `filters` stands for."""

NUMBERS: Mapping[Filter, str] = {
    filters.CONTACT_EMAILS: "ASM-04",
    **dict.fromkeys((filters.JOB_IDS, filters.ACTIVITY_IDS, filters.FILE_IDS), "ASM-05"),
    **dict.fromkeys(filters.MODIFIED_AFTER.values(), "ASM-06"),
    **dict.fromkeys((filters.ACTIVITY_PARENTS, filters.ACTIVITY_REGARDING, filters.ACTIVITY_VERBS), "ASM-07"),
}
"""Filter -> the assumption that it is there."""

PATH_NUMBERS = {"/contacts/{id}/jobs": "ASM-09", f"{LABELLED['Job']}/info": "ASM-14", "/artifacts": "ASM-29"}
"""Path -> the assumption that it is there; that of files is of their upload."""

WRITTEN = {
    "CurrentPosition": "ASM-21",
    "DesiredSalaryMin": "ASM-22",
    "DesiredSalaryMax": "ASM-22",
    "KeyDates_Other": "ASM-23",
    "Owners": "ASM-31",
    "RegardingId": "ASM-28",
}
"""Column that is written -> the assumption that it can be."""

READ = {
    **{(file.LIST, name): "ASM-10" for name in ("ParentId", "FileName", "ContentType", "ContentLength")},
    ("/workflowstatuses", "SortOrder"): "ASM-24",
    ("/activities", "Owners"): "ASM-26",
    ("/jobs", "IsLead"): "ASM-35",
}
"""List and column -> the assumption that it is there, of columns that no mapping table has."""

_COMMON = frozenset(entities.Row.__struct_fields__)
"""What every type of row has: it is named where a field is read from it."""

WHOLE_INPUT: Mapping[str, Any] = {
    "candidate": {
        "first_name": "A",
        "last_name": "B",
        "email_address": "a@example.com",
        "additional_email_addresses": [{"email_address": "b@example.com", "type": "WORK"}],
        "title": "C",
        "company": "D",
        "phone_number": "+12025550123",
        "location": {"city": "E", "state": "F", "zip_code": "1", "country": "US"},
        "availability_date": "2031-03-14",
        "salary_expectations": {"amount": 1.0, "period": "YEAR"},
        "social_links": [{"url": "https://www.linkedin.com/in/a"}],
    },
    "source": {"id": "G"},
    "sourced_by": {"user_key": "H"},
}
"""An input that fills every column which creating a candidate can fill."""


def needs() -> tuple[Need, ...]:
    """Everything, each once."""
    return tuple(dict.fromkeys([*_reading(), *_columns(), *_writing()]))


def _reading() -> Iterator[Need]:
    singly = [each.template for each in FILTERS if each.param == "ids"]
    records = [f"{template}/{{id}}" for template in (*singly, small.USERS)]
    infos = [f"{template}/info" for template in LABELLED.values()]
    for template in (
        *entities.ENTITIES,
        *records,
        *infos,
        *READINGS,
        SELF,
        company.SEARCH,
        country.FIELDS,
        file.CONTENT,
    ):
        yield Need(Kind.PATH, "GET", template, number="" if template == file.LIST else PATH_NUMBERS.get(template, ""))
    for template in entities.ENTITIES:
        for name in WINDOW:
            yield Need(Kind.PARAMETER, "GET", template, (name,))
    for each in FILTERS:
        yield Need(Kind.PARAMETER, "GET", each.template, (each.param,), NUMBERS.get(each, ""))
    together = CONTACTS_OF_JOBS.partition("?")
    yield Need(Kind.PARAMETER, "GET", together[0], (together[2],), "ASM-04")
    for template, names in PARAMETERS.items():
        for name in names:
            yield Need(Kind.PARAMETER, "GET", template, (name,))


def _columns() -> Iterator[Need]:
    """The columns that fields are read from, and those of the rows' types that no field is read from alone."""
    named: dict[str, set[str]] = {}
    for table in TABLES.values():
        for row in table.rows:
            if isinstance(row, Absent) or "*" in row.path or table.entity not in set(entities.ENTITIES.values()):
                continue
            for names in _alternatives(row.path):
                named.setdefault(table.source, set()).update(names)
                yield Need(Kind.ANSWER, "GET", table.source, names, row.assumption)
    for template, entity in entities.ENTITIES.items():
        if entity is not entities.PipelineRow:
            for name in entity.__struct_fields__:
                if name not in {*_COMMON, *named.get(template, ())}:
                    yield Need(Kind.ANSWER, "GET", template, (name,), READ.get((template, name), ""))


def _alternatives(path: str) -> Iterator[tuple[str, ...]]:
    """Columns of a path: those that count at each of its places, and the first others, of which one will do."""
    places = [[each.partition(".")[0] for each in place.split(" + ")] for place in path.split(" ?? ") if place]
    always = [name for name in dict.fromkeys(chain(*places)) if all(name in place for place in places)]
    yield from ((name,) for name in always)
    others = [next((name for name in place if name not in always), None) for place in places]
    if found := tuple(dict.fromkeys(name for name in others if name)):
        yield found


def _writing() -> Iterator[Need]:
    columns, _ = new_columns(WHOLE_INPUT, LookedUp(company={"Id": "I"}, country_id="J", source_id="K"))
    for request in (
        requests.new_company("A"),
        requests.new_contact(columns),
        requests.contact_change("A", columns),
        requests.pipeline_entry("A", "B", "C"),
        requests.note("A", "B", "C", requests.regarding("D")[0]),
        requests.cv("A"),
        requests.document("A"),
    ):
        yield from _of_request(request)


def _of_request(request: Request) -> Iterator[Need]:
    number = PATH_NUMBERS.get(request.template, "")
    yield Need(Kind.PATH, request.method, request.template, number=number)
    for name in request.params:
        yield Need(Kind.PARAMETER, request.method, request.template, (name,), number)
    if request.json is None:
        yield Need(Kind.PART, request.method, request.template, ("file",), number)
        return
    body = request.json.get("entity", request.json)
    for name in body:
        yield Need(Kind.BODY, request.method, request.template, (name,), WRITTEN.get(name, ""))
