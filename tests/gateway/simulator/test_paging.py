import pytest

from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import Crelate


async def test_a_page_is_fifty_unless_asked_and_never_over_a_hundred(crelate: Crelate) -> None:
    """The default is 50; more than 100 is cut, not refused."""
    assert len(await crelate.data("/contacts")) == 50
    assert len(await crelate.data("/contacts", limit=7)) == 7
    assert len(await crelate.data("/contacts", limit=500)) == 100


async def test_the_largest_page_is_a_knob(simulator: Simulator, crelate: Crelate) -> None:
    """A smaller cut applies to lists and pipelines alike."""
    simulator.knobs.max_page = 3

    assert len(await crelate.data("/contacts", limit=100)) == 3


async def test_pages_cover_the_table_once(simulator: Simulator, crelate: Crelate) -> None:
    """Walking by offset until `MoreRecords` is false meets every row exactly once, by creation."""
    walked: list[dict[str, str]] = []
    more = True
    while more:
        body = (await crelate.call("GET", "/contacts", params={"limit": 100, "offset": len(walked)})).json()
        walked += body["Data"]
        more = body["Metadata"]["MoreRecords"]

    assert {row["Id"] for row in walked} == set(simulator.state["contacts"])
    assert len(walked) == len(simulator.state["contacts"])
    assert walked == sorted(walked, key=lambda row: row["CreatedOn"])


async def test_an_offset_past_the_end_is_an_empty_page(crelate: Crelate) -> None:
    """No rows, no more, and still the total."""
    body = (await crelate.call("GET", "/users", params={"offset": 1000})).json()

    assert body["Data"] == []
    assert body["Metadata"]["MoreRecords"] is False
    assert body["Metadata"]["TotalRecords"] == 11


@pytest.mark.parametrize("params", [{"limit": "-1"}, {"limit": "many"}, {"offset": "-5"}, {"offset": "1.5"}])
async def test_a_malformed_limit_or_offset_is_refused(crelate: Crelate, params: dict[str, str]) -> None:
    """400, naming the value."""
    status, message = await crelate.refusal("GET", "/contacts", params=params)

    assert status == 400
    assert next(iter(params.values())) in message


@pytest.mark.parametrize("parameter", ["take", "skip", "page", "$top", "$skip", "name", "firstName", "search", "sort"])
async def test_unknown_parameters_are_ignored_in_silence(crelate: Crelate, parameter: str) -> None:
    """The first page of the whole table comes back, as if nothing had been asked."""
    assert await crelate.data("/contacts", **{parameter: "3"}) == await crelate.data("/contacts")


async def test_ids_are_found_in_any_case(simulator: Simulator, crelate: Crelate) -> None:
    """A GUID in capitals names the same record."""
    job_id = next(iter(simulator.state["jobs"]))

    assert (await crelate.data(f"/jobs/{job_id.upper()}"))["Id"] == job_id


async def test_a_count_is_the_length_of_the_list(simulator: Simulator, crelate: Crelate) -> None:
    """`/count` is a number, and takes the filters of the list."""
    assert await crelate.data("/contacts/count") == len(simulator.state["contacts"])
    assert await crelate.data("/contacts/count", ids=next(iter(simulator.state["contacts"]))) == 1
