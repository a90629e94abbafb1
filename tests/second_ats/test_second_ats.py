"""A second ATS, through the whole gateway: whatever Crelate's shapes are, nothing outside of its folder needs them."""

import ast
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from tests.second_ats.ats import ADDRESS, Toy, settings_over
from tests.second_ats.service import Service, small_firm

ROOT = Path(__file__).parents[2]
PORTS = ("reading.py", "writing.py")
"""What fills the two ports: the graph's source and the action port."""

NESTED = """{
  jobs(first: 2) { nodes { remoteId name
    applications(first: 9) { totalCount nodes {
      candidate { firstName emailAddresses { emailAddress } }
      currentStage { remoteId name }
      interviews { title interviewingTeam { user { lastName } } }
    } }
    hiringTeam { user { lastName } roles { unifiedType } }
  } }
}"""

Ask = Callable[..., Any]


@pytest.fixture
def service() -> Service:
    """A firm of its own for each test."""
    return small_firm()


@pytest.fixture
async def ask(service: Service, database_address: str) -> AsyncIterator[Ask]:
    """Put a question to a gateway over the service; the answer's data, which has no errors."""
    app = create_app(settings_over(Toy({ADDRESS: service}), database_url=database_address))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:

        async def put(document: str, cache: str = "no-cache", **variables: Any) -> Any:
            headers = {"X-Integration-Id": "toy:default", "Cache-Control": cache}
            answer = await client.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
            body = answer.json()
            assert "errors" not in body, body["errors"]
            return body["data"]

        yield put
        await app.process.stop()


async def sync(ask: Ask, mode: str) -> None:
    """Sync to the end."""
    await ask("mutation ($mode: SyncMode!) { sync(input: { mode: $mode }) { mode userErrors { code } } }", mode=mode)
    while (await ask("{ syncStatus { running } }"))["syncStatus"]["running"] is not None:  # noqa: ASYNC110  another task syncs
        await asyncio.sleep(0.02)


async def test_a_nested_question_is_answered_live(ask: Ask, service: Service) -> None:
    """Stages per job, numeric ids, and one question per level, whatever number of parents there are."""
    jobs = (await ask(NESTED))["jobs"]["nodes"]
    assert [job["name"] for job in jobs] == ["Opening 1", "Opening 2"]
    assert jobs[0]["hiringTeam"] == [{"user": {"lastName": "Falk"}, "roles": [{"unifiedType": "HIRING_MANAGER"}]}]
    assert jobs[0]["applications"]["totalCount"] == 2
    assert jobs[0]["applications"]["nodes"][0] == {
        "candidate": {"firstName": "Person 1", "emailAddresses": [{"emailAddress": "person1@example.com"}]},
        "currentStage": {"remoteId": "1.1", "name": "Read"},
        "interviews": [{"title": "Talk 1", "interviewingTeam": [{"user": {"lastName": "Falk"}}]}],
    }
    assert service.calls["list submissions"] == 2  # four submissions, three to a page
    assert service.calls["list people"] <= 2


async def test_text_that_cannot_be_kept_is_shown_as_it_would_be(ask: Ask, service: Service) -> None:
    """Live as from copies, whichever ATS it comes from; its neighbours are there."""
    service.tables["openings"][1]["label"], service.tables["openings"][2]["label"] = "A\0B", "C\ud800D"
    question = "{ jobs { nodes { name } } }"
    live = await ask(question)
    assert [job["name"] for job in live["jobs"]["nodes"]][:3] == ["A\ufffdB", "C\ufffdD", "Opening 3"]
    await sync(ask, "FULL")
    assert await ask(question, cache="only-if-cached") == live


async def test_copies_answer_once_they_are_synced(ask: Ask, service: Service) -> None:
    """The same answer, with filters and orders over everything, and not one call."""
    live = await ask(NESTED)
    await sync(ask, "FULL")
    service.calls.clear()
    assert await ask(NESTED, cache="only-if-cached") == live
    found = await ask(
        '{ candidates(filter: {jobIds: ["remote:1"]}) { totalCount nodes { remoteId } } }', "max-age=9999"
    )
    assert found["candidates"] == {"totalCount": 2, "nodes": [{"remoteId": "1"}, {"remoteId": "6"}]}
    assert service.calls == Counter()


