import re

from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import Crelate


async def test_a_list_says_how_many_there_are_and_whether_more_follow(simulator: Simulator, crelate: Crelate) -> None:
    """`Data` is the array itself; the totals stand in `Metadata`."""
    body = (await crelate.call("GET", "/contacts", params={"limit": 1})).json()

    assert body.keys() == {"Data", "Metadata", "Errors"}
    assert len(body["Data"]) == 1
    assert body["Metadata"]["TotalRecords"] == len(simulator.state["contacts"])
    assert body["Metadata"]["MoreRecords"] is True
    assert body["Metadata"]["Verb"] == "GET"
    assert body["Metadata"]["Links"] is None
    assert body["Errors"] == []


async def test_a_single_record_has_no_totals(simulator: Simulator, crelate: Crelate) -> None:
    """The totals of anything but a list are null."""
    job_id = next(iter(simulator.state["jobs"]))

    body = (await crelate.call("GET", f"/jobs/{job_id}")).json()

    assert body["Data"]["Id"] == job_id
    assert body["Metadata"]["TotalRecords"] is None
    assert body["Metadata"]["MoreRecords"] is None


async def test_the_address_is_echoed_with_the_key(crelate: Crelate) -> None:
    """A key sent in the query comes back in `Metadata.Url`, also when the call is refused."""
    query = "?api_key=simulated-key&limit=1"

    for path in ("/users", "/users/00000000-0000-4000-8000-000000000000"):
        body = (await crelate.call("GET", path + query)).json()
        assert body["Metadata"]["Url"] == f"https://sim/api3{path}{query}"


async def test_the_server_time_has_seven_digits(crelate: Crelate) -> None:
    """`TimeStamp` is the clock, to seven digits."""
    body = (await crelate.call("GET", "/users/self")).json()

    assert body["Metadata"]["TimeStamp"] == "2025-06-02T09:00:00.1234560Z"


async def test_every_answer_has_its_own_correlation_id(crelate: Crelate) -> None:
    """The id is a GUID and never the same twice."""
    found = [(await crelate.call("GET", "/users/self")).json()["Metadata"]["CorrelationId"] for _ in range(3)]

    assert len(set(found)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in found)


async def test_a_refusal_carries_a_message_and_no_data(crelate: Crelate) -> None:
    """A missing record is a 404 in the envelope."""
    status, message = await crelate.refusal("GET", "/jobs/00000000-0000-4000-8000-000000000000")

    assert (status, message) == (404, "The requested record was not found")


async def test_an_unknown_path_and_an_unknown_method_differ(crelate: Crelate) -> None:
    """404 for a path nobody knows, 405 for a method the path does not know."""
    assert (await crelate.refusal("GET", "/candidates"))[0] == 404
    assert (await crelate.refusal("DELETE", "/users"))[0] == 405
