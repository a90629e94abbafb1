from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import KEYS, Clock, Crelate


async def ask(crelate: Crelate, times: int) -> list[int]:
    """The statuses of so many calls."""
    return [(await crelate.call("GET", "/users/self")).status_code for _ in range(times)]


async def test_there_is_no_limit_unless_one_is_set(crelate: Crelate) -> None:
    """Tests that are not about quotas never meet one."""
    assert set(await ask(crelate, 200)) == {200}


async def test_calls_over_the_limit_are_refused_until_the_minute_has_passed(
    simulator: Simulator, crelate: Crelate, clock: Clock
) -> None:
    """The window slides: each call is given back sixty seconds after it was made."""
    simulator.knobs.requests_per_minute = 3
    assert await ask(crelate, 1) == [200]
    clock.advance(20)
    assert await ask(crelate, 3) == [200, 200, 429]
    clock.advance(40)
    assert await ask(crelate, 2) == [200, 429]
    clock.advance(20)
    assert await ask(crelate, 3) == [200, 200, 429]


async def test_a_refused_call_says_when_to_come_back(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """`Retry-After` is the whole seconds until a call is free, and waiting them out is enough."""
    simulator.knobs.requests_per_minute = 1
    await ask(crelate, 1)
    clock.advance(17.5)

    refused = await crelate.call("GET", "/users/self")
    clock.advance(int(refused.headers["retry-after"]))

    assert refused.headers["retry-after"] == "43"
    assert await ask(crelate, 1) == [200]


async def test_the_hint_can_be_withheld(simulator: Simulator, crelate: Crelate) -> None:
    """429 without `Retry-After`."""
    simulator.knobs.requests_per_minute = 0
    simulator.knobs.retry_after = False

    refused = await crelate.call("GET", "/users/self")

    assert refused.status_code == 429
    assert "retry-after" not in refused.headers


async def test_each_key_has_a_quota_of_its_own(simulator: Simulator, crelate: Crelate) -> None:
    """One account's calls do not count against another."""
    simulator.knobs.requests_per_minute = 1

    assert await ask(crelate, 2) == [200, 429]
    assert await ask(Crelate(simulator, KEYS[1]), 2) == [200, 429]
