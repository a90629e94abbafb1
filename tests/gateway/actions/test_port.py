"""Actions over an ATS that shares nothing with Crelate: what is promised holds for whoever fills the port."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from gateway.actions.actions import Actions, Connection
from gateway.actions.files import file_route
from gateway.actions.links import Link
from gateway.actions.passing import Allowance
from gateway.database.engine import Database
from resolvers.errors import BadUserInput, Rejected, UpstreamRateLimited, UpstreamUnauthorized, UpstreamUnavailable
from resolvers.ports.actions import Asked, Result
from schema.actions.action import ActionOutcome
from schema.actions.passthrough import HttpMethod, PassthroughInput
from tests.gateway.actions.conftest import started
from tests.gateway.actions.inputs import EMAIL, attachment, create
from tests.gateway.actions.memory_writer import MemoryAts, MemoryWriter
from tests.gateway.simulator.conftest import Clock

ACCOUNT = "memory:default"


@pytest.fixture
def ats() -> MemoryAts:
    """An empty one."""
    return MemoryAts()


@pytest.fixture
async def actions(ats: MemoryAts, sqlite: Database, clock: Clock) -> AsyncIterator[Actions]:
    """The actions of one process over it; nothing is read back."""
    writer = MemoryWriter(ats)

    def source() -> Any:
        raise UpstreamUnavailable

    connection = Connection(lambda: writer, writer, source, Allowance(("GET /**",)))
    async with started(sqlite, {ACCOUNT: connection}, clock) as running:
        yield running


async def perform(actions: Actions, asked: Asked) -> Result:
    """Carry out an action."""
    return await actions.of(ACCOUNT).perform(asked, None)


def codes(result: Result) -> tuple[list[str], list[str]]:
    """Codes of errors and of warnings."""
    return [each.code.name for each in result.user_errors], [each.code.name for each in result.warnings]


async def test_a_write_whose_answer_is_lost_is_looked_for_and_not_repeated(actions: Actions, ats: MemoryAts) -> None:
    """It is found, and the next write goes on from there."""
    ats.after = [UpstreamUnavailable(), UpstreamUnavailable()]

    result = await perform(actions, create(attachments=[attachment("letter.txt", "OTHER")]))

    assert (result.outcome, result.candidate_key) == (ActionOutcome.DONE, "1")
    assert ats.log == ["candidate full", "find candidate", "file 0 file", "find file 0"]
    assert ats.people == {EMAIL: "1"}


async def test_a_write_that_did_not_happen_is_sent_again(actions: Actions, ats: MemoryAts) -> None:
    """Once a look has shown that it did not; after a refusal for want of quota without one."""
    ats.before = [UpstreamRateLimited(), UpstreamUnavailable()]

    result = await perform(actions, create())

    assert result.outcome is ActionOutcome.DONE
    assert [each for each in ats.log if "find" not in each] == ["candidate full"] * 3
    assert ats.log[2:4] == ["find candidate"] * 2
    assert ats.people == {EMAIL: "1"}


async def test_a_refused_shape_gives_way_to_the_next_one(actions: Actions, ats: MemoryAts) -> None:
    """With a warning of what it leaves out."""
    ats.before = [Rejected()]

    result = await perform(actions, create())

    assert (codes(result), ats.log) == (([], ["TITLE_SKIPPED"]), ["candidate full", "candidate plain"])


async def test_a_write_that_may_be_refused_only_warns(actions: Actions, ats: MemoryAts) -> None:
    """The candidate is there all the same; a write that must not be refused ends the action."""
    files = [attachment("letter.txt", "OTHER")]
    ats.after, ats.before = [], []
    first = await perform(actions, create(attachments=files))
    ats.before = [UpstreamUnauthorized()]
    second = await perform(actions, create(candidate={"email_address": "b@example.com", **NAMES}))

    assert codes(first) == ([], [])
    assert (second.outcome, codes(second)) == (ActionOutcome.FAILED, (["UPSTREAM_UNAUTHORIZED"], []))


NAMES = {"first_name": "Ada", "last_name": "Okafor"}


async def test_a_duplicate_is_used_or_rejected_as_the_plan_says(actions: Actions, ats: MemoryAts) -> None:
    """A plan may go on with the record that is there, or stop and name it."""
    ats.people[EMAIL] = "7"
    attached = await perform(actions, create())
    rejected = await perform(actions, create(on_duplicate="REJECT"))
    trail = await actions.of(ACCOUNT).trail(5, None, None)

    assert (attached.outcome, attached.candidate_key) == (ActionOutcome.DONE, "7")
    assert (rejected.outcome, rejected.candidate_key) == (ActionOutcome.FAILED, "7")
    assert codes(rejected) == (["CANDIDATE_ALREADY_EXISTS"], [])
    assert [action.remote_ids for action in trail.actions] == [[], []]


async def test_what_is_dropped_later_is_missed_in_time(actions: Actions, ats: MemoryAts) -> None:
    """A check asks until its seconds are over."""
    kept = await perform(actions, create(attachments=[attachment("cv.pdf")]))
    ats.drops_files = True
    lost = await perform(actions, create(attachments=[attachment("other.pdf")], on_duplicate="ATTACH"))

    assert (codes(kept), codes(lost)) == (([], []), ([], ["CV_LOST"]))


async def test_a_dry_run_lists_the_calls_and_sends_none(actions: Actions, ats: MemoryAts) -> None:
    """One for each write."""
    result = await perform(actions, create(attachments=[attachment()], dry_run=True))

    assert [(call.method, call.path) for call in result.planned_calls or ()] == [("PUT", "/people"), ("PUT", "/files")]
    assert ats.log == []


async def test_a_request_is_passed_through_less_what_the_ats_takes_credentials_by(actions: Actions) -> None:
    """Names of credentials are the ATS's own to say."""

    async def send(path: Any = "/people", **more: Any) -> Any:
        return await mine.pass_through(PassthroughInput(method=HttpMethod.GET, path=path, **more))

    mine = actions.of(ACCOUNT)
    passed = await send("/people/5", params={"a": 1})
    encoded = await send(response_as_base64=True)

    assert (passed.data, passed.headers) == ({"path": "/people/5", "params": {"a": "1"}}, {"server": "memory"})
    assert encoded.data == "cmF3"
    assert [row.request for row in (await mine.trail(1, None, None)).actions] == ["GET /people/{}"]
    for argument, name in (("params", "Secret"), ("headers", "secret")):
        with pytest.raises(BadUserInput):
            await send(**{argument: {name: "x"}})


async def test_a_file_is_streamed_as_the_ats_opens_it(actions: Actions, ats: MemoryAts) -> None:
    """With its type and length."""
    ats.files["5"] = b"content"
    app = Starlette(routes=[file_route(lambda: actions.links, actions.writer_of)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://gateway") as http:
        found = await http.get(actions.links.sign(Link(ACCOUNT, "5", "a.txt")))
        gone = await http.get(actions.links.sign(Link(ACCOUNT, "6", "a.txt")))

    assert (found.status_code, found.content, found.headers["content-length"]) == (200, b"content", "7")
    assert gone.status_code == 404
