"""Files of candidates: one batched question for each level."""

from pathlib import Path

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over

FILES = "{ candidates(first: 20) { nodes { id attachments { remoteId name type size } } } }"


async def test_the_files_of_twenty_candidates_cost_a_few_requests(tmp_path: Path) -> None:
    """The candidates, their files, and what the files are: each by the hundred."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path / 'gateway.sqlite'}") as world:
        await world.prepare()
        await world.data(FILES)  # proves the filter of files
        candidates = (await world.data(FILES))["candidates"]["nodes"]
        files = [file for candidate in candidates for file in candidate["attachments"]]
        assert len(files) > 10
        assert all(file["name"] and file["type"] == "CV" and file["size"] for file in files)
        assert world.calls == {"GET /contacts": 2, "GET /artifacts": 1}
        (one,) = (await world.data(query(candidates[0]["id"])))["candidateAttachments"][:1] or [None]
        assert one is None or one in candidates[0]["attachments"]


def query(candidate: str) -> str:
    """The same for one candidate."""
    return f'{{ candidateAttachments(candidateId: "{candidate}") {{ remoteId name type size }} }}'