async def test_a_delta_brings_what_changed_and_a_full_sync_what_is_gone(ask: Ask, service: Service) -> None:
    """Each change is in the log once, under the record's id."""
    await sync(ask, "FULL")
    cursor = (await ask("{ changes(first: 250) { pageInfo { endCursor } } }"))["changes"]["pageInfo"]["endCursor"]
    await service.change("people", 3, {"first": "Renamed"})
    service.calls.clear()
    await sync(ask, "DELTA")
    assert service.calls["list people"] == 1  # narrowed to what changed
    del service.tables["talks"][4]
    await sync(ask, "FULL")
    log = await ask("query ($after: String) { changes(after: $after) { nodes { model kind fields } } }", after=cursor)
    assert [(entry["model"], entry["kind"]) for entry in log["changes"]["nodes"]] == [
        ("CANDIDATE", "UPDATED"),
        ("INTERVIEW", "DELETED"),
        ("INTERVIEWING_TEAM_MEMBER", "DELETED"),
    ]
    assert "firstName" in log["changes"]["nodes"][0]["fields"]


CREATE = """mutation ($input: CreateCandidateInput!) { createCandidate(input: $input) {
    status replayed userErrors { code } warnings { code }
    candidate { firstName company } application { job { name } currentStage { name } }
} }"""

ADA: dict[str, Any] = {
    "candidate": {"firstName": "Ada", "lastName": "Lind", "emailAddress": "ada@example.com"},
    "application": {"jobId": "remote:2"},
    "attachments": [{"name": "cv.txt", "type": "CV", "contentType": "text/plain", "data": "aGVsbG8="}],
    "idempotencyKey": "ada-1",
}


@pytest.mark.parametrize("lost", ["add people", "add submissions", "add papers"])
async def test_a_candidate_is_created_once_though_an_answer_is_lost(ask: Ask, service: Service, lost: str) -> None:
    """The write is looked for before it would be repeated, and the same key brings the same result."""
    service.lost.add(lost)
    made = (await ask(CREATE, input=ADA))["createCandidate"]
    assert (made["status"], made["userErrors"]) == ("DONE", [])
    assert made["candidate"] == {"firstName": "Ada", "company": None}
    assert made["application"] == {"job": {"name": "Opening 2"}, "currentStage": {"name": "Read"}}
    again = (await ask(CREATE, input=ADA))["createCandidate"]
    assert again == {**made, "replayed": True}
    assert {name: count for name, count in service.calls.items() if name.startswith("add")} == {
        "add people": 1,
        "add submissions": 1,
        "add papers": 1,
    }


async def test_a_dry_run_plans_the_same_calls(ask: Ask, service: Service) -> None:
    """With placeholders for the keys that only the calls bring."""
    document = "mutation ($input: CreateCandidateInput!) { createCandidate(input: $input) { plannedCalls { path } } }"
    planned = (await ask(document, input={**ADA, "dryRun": True}))["createCandidate"]["plannedCalls"]
    assert [call["path"] for call in planned] == ["/people", "/submissions", "/papers"]
    assert not [name for name in service.calls if name.startswith("add")]


async def test_what_the_service_refuses_is_said_before_anything_is_written(ask: Ask, service: Service) -> None:
    """An opening that is not there, a person who is on it already."""
    elsewhere = {**ADA, "application": {"jobId": "remote:99"}, "idempotencyKey": "ada-2"}
    refused = (await ask(CREATE, input=elsewhere))["createCandidate"]
    assert [each["code"] for each in refused["userErrors"]] == ["JOB_NOT_FOUND"]
    known = {**ADA["candidate"], "emailAddress": "person2@example.com"}
    twice = {"candidate": known, "application": {"jobId": "remote:2"}, "idempotencyKey": "ada-3"}
    refused = (await ask(CREATE, input=twice))["createCandidate"]
    assert [each["code"] for each in refused["userErrors"]] == ["APPLICATION_ALREADY_EXISTS"]
    assert not [name for name in service.calls if name.startswith("add")]


