"""Lists: the records of the graph in other clothes, at the same price."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gateway.rest.lists import LISTS
from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.gateway.rest.conftest import get, refusal, results

INSIDE = {
    "users": "system_roles",
    "jobs": "stages screening_questions job_postings hiring_team location integration_fields",
    "candidates": "applications tags phone_numbers email_addresses social_media location",
    "application-stages": "custom_fields status",
    "applications": "candidate current_stage job interviews offers screening_question_answers",
    "interviews": "users application location video_conferencing_url",
    "roles": "remote_label scope unified_type",
}
"""Path -> some of what its records have, whatever the ATS has."""

TOKENS = "reader:of-the-reader:read officer:of-the-officer:read+pii clerk:of-the-clerk:write"


async def sync(world: World) -> None:
    """Bring the copies up to date, whole."""
    await world.data("mutation { sync(input: {mode: FULL}) { alreadyRunning } }")
    while (await world.data("{ syncStatus { running } }"))["syncStatus"]["running"]:  # noqa: ASYNC110  the workflow tells the database, not us
        await asyncio.sleep(0.05)


@pytest.fixture
async def synced(sqlite_address: str) -> AsyncIterator[World]:
    """A gateway whose copies count as fresh, with all of them there."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=sqlite_address, max_age=3600) as world:
        await sync(world)
        yield world


