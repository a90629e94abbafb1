"""Whether the process lives, and whether requests may be sent to it."""

import asyncio
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from gateway.database.engine import Database
from gateway.observability.health import Part
from gateway.process import check
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.ports.integration import IntegrationName
from tests.end_to_end.conftest import KEY, World, gateway_over

WRONG_KEY = "not-the-simulated-key"


async def works() -> None:
    """A check that finds nothing wrong."""


async def test_it_lives_before_it_is_ready(world: World) -> None:
    """A process that is still starting is not to be killed, nor to be asked."""
    assert (await world.http.get("/health/live")).json() == {"status": "live"}
    ready = await world.http.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json() == {"status": "not ready", "parts": {"process": "starting"}}


async def test_it_is_ready_when_all_parts_work(tmp_path: Path) -> None:
    """Database and ATS are asked, and named."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as world:
        await world.app.process.start()
        ready = await world.http.get("/health/ready")
    assert ready.status_code == 200
    assert ready.headers["Cache-Control"] == "no-store"
    parts = {"process": "ok", "database": "ok", "crelate:default": "ok"}
    assert ready.json() == {"status": "ready", "parts": parts}


async def test_probes_do_not_use_up_the_quota(world: World) -> None:
    """However many ask, the ATS is asked once in a while."""
    await world.app.process.start()
    world.simulator.reset_log()
    for _ in range(3):
        answers = await asyncio.gather(*(world.http.get("/health/ready") for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
    assert sum(world.calls.values()) == 1


async def test_a_quota_used_up_is_left_alone() -> None:
    """An account that just answered so often is known to be there."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, crelate_requests_per_minute=1) as world:
        connector = world.app.process.connectors[IntegrationName("crelate:default")]
        for _ in range(3):
            await check(connector)
        assert sum(world.calls.values()) == 1


async def test_a_refused_key_is_told_without_the_key() -> None:
    """The answer names the part and the code of its error."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, crelate_api_key=SecretStr(WRONG_KEY)) as world:
        await world.app.process.start()
        ready = await world.http.get("/health/ready")
        live = await world.http.get("/health/live")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"process": "ok", "crelate:default": "UPSTREAM_UNAUTHORIZED"}
    assert WRONG_KEY not in ready.text
    assert live.status_code == 200


async def test_draining_is_not_ready(world: World) -> None:
    """No new requests for a process that is about to stop."""
    await world.app.process.start()
    world.app.process.health.draining = True
    ready = await world.http.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"process": "draining"}


async def test_a_finding_is_kept_for_its_time() -> None:
    """Then the part is looked at again."""
    asked: list[float] = []
    time = [100.0]

    async def fails() -> None:
        asked.append(time[0])
        raise RuntimeError("postgresql://someone:a-password@example")

    part = Part(fails, 30, lambda: time[0])
    found = []
    for time[0] in (100.0, 129.9, 130.0):
        found.append(await part.state())
    assert found == ["broken"] * 3
    assert asked == [100.0, 130.0]


async def test_a_check_is_bounded() -> None:
    """A part that does not answer does not hold up the probe."""
    part = Part(asyncio.Event().wait, 30, patience=0)
    assert await part.state() == "timeout"
    assert await Part(works, 30).state() == "ok"


async def test_a_database_out_of_reach_is_told_without_its_address() -> None:
    """Nobody listens at port 1."""
    database = Database(make_url("postgresql://someone:a-password@127.0.0.1:1/none"))
    assert await Part(database.check, 1).state() == "broken"
    await database.close()
