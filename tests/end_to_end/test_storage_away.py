"""A Postgres that is away: what the ATS has is answered, and the rest says why not."""

import pytest

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over
from tests.gateway.sync.test_broken import away

READ = """{
  jobs(first: 2) { nodes { name applications(first: 2) { nodes { candidate { firstName } } } } }
}"""
STATUS = "{ syncStatus { running } changes(first: 1) { nodes { id } } actions(first: 1) { nodes { id } } }"
CREATE = """mutation {
  createCandidate(input: { candidate: { firstName: "Ada", lastName: "Okafor", emailAddress: "ada@example.com" } }) {
    status
  }
}"""


@pytest.mark.parametrize("database_address", ["postgres"], indirect=True)
@pytest.mark.parametrize("most_age", [0, 3600])
async def test_what_the_ats_has_is_read_from_there(database_address: str, most_age: int) -> None:
    """Live and with a maximum age alike; copies alone, the log, syncs and actions cannot be had, and are coded."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=database_address, max_age=most_age) as world:
        before = await world.data(READ)
        with away(database_address):
            assert await world.data(READ) == before
            assert world.calls.total() > 0
            for document, headers in ((STATUS, {}), (CREATE, {}), (READ, {"Cache-Control": "only-if-cached"})):
                answer = await world.ask(document, headers)
                assert {error["extensions"]["code"] for error in answer["errors"]} == {"DATABASE_UNAVAILABLE"}
                assert {error["extensions"]["retryable"] for error in answer["errors"]} == {True}
                assert world.calls.total() == 0
        assert await world.data(READ) == before
        assert not (await world.ask(STATUS)).get("errors")