@pytest.fixture
async def guarded() -> AsyncIterator[World]:
    """A gateway that asks for tokens."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, api_tokens=SecretStr(TOKENS)) as world:
        yield world


@pytest.mark.parametrize("path", LISTS)
async def test_a_page_has_the_records_of_the_graph(world: World, path: str) -> None:
    """In the same order, each with all fields of its model; instants are in UTC."""
    root = LISTS[path].root
    found = await results(world, f"{path}?page_size=5")
    expected = (await world.data(f"{{ {root}(first: 5) {{ nodes {{ id remoteId }} }} }}"))[root]["nodes"]
    assert [{"id": each["id"], "remoteId": each["remote_id"]} for each in found] == expected
    assert all(each.keys() >= {"changed_at", "remote_deleted_at", *INSIDE[path].split()} for each in found)
    assert all(datetime.fromisoformat(each["changed_at"]).tzinfo is UTC for each in found)


async def test_a_page_costs_what_its_document_costs(world: World) -> None:
    """Tables that are kept cost nothing, jobs one request, interviews one and what their applications take.

    Many leads among the jobs cost one more, after a proof of three.
    """
    await world.prepare()
    for path, expected in (
        ("users", {}),
        ("roles", {}),
        ("application-stages", {}),
        ("jobs?page_size=100", {"GET /jobs": 1, "GET /contacts": 1 + 2, "GET /jobs/{id}/contacts": 1}),
    ):
        await results(world, path)
        assert world.calls == expected, path
    found = await results(world, "interviews?page_size=10")
    jobs = {each["application"]["job"]["id"] for each in found if each["application"]}
    assert world.calls == {
        "GET /activities": 1,
        "GET /contacts": 1,
        "GET /jobs": 1,
        "GET /jobs/{id}/contacts": len(jobs),
    }


async def test_pages_follow_each_other_until_there_is_no_next(synced: World) -> None:
    """Every candidate once, with every application; nothing is asked of the ATS."""
    seen: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        response = await get(synced, f"candidates?page_size=100&cursor={cursor}")
        assert synced.calls == {}
        assert int(response.headers["Age"]) >= 0
        data = response.json()["data"]
        seen += data["results"]
        cursor = data["next"]
    totals = await synced.data("{ candidates { totalCount } applications { totalCount } }")
    assert len({each["id"] for each in seen}) == len(seen) == totals["candidates"]["totalCount"]
    assert sum(len(each["applications"]) for each in seen) == totals["applications"]["totalCount"]


async def test_filters_narrow_a_list(synced: World) -> None:
    """By what stands in the records, each by itself and all of them together; values are separated by commas."""
    (one, other, *_) = await results(synced, "applications?page_size=250")
    stage, job, candidate = one["current_stage_id"], one["job_id"], one["candidate"]
    address = candidate["email_addresses"][0]["email_address"].upper()
    for query, holds in (
        (f"applications?ids={one['id']},{other['id']}", lambda each: each["id"] in {one["id"], other["id"]}),
        (f"applications?ids={one['id']}&ids={other['id']}", lambda each: each["id"] in {one["id"], other["id"]}),
        (f"applications?current_stage_ids={stage}&job_ids={job}", lambda each: each["current_stage_id"] == stage),
        (f"applications?job_remote_ids={one['job']['remote_id']}", lambda each: each["job_id"] == job),
        (f"candidates?email={address}", lambda each: each["id"] == candidate["id"]),
        (f"candidates?job_ids={job}", lambda each: job in {one["job"]["id"] for one in each["applications"]}),
        ("jobs?visibilities=PUBLIC", lambda each: each["visibility"] == "PUBLIC"),
        ("jobs?name_contains=ENGINEER&ids=", lambda each: "engineer" in each["name"].lower()),
        ("roles?scopes=JOB", lambda each: each["scope"] == "JOB"),
        (f"interviews?job_ids={job}", lambda each: each["application"]["job"]["id"] == job),
    ):
        found = await results(synced, query)
        assert all(map(holds, found)), query
        assert found or query.startswith("interviews"), query


async def test_changes_and_deletions_are_seen_as_there(synced: World) -> None:
    """What came after an instant, and what is gone only where that is asked for."""
    before = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    gone, *_ = await results(synced, "interviews")
    assert gone["changed_at"] < before
    del synced.account["activities"][gone["remote_id"]]
    await sync(synced)
    assert gone["id"] not in {each["id"] for each in await results(synced, "interviews?page_size=250")}
    (found,) = await results(synced, f"interviews?page_size=250&include_deleted=true&updated_after={before}")
    assert found["id"] == gone["id"]
    assert found["remote_deleted_at"] >= before
    assert await results(synced, f"users?updated_after={before}") == []


async def test_what_was_never_synced_changed_just_now(world: World) -> None:
    """The ATS's own stamp where it has one, else the instant of the answer: whoever asks then looks at it again."""
    before = datetime.now(UTC)
    (user,) = await results(world, "users?page_size=1")
    (job,) = await results(world, "jobs?page_size=1")
    assert datetime.fromisoformat(user["changed_at"]) >= before.replace(microsecond=before.microsecond // 1000 * 1000)
    assert job["changed_at"] == job["remote_updated_at"]


async def test_a_filter_that_the_ats_cannot_have_matches_nothing_or_is_ignored(world: World) -> None:
    """As the caller wishes; a warning names it either way, and matching nothing costs nothing."""
    for query in ("statuses=OPEN", "post_url=x", "remote_created_after=2020-01-01", "status=OPEN"):
        for ignored in ("false", "true"):
            response = await get(world, f"jobs?page_size=3&{query}&ignore_unsupported_filters={ignored}")
            answer = response.json()
            (warning,) = answer["warnings"]
            assert warning["message"].startswith(query.partition("=")[0])
            assert len(answer["data"]["results"]) == (3 if ignored == "true" else 0)
            assert (world.calls.total() == 0) == (ignored == "false")
        unknown = await get(world, f"jobs?{query}", **{"X-Integration-Id": "crelate:nobody"})
        assert refusal(unknown)[1] == "PLATFORM.INTEGRATION_NOT_FOUND"


BAD_PARAMETERS: tuple[tuple[str, list[str]], ...] = (
    ("users?page_size=251", ["page_size"]),
    ("users?page_size=0&colour=red", ["page_size", "colour"]),
    ("users?page_size=many", ["page_size"]),
    ("users?include_deleted=maybe", ["include_deleted"]),
    ("users?updated_after=yesterday", ["updated_after"]),
    ("users?updated_after=2026-02-30", ["updated_after"]),
    ("users?ignore_unsupported_filters=1", ["ignore_unsupported_filters"]),
    ("users?cursor=abc", ["cursor"]),
    ("users?ids=abc", ["ids"]),
    ("candidates?job_ids=abc", ["job_ids"]),
    ("jobs?visibilities=PUBLIC,SECRET", ["visibilities.1"]),
    ("roles?scopes=WORLD", ["scopes.0"]),
    ("roles?emails=a@example.com", ["emails"]),
)
"""Query -> the parameters in it that are wrong."""


async def test_bad_parameters_are_refused_by_name(world: World) -> None:
    """All of them at once, without their values, and nothing is asked."""
    for query, names in BAD_PARAMETERS:
        status, code, message = refusal(await get(world, query))
        assert (status, code) == (400, "PLATFORM.INPUT_INVALID")
        assert all(f"{name}: " in message for name in names)
        assert not any(value in message for value in ("many", "maybe", "yesterday", "SECRET", "abc"))
        assert world.calls == {}


async def test_what_needs_a_sync_is_refused_by_name_until_there_was_one(world: World) -> None:
    """As if the first sync were under way."""
    for query in ("users?include_deleted=true", "jobs?name_contains=a", "interviews?include_deleted=true"):
        status, code, message = refusal(await get(world, query))
        assert (status, code) == (409, "INTEGRATION.SETUP_SYNC_PENDING")
        assert message.startswith(query.partition("?")[2].partition("=")[0])
        assert world.calls == {}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("401", 403, "INTEGRATION.AUTHENTICATION_INVALID"),
        ("403", 403, "INTEGRATION.PERMISSION_MISSING"),
        ("429", 429, "REMOTE.RATE_LIMIT_EXCEEDED"),
        ("500", 503, "REMOTE.SERVICE_UNAVAILABLE"),
        ("drop", 503, "REMOTE.SERVICE_UNAVAILABLE"),
        ("truncated", 502, "REMOTE.UNKNOWN_HTTP_ERROR"),
        ("errors", 400, "REMOTE.INPUT_INVALID"),
    ],
)
@pytest.mark.parametrize("place", ["/jobs", "/jobs/{id}/contacts"])
async def test_a_fault_of_the_ats_is_refused_whole(
    world: World, fault: str, status: int, code: str, place: str
) -> None:
    """At the list itself or inside its records: there are no half records."""
    await world.prepare()
    world.simulator.faults.add(fault, place, times=None, retry_after=100_000)
    response = await get(world, "jobs" if place == "/jobs" else "applications?page_size=1")
    assert refusal(response)[:2] == (status, code)
    assert ("Retry-After" in response.headers) == (fault == "429")
    assert KEY not in response.text


