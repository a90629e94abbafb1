"""A write through the whole gateway."""

from pathlib import Path

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over

CREATE = """
mutation ($input: CreateCandidateInput!) {
  createCandidate(input: $input) { status userErrors { message } }
}
"""

MOVE = """
mutation ($application: ID!, $stage: ID!) {
  moveApplication(input: { applicationId: $application, stageId: $stage }) {
    application { currentStage { id } candidate { lastName } }
    userErrors { message }
  }
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


async def test_what_was_moved_is_so_for_whoever_asks_next(tmp_path: Path) -> None:
    """The copies that answered before answer with the new stage, without another request."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite", max_age=3600) as world:
        await world.prepare()
        start = "{ applications(first: 1) { nodes { id currentStageId } } applicationStages { nodes { id } } }"
        found = await world.data(start)
        (application,) = found["applications"]["nodes"]
        reading = "query ($id: ID!) { application(id: $id) { currentStageId } }"
        held = await world.data(reading, id=application["id"])
        assert (held["application"]["currentStageId"], world.calls.total()) == (application["currentStageId"], 0)
        ids = (stage["id"] for stage in found["applicationStages"]["nodes"])
        stage = next(each for each in ids if each != application["currentStageId"])

        answer = await world.ask(MOVE, application=application["id"], stage=stage)
        moved = answer["data"]["moveApplication"]
        assert (moved["userErrors"], moved["application"]["currentStage"]) == ([], {"id": stage})
        assert moved["application"]["candidate"]["lastName"]
        assert answer["extensions"]["cost"]["upstreamRequests"] == world.calls.total()
        assert (world.calls["POST /jobs/{id}/contacts"], world.calls["GET /jobs/{id}/contacts"]) == (1, 3)

        assert (await world.data(reading, id=application["id"]))["application"] == {"currentStageId": stage}
        assert world.calls.total() == 0
