"""The lists: path, records and filters of each (model 5.1, 5.2), and how a page is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from gateway.rest import records
from gateway.rest.asking import Answer, Ask
from gateway.rest.envelope import Success
from gateway.rest.errors import WITHHELD, refused
from gateway.rest.inlined import complete
from gateway.rest.input import Given, Instant, Texts, Unsupported, listed, read_query
from gateway.rest.shapes import CONNECTION, Shape
from schema.job import JobVisibility
from schema.role import RoleScope

LARGEST_PAGE = 250

CALLED = {"first": "page_size", "after": "cursor"}
"""Argument of the graph -> parameter."""

DISABLED = "INTEGRATION.MODEL_DISABLED"

ASKS_NOTHING = "query ListNothing { __typename }"
"""Answered to whoever may ask about the account."""

PAGING = {"cursor", "page_size", "ignore_unsupported_filters"}


def _flag(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_flag), Field(strict=True)]
"""`true` or `false`."""


class Query(Given):
    """The parameters of every list."""

    cursor: str | None = None
    page_size: int = Field(default=100, ge=1, le=LARGEST_PAGE)
    ignore_unsupported_filters: Flag = False
    updated_after: Instant | None = None
    include_deleted: Flag | None = None
    ids: Texts | None = None
    remote_ids: Texts | None = None

    def variables(self) -> dict[str, Any]:
        """The variables of a list's document."""
        return {"first": self.page_size, "after": self.cursor, "filter": self.as_input(without=PAGING)}


class UserQuery(Query):
    """And those of users."""

    emails: Texts | None = None


class JobQuery(Query):
    """And those of jobs."""

    job_codes: Texts | None = None
    visibilities: Annotated[list[JobVisibility], listed] | None = None
    name_contains: str | None = None
    post_url: Unsupported
    status: Unsupported
    statuses: Unsupported
    employment_types: Unsupported
    remote_created_after: Unsupported


class CandidateQuery(Query):
    """And those of candidates."""

    email: str | None = None
    job_ids: Texts | None = None
    first_name: str | None = None
    last_name: str | None = None


class ApplicationQuery(Query):
    """And those of applications."""

    job_ids: Texts | None = None
    job_remote_ids: Texts | None = None
    current_stage_ids: Texts | None = None
    outcome: Unsupported
    outcomes: Unsupported
    remote_created_after: Unsupported


class InterviewQuery(Query):
    """And those of interviews."""

    job_ids: Texts | None = None


class RoleQuery(Query):
    """And those of roles."""

    scopes: Annotated[list[RoleScope], listed] | None = None


@dataclass(frozen=True)
class Listing:
    """A list.

    Attributes:
        root: What it is called in the graph.
        filter: Type of its filter there.
        shape: Of its records.
        query: Its parameters.
    """

    root: str
    filter: str
    shape: Shape
    query: type[Query]

    @cached_property
    def document(self) -> str:
        """The document that asks for a page."""
        variables = f"$first: Int, $after: String, $filter: {self.filter}"
        asked = CONNECTION % f"nodes {{ {self.shape.selection} }}"
        name = f"List{self.root[0].upper()}{self.root[1:]}"
        return f"query {name}({variables}) {{ {self.root}(first: $first, after: $after, filter: $filter) {asked} }}"


LISTS: Mapping[str, Listing] = {
    "users": Listing("users", "UserFilter", records.USER, UserQuery),
    "jobs": Listing("jobs", "JobFilter", records.JOB, JobQuery),
    "candidates": Listing("candidates", "CandidateFilter", records.CANDIDATE, CandidateQuery),
    "application-stages": Listing("applicationStages", "ApplicationStageFilter", records.APPLICATION_STAGE, Query),
    "applications": Listing("applications", "ApplicationFilter", records.APPLICATION, ApplicationQuery),
    "interviews": Listing("interviews", "InterviewFilter", records.INTERVIEW, InterviewQuery),
    "roles": Listing("roles", "RoleFilter", records.ROLE, RoleQuery),
}
"""Path below `/ats/` -> the list there."""


async def page(listing: Listing, ask: Ask, parameters: Mapping[str, str], at: str) -> Success:
    """A page of a list.

    A filter on something that the ATS does not have matches nothing, unless it shall be ignored (model 5.1); either way
    a warning names it.

    Args:
        listing: The list.
        ask: Asks the endpoint.
        parameters: As they came.
        at: Instant of the answer.

    Raises:
        RefusedError: a parameter is wrong, or the page cannot be had.
    """
    query = read_query(listing.query, parameters)
    unsupported = list(query.unsupported())
    if unsupported and not query.ignore_unsupported_filters:
        _checked(await ask(ASKS_NOTHING, {}))
        return Success({"results": [], "next": None}, _each(unsupported, "it matches nothing"))
    answer = _checked(await ask(listing.document, query.variables()))
    found = answer.data[listing.root]
    nodes = [await complete(ask, node) for node in found["nodes"]]
    next_page = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else None
    results = [listing.shape.record(node, at) for node in nodes]
    return Success({"results": results, "next": next_page}, _each(unsupported, "it was ignored"), answer.headers)


def _checked(answer: Answer) -> Answer:
    """The answer, if nothing of it is missing but personal data that is withheld."""
    for error in answer.errors:
        if error["extensions"]["code"] != WITHHELD:
            raise refused(error, CALLED, DISABLED)
    return answer


def _each(filters: list[str], outcome: str) -> list[str]:
    return [f"{name}: the ATS does not have what this filter is about, so {outcome}." for name in filters]