async def test_its_own_api_is_passed_through(ask: Ask, service: Service) -> None:
    """By the path it has."""
    answer = (await ask('{ passthrough(path: "/staff") { url status data } }'))["passthrough"]
    assert (answer["url"], answer["status"]) == ("toy:/staff", 200)
    assert [row["first"] for row in answer["data"]] == ["Ida", "Jon", "Kai"]
    assert service.calls["list staff"] == 1


async def test_its_coverage_is_its_own(ask: Ask) -> None:
    """The eleven models."""
    assert len((await ask("{ coverage { models { name } } }"))["coverage"]["models"]) == 11


async def test_an_action_that_it_does_not_have_is_refused_by_name(ask: Ask, service: Service) -> None:
    """Its submissions stay where they are."""
    moved = 'moveApplication(input: {applicationId: "remote:1", stageId: "remote:1.2"}) { userErrors { code } }'
    assert await ask(f"mutation {{ {moved} }}") == {
        "moveApplication": {"userErrors": [{"code": "ACTION_NOT_SUPPORTED"}]}
    }
    assert service.calls == Counter()


def test_it_fills_the_ports_in_few_lines_and_knows_nothing_of_crelate() -> None:
    """A second ATS is a small folder."""
    folder = Path(__file__).parent
    assert sum(len((folder / name).read_text("utf-8").splitlines()) for name in PORTS) < 400
    imported = {
        node.module or ""
        for path in folder.glob("*.py")
        if not path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert not [name for name in imported if name.startswith(("gateway.crelate", "gateway.simulator"))]


@pytest.mark.parametrize("layer", ["schema", "resolvers", "gateway"])
def test_nothing_of_the_gateway_knows_it(layer: str) -> None:
    """It is handed in."""
    texts = {str(path): path.read_text("utf-8") for path in (ROOT / layer).rglob("*.py")}
    assert texts
    assert [path for path, text in texts.items() if "second_ats" in text] == []


EMPTY = "{ totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"


def without_records(total: int | None, *, before: bool, after: bool, cursor: str | None = None) -> Any:
    """A page without records."""
    info = {"hasNextPage": after, "hasPreviousPage": before, "startCursor": cursor, "endCursor": cursor}
    return {"totalCount": total, "nodes": [], "edges": [], "pageInfo": info}


@pytest.mark.parametrize("cache", ["no-cache", "max-age=9999"])
async def test_a_page_without_records_still_tells_of_its_list(ask: Ask, cache: str) -> None:
    """`first: 0`, and `last: 0` where a list can be read from its end: live, and from copies."""
    await sync(ask, "FULL")
    listed = await ask("{ candidates(first: 3) { edges { cursor } } }", cache)
    third = listed["candidates"]["edges"][2]["cursor"]
    document = f"""query ($third: String) {{
        all: candidates(first: 0) {EMPTY}
        rest: candidates(first: 0, after: $third) {EMPTY}
        none: candidates(first: 0, filter: {{remoteIds: ["nobody"]}}) {EMPTY}
        jobs(first: 1) {{ nodes {{ applications(first: 0) {EMPTY} }} }}
        changes(first: 0) {EMPTY}
        actions(first: 0) {EMPTY} }}"""
    found = await ask(document, cache, third=third)
    assert found["all"] == without_records(7, before=False, after=True)
    assert found["rest"] == without_records(7, before=True, after=True)
    assert found["none"] == without_records(0, before=False, after=False)
    assert found["jobs"]["nodes"][0]["applications"] == without_records(2, before=False, after=True)
    assert found["changes"] == without_records(None, before=False, after=True)
    assert found["actions"] == without_records(0, before=False, after=False)
    if cache != "no-cache":
        backwards = f"""query ($third: String) {{
            end: candidates(last: 0) {EMPTY}
            start: candidates(last: 0, before: $third) {EMPTY} }}"""
        found = await ask(backwards, cache, third=third)
        assert found["end"] == without_records(7, before=True, after=False)
        assert found["start"] == without_records(7, before=True, after=True)
