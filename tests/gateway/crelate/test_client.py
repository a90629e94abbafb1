"""The client and its layers: what is repeated, when, and what goes out."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from contextlib import nullcontext

import httpx
import orjson
import pytest

from gateway.crelate import protocol
from gateway.crelate.assumptions import Assumptions
from gateway.crelate.client import Client
from gateway.crelate.transport.exchange import Timing
from gateway.crelate.transport.signing import KeyForm
from gateway.quota import WindowQuota
from gateway.simulator import FirstVersionKey
from resolvers.errors import (
    AtsError,
    NotFound,
    Rejected,
    UpstreamRateLimited,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from tests.gateway.crelate.conftest import KEY, FakeTime, MakeWorld, World

QUESTION = protocol.page("/jobs")
COMMAND = protocol.create("/notes", {"Display": "x"})
OK: dict[str, object] = {"Data": [], "Metadata": {}, "Errors": []}

Answers = Callable[[httpx.Request], httpx.Response]


def client(answers: Answers, time: FakeTime | None = None, *, limit: int = 1000, concurrency: int = 4) -> Client:
    """A client of a function."""
    time = time or FakeTime()
    return Client(
        KEY,
        "https://crelate.test/api3",
        quota=WindowQuota(limit, time.clock, time.sleep),
        concurrency=concurrency,
        core=httpx.MockTransport(answers),
        timing=time.timing,
    )


async def test_the_key_travels_as_a_header_only(world: World) -> None:
    """Crelate echoes addresses, so the key must not be in one (crelate-api 0)."""
    await world.connector.account.client.send(QUESTION)
    logged = world.simulator.log[-1]
    assert logged.key_in == "header"
    assert logged.query == {"limit": "100", "offset": "0"}
    assert KEY not in repr(world.connector.account.client)


@pytest.mark.parametrize("fault", ["500", "502", "503", "504", "drop", "truncated", "empty"])
async def test_a_question_survives_two_failures(world: World, fault: str) -> None:
    """Server errors, broken connections and broken answers are met by asking again (crelate-api 3)."""
    world.simulator.faults.add(fault, "/jobs", times=2)
    answer = await world.connector.account.client.send(QUESTION)
    assert len(answer.data) == len(world.simulator.state["jobs"])
    assert world.counts["GET /jobs"] == 3
    assert len(world.time.waits) == 2
    assert max(world.time.waits) <= 4


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", UpstreamUnavailable),
        ("502", UpstreamUnavailable),
        ("drop", UpstreamUnavailable),
        ("truncated", UpstreamUnreadable),
        ("empty", UpstreamUnreadable),
    ],
)
async def test_a_third_failure_is_an_error(world: World, fault: str, error: type[AtsError]) -> None:
    """Which says what kind it is."""
    world.simulator.faults.add(fault, "/jobs", times=None)
    with pytest.raises(error):
        await world.connector.account.client.send(QUESTION)
    assert world.counts["GET /jobs"] == 3


@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "422", "errors"])
async def test_a_refusal_is_not_repeated(world: World, fault: str) -> None:
    """Asking again would change nothing."""
    world.simulator.faults.add(fault, "/jobs", times=None)
    with pytest.raises(AtsError):
        await world.connector.account.client.send(QUESTION)
    assert world.counts["GET /jobs"] == 1
    assert world.time.waits == []


@pytest.mark.parametrize("fault", ["500", "502", "drop", "truncated"])
async def test_a_command_whose_answer_is_lost_is_not_repeated(world: World, fault: str) -> None:
    """It may have happened (ASM-11)."""
    notes = len(world.simulator.state["notes"])
    world.simulator.faults.add(fault, "/notes", method="POST", times=None, after_write=True)
    contact = world.keys("contacts")[0]
    note = protocol.create("/notes", {"Display": "x", "ParentId": {"Id": contact, "EntityName": "Contacts"}})
    with pytest.raises((UpstreamUnavailable, UpstreamUnreadable)):
        await world.connector.account.client.send(note)
    assert len(world.simulator.state["notes"]) == notes + 1


@pytest.mark.parametrize("request_", [QUESTION, COMMAND], ids=["question", "command"])
async def test_a_429_is_waited_out_as_long_as_it_says(request_: protocol.Request) -> None:
    """By any method: what there was no room for was not carried out."""
    time, seen = FakeTime(), []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        if len(seen) < 3:
            return httpx.Response(429, headers={"Retry-After": "11"}, text="Too many requests.")
        return httpx.Response(200, json=OK)

    assert (await client(answers, time).send(request_)).data == []
    assert time.waits == [11, 11]
    assert len(set(seen)) == 1


async def test_a_429_that_says_nothing_is_waited_out_longer_each_time(world: World) -> None:
    """3, 6 and 9 seconds; then the caller hears of it."""
    world.simulator.faults.add("429", "/jobs", times=4)
    with pytest.raises(UpstreamRateLimited):
        await world.connector.account.client.send(QUESTION)
    assert world.time.waits == [3, 6, 9]


async def test_failures_and_429s_are_counted_apart(world: World) -> None:
    """Having waited for room does not use up the repeats for failures."""
    world.simulator.faults.add("429", "/jobs", times=2)
    world.simulator.faults.add("502", "/jobs", times=2)
    assert (await world.connector.account.client.send(QUESTION)).data


async def test_nothing_is_waited_for_beyond_the_deadline(world: World) -> None:
    """What is known is told at once, with the time to come back."""
    world.time.deadline = 25
    world.simulator.faults.add("429", "/jobs", times=None, retry_after=60)
    with pytest.raises(UpstreamRateLimited) as caught:
        await world.connector.account.client.send(QUESTION)
    assert caught.value.retry_after == 60
    assert world.time.waits == []


@pytest.mark.parametrize(("deadline", "waits"), [(60.9, []), (61.1, [60])])
async def test_a_place_that_leaves_no_time_for_the_call_is_not_waited_for(deadline: float, waits: list[int]) -> None:
    """It would be spent, and the ATS blamed for an answer that it was not given the time to make."""
    time = FakeTime(deadline=deadline)
    asked = client(lambda _: httpx.Response(200, json=OK), time, limit=1)
    await asked.send(QUESTION)
    with nullcontext() if waits else pytest.raises(UpstreamRateLimited):
        await asked.send(QUESTION)
    assert time.waits == waits


async def test_a_slow_answer_is_given_up_at_the_deadline() -> None:
    """The time to wait for bytes is a share of what is left of the operation."""
    time = FakeTime(deadline=25)
    seen: list[dict[str, float]] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        time.seconds += 20
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(UpstreamUnavailable):
        await client(answers, time).send(QUESTION)
    assert [timeout["read"] for timeout in seen] == [pytest.approx(25 / 3), 2.5]


async def test_without_a_deadline_connecting_and_reading_have_limits_of_their_own() -> None:
    """10 and 60 seconds (crelate-api 3)."""
    seen: list[dict[str, float]] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json=OK)

    await client(answers).send(QUESTION)
    assert (seen[0]["connect"], seen[0]["read"]) == (10, 60)


async def test_a_late_but_right_answer_is_an_answer(world: World) -> None:
    """Slowness alone is no fault."""
    world.simulator.faults.add("slow", "/jobs", seconds=20)
    assert (await world.connector.account.client.send(QUESTION)).data
    assert world.counts["GET /jobs"] == 1


async def test_four_requests_at_a_time() -> None:
    """The others wait their turn, body and all."""
    running, most = 0, 0

    async def answers(_: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0)
        running -= 1
        return httpx.Response(200, json=OK)

    limited = client(answers)  # type: ignore[arg-type]  # the transport takes coroutine functions too
    await asyncio.gather(*(limited.send(QUESTION) for _ in range(20)))
    assert most == 4


async def test_every_attempt_is_told_to_the_hook(world: World) -> None:
    """By path template, never by path."""
    told: list[tuple[str, int | None]] = []
    watched = Client(
        KEY,
        "https://crelate.test/api3",
        core=httpx.ASGITransport(world.simulator),
        timing=Timing(world.time.clock, world.time.sleep),
        hook=lambda template, status, _: told.append((template, status)),
    )
    world.simulator.faults.add("502", "/jobs/{id}")
    world.simulator.faults.add("drop", "/jobs/{id}")
    await watched.send(protocol.get("/jobs/{id}", id=world.jobs()[0]))
    assert told == [("/jobs/{id}", 502), ("/jobs/{id}", None), ("/jobs/{id}", 200)]


async def test_the_first_api_is_reached_beside_the_current_one(world: World) -> None:
    """With the same key, as a parameter (ASM-32)."""
    world.simulator.knobs.v1_key = FirstVersionKey.QUERY
    request = protocol.Request(method="GET", template="/domain/workflowTypes", version=protocol.Version.V1)
    answer = await world.connector.account.client.send(request)
    assert {row["Name"] for row in answer.data} == {"Recruiting", "Sales"}
    assert world.simulator.log[-1].key_in == "query"


@pytest.mark.parametrize("version", protocol.Version)
@pytest.mark.parametrize("form", KeyForm)
async def test_each_api_takes_the_key_as_is_set(
    make_world: MakeWorld, version: protocol.Version, form: KeyForm
) -> None:
    """ASM-32."""
    world = make_world(first_version_key=form, current_version_key=form)
    template = "/users" if version is protocol.Version.V3 else "/domain/workflowTypes"
    await world.connector.account.client.send(protocol.Request(method="GET", template=template, version=version))
    assert world.simulator.log[-1].key_in == form


def _everything(error: BaseException | None) -> str:
    """What an error says and holds, and what it hides behind it."""
    if error is None:
        return ""
    request = getattr(error, "_request", None)
    own = f"{error!r} {error} {vars(error)!r} {request and request.url} {request and request.headers.raw}"
    return own + _everything(error.__cause__) + _everything(error.__context__)


@pytest.mark.parametrize("version", protocol.Version)
@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError, 401, 404, 500])
async def test_the_key_is_in_no_error(failure: type[httpx.RequestError] | int, version: protocol.Version) -> None:
    """Neither in its text, nor in a request or an error that it holds on to, though the address has it."""
    key, told = "a key+with/odd=characters", []

    def answers(request: httpx.Request) -> httpx.Response:
        if isinstance(failure, int):
            return httpx.Response(failure, json={"Errors": [{"Message": str(request.url)}]})
        raise failure(f"failed at {request.url}", request=request) from OSError(str(request.url))

    sender = Client(
        key,
        "https://crelate.test/api3",
        core=httpx.MockTransport(answers),
        timing=Timing(FakeTime().clock, FakeTime().sleep),
        hook=lambda *attempt: told.append(attempt),
        assumptions=Assumptions(current_version_key=KeyForm.QUERY),
    )
    request = protocol.Request(method="GET", template="/contacts/{id}", ids={"id": "1"}, version=version)
    with pytest.raises(AtsError) as caught:
        await sender.send(request)
    shown = _everything(caught.value) + repr(told) + "".join(traceback.format_exception(caught.value)) + repr(sender)
    assert [part for part in ("a key", "a%20key", "a+key") if part in shown] == []


async def test_the_key_is_in_no_relayed_answer() -> None:
    """Neither in its body, as Crelate echoes it, nor in a header, such as that of a redirect."""
    key = "a key+with/odd=characters"

    def answers(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": str(request.url)}, json={"Url": [str(request.url), key]})

    sender = Client(
        key,
        "https://crelate.test/api3",
        core=httpx.MockTransport(answers),
        assumptions=Assumptions(current_version_key=KeyForm.QUERY),
    )
    reply = await sender.relay(QUESTION, 10_000)
    shown = f"{reply!r} {dict(reply.headers)!r} {sender.address(QUESTION)}"
    assert "***" in reply.headers["location"]
    assert [part for part in ("a key", "a%20key", "a+key") if part in shown] == []


async def test_a_body_is_sent_as_json_or_in_parts() -> None:
    """Parts keep their names, file names and types."""
    seen: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=OK)

    sender = client(answers)
    await sender.send(COMMAND)
    parts = {"file": ("cv.pdf", b"%PDF", "application/pdf")}
    await sender.send(protocol.Request(method="POST", template="/artifacts/primary", files=parts))
    assert orjson.loads(seen[0].content) == {"entity": {"Display": "x"}}
    assert seen[0].headers["content-type"] == "application/json"
    assert seen[1].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF' in seen[1].content


async def test_a_file_is_streamed(world: World) -> None:
    """Its bytes are those Crelate holds."""
    contents = world.simulator.state.contents
    key = next(key for key in contents if key in world.simulator.state["artifacts"])
    async with world.connector.account.client.stream(protocol.get("/artifacts/{id}/content", id=key)) as response:
        assert b"".join([piece async for piece in response.aiter_bytes()]) == contents[key]


async def test_a_file_that_is_gone_is_told_before_its_first_byte(world: World) -> None:
    """As for any other call."""
    missing = protocol.get("/artifacts/{id}/content", id="00000000-0000-4000-8000-000000000000")
    with pytest.raises(NotFound):
        async with world.connector.account.client.stream(missing):
            pytest.fail("there is nothing to stream")


async def test_a_refusal_is_a_refusal_whichever_way_it_comes(world: World) -> None:
    """200 with `Errors` is one, unless the account is said to be different (ASM-13)."""
    world.simulator.faults.add("errors", "/jobs")
    with pytest.raises(Rejected):
        await world.connector.account.client.send(QUESTION)
