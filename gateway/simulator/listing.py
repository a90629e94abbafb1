"""Reading any entity: lists, counts, single records, search and the description of its columns."""

from collections.abc import Iterator
from functools import partial

from gateway.simulator.account import PLURALS, title
from gateway.simulator.answers import Enveloped, RefusedError, not_found
from gateway.simulator.call import Call
from gateway.simulator.filters import filtered
from gateway.simulator.info import info
from gateway.simulator.order import in_order
from gateway.simulator.paging import page
from gateway.simulator.route import Route
from gateway.simulator.shapes import shape_of, shown
from gateway.simulator.table import Row
from gateway.simulator.timestamps import changed_at

ENTITIES = [
    "contacts",
    "companies",
    "jobs",
    "applications",
    "activities",
    "notes",
    "artifacts",
    "placements",
    "users",
    "organizations",
    "contactsources",
    "companysources",
    "tags",
    "tagcategories",
    "artifacttypes",
    "activitytypes",
    "opportunitytypes",
    "jobtitles",
    "workflowstatuses",
]

SEARCHED = ("contacts", "companies", "jobs")
DESCRIBED = ("contacts", "jobs", "activities", "applications")


def list_rows(call: Call, entity: str) -> Enveloped:
    """One page of an entity."""
    rows = in_order(call, filtered(call, entity), changed_at)
    return page(rows, call.query, call.knobs, shape_of(call.knobs, entity))


def count_rows(call: Call, entity: str) -> Enveloped:
    """How many rows the list would have."""
    return Enveloped(len(filtered(call, entity)))


def get_row(call: Call, entity: str) -> Enveloped:
    """One record, 404 if it is gone."""
    return Enveloped(shown(call.record(entity), call.knobs, entity))


def get_self(call: Call) -> Enveloped:
    """The user whose key this is."""
    return Enveloped(shown(call.account["users"][call.account.user_id], call.knobs, "users"))


def get_organization(call: Call) -> Enveloped:
    """The customer itself."""
    if not (rows := call.account["organizations"].ordered()):
        raise not_found()
    return Enveloped(rows[0])


def search_rows(call: Call, entity: str) -> Enveloped:
    """Slim rows whose title holds every word of `query` (crelate-api 2.5)."""
    words = call.query.get("query", "").lower().split()
    if not words:
        raise RefusedError(400, "The query parameter is required.")
    slim = (_slim(entity, row) for row in call.account.listed(entity))
    found = [row for row in slim if all(word in row["Title"].lower() for word in words)]
    return page(found, call.query, call.knobs)


def _slim(entity: str, row: Row) -> Row:
    return {
        "Id": row["Id"],
        "EntityStatus": row.get("EntityStatus"),
        "EntityName": PLURALS[entity],
        "Title": _search_title(entity, row),
    }


def _search_title(entity: str, row: Row) -> str:
    """Contacts are `Last, First M.`, jobs `Job - Company`."""
    if entity == "contacts" and row.get("MiddleName"):
        return f"{title(row)} {row['MiddleName'][0]}."
    if entity == "jobs" and row.get("AccountId"):
        return f"{title(row)} - {row['AccountId']['Title']}"
    return title(row)


def routes() -> Iterator[Route]:
    """Every reading route, entity by entity."""
    yield Route("GET", "/users/self", get_self)
    yield Route("GET", "/organizations/self", get_organization)
    for entity in SEARCHED:
        yield Route("GET", f"/{entity}/search", partial(search_rows, entity=entity))
    for entity in DESCRIBED:
        yield Route("GET", f"/{entity}/info", partial(info, entity=entity))
    for entity in ENTITIES:
        yield Route("GET", f"/{entity}", partial(list_rows, entity=entity))
        yield Route("GET", f"/{entity}/count", partial(count_rows, entity=entity))
        yield Route("GET", f"/{entity}/{{id}}", partial(get_row, entity=entity))
