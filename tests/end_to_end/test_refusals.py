"""Bad input: a coded error that names the argument, never an empty list, and no request to Crelate."""

import pytest

from tests.end_to_end.conftest import World

REFUSED = {
    "{ jobs(first: -1) { totalCount } }": ("BAD_USER_INPUT", "first"),
    "{ jobs(first: 251) { totalCount } }": ("BAD_USER_INPUT", "first"),
    "{ jobs(first: 1, last: 1) { totalCount } }": ("BAD_USER_INPUT", "first"),
    '{ jobs(after: "bad") { totalCount } }': ("BAD_USER_INPUT", "after"),
    "{ jobs(last: 1) { totalCount } }": ("FILTER_NEEDS_SYNC", "last"),
    "{ jobs(orderBy: {field: NAME}) { totalCount } }": ("FILTER_NEEDS_SYNC", "orderBy"),
    '{ jobs(filter: {nameContains: "a"}) { totalCount } }': ("FILTER_NEEDS_SYNC", "nameContains"),
    "{ jobs(filter: {includeDeleted: true}) { totalCount } }": ("FILTER_NEEDS_SYNC", "includeDeleted"),
    '{ candidates(filter: {companyContains: "a"}) { totalCount } }': ("FILTER_NEEDS_SYNC", "companyContains"),
    '{ job(id: "bad") { name } }': ("BAD_USER_INPUT", "id"),
    '{ node(id: "bad") { id } }': ("BAD_USER_INPUT", "id"),
    '{ candidates(filter: {jobIds: ["bad"]}) { totalCount } }': ("BAD_USER_INPUT", "jobIds"),
}


@pytest.mark.parametrize("document", REFUSED)
async def test_what_cannot_be_answered_is_refused_by_name(world: World, document: str) -> None:
    """The error stands at the field, names the argument, and nothing was asked."""
    answer = await world.ask(document)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"].get("argument")) == REFUSED[document]
    assert error["path"]
    assert list(answer["data"].values()) == [None]
    assert world.calls.total() == 0


async def test_an_unknown_integration_is_refused(world: World) -> None:
    """A request for another account gets no data."""
    answer = await world.ask("{ users { totalCount } }", {"X-Integration-Id": "crelate:nobody"})
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == "INTEGRATION_NOT_FOUND"


@pytest.mark.parametrize("header", ["crelate:default", None])
async def test_one_account_needs_no_name(world: World, header: str | None) -> None:
    """It may be named all the same; users cost one request, and then none."""
    headers = {"X-Integration-Id": header} if header else {}
    answer = await world.ask("{ users { totalCount } }", headers)
    assert answer["data"]["users"]["totalCount"] == len(world.account["users"])
    assert world.calls == {"GET /users": 1}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("401", "UPSTREAM_UNAUTHORIZED"),
        ("403", "UPSTREAM_UNAUTHORIZED"),
        ("429", "UPSTREAM_RATE_LIMITED"),
        ("500", "UPSTREAM_UNAVAILABLE"),
        ("502", "UPSTREAM_UNAVAILABLE"),
        ("drop", "UPSTREAM_UNAVAILABLE"),
        ("truncated", "UPSTREAM_UNREADABLE"),
        ("errors", "UPSTREAM_REJECTED"),
    ],
)
async def test_a_fault_is_a_coded_error_at_its_path(world: World, fault: str, code: str) -> None:
    """What Crelate fails to give is null with a code; its siblings stand, and nothing secret is told."""
    document = "{ users { totalCount } jobs(first: 1) { nodes { name } } }"
    await world.data(document)
    world.simulator.faults.add(fault, "/jobs", times=100, retry_after=100_000)
    answer = await world.ask(document)
    assert answer["data"]["users"]["totalCount"]
    assert answer["data"]["jobs"] is None
    (error,) = answer["errors"]
    assert error["path"] == ["jobs"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["upstream"]["path"] == "/jobs"
    assert "simulated-key" not in str(answer)