async def test_scopes_hold_as_everywhere(guarded: World) -> None:
    """Without `read` nothing is shown, without `pii` personal data is null."""
    for token, named in (("of-the-reader", False), ("of-the-officer", True)):
        (candidate,) = await results(guarded, "candidates?page_size=1", Authorization=f"Bearer {token}")
        assert (candidate["last_name"] is not None) == named
        assert bool(candidate["email_addresses"]) == named
        assert candidate["remote_id"]
    response = await get(guarded, "candidates", Authorization="Bearer of-the-clerk")
    assert refusal(response)[:2] == (403, "INTEGRATION.MODEL_DISABLED")
    probing = await get(guarded, "candidates?last_name=King", Authorization="Bearer of-the-reader")
    assert refusal(probing)[0] == 403
    assert guarded.calls == {}


async def test_a_candidate_with_very_many_applications_has_them_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that do not fit are asked for by themselves."""
    candidates = await results(world, "candidates?page_size=20")
    most = max(candidates, key=lambda each: len(each["applications"]))
    assert len(most["applications"]) > 1
    document = LISTS["candidates"].document
    monkeypatch.setitem(LISTS["candidates"].__dict__, "document", document.replace("first: 50", "first: 1"))
    assert await results(world, "candidates?page_size=20") == candidates


async def test_documents_need_not_be_in_the_manifest(tmp_path: Path) -> None:
    """They are the gateway's own; a client's still need to."""
    manifest = tmp_path / "documents.json"
    manifest.write_text("{}")
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, documents=manifest, documents_mode="require") as world:
        assert await results(world, "users")
        assert "errors" in await world.ask("{ users { totalCount } }")
