"""A write through the whole gateway."""

from pathlib import Path

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over

CREATE = """
mutation ($input: CreateCandidateInput!) {
  createCandidate(input: $input) { status userErrors { message } }
}
"""

CANDIDATE = {"firstName": "Ingrid", "lastName": "Halvorsen", "emailAddress": "ingrid@example.com"}


async def test_a_mutation_counts_the_calls_of_its_workflow(tmp_path: Path) -> None:
    """`extensions.cost.upstreamRequests` is what Crelate has counted."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as world:
        answer = await world.ask(CREATE, input={"candidate": CANDIDATE})
        assert answer["data"]["createCandidate"] == {"status": "DONE", "userErrors": []}
        assert answer["extensions"]["cost"]["upstreamRequests"] == world.calls.total() > 1
