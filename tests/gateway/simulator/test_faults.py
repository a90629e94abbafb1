import asyncio
import re
from typing import Any

import httpx
import pytest

from gateway.simulator import FaultKind, PipelineProfile, Simulator, Size
from tests.gateway.simulator.conftest import Clock, Crelate
from tests.gateway.simulator.serving import serving

ADA: dict[str, Any] = {"entity": {"FirstName": "Ada", "LastName": "Lovelace"}}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refusal_on_demand_looks_like_any_other(simulator: Simulator, crelate: Crelate, status: int) -> None:
    """In the envelope, with a message."""
    simulator.faults.add(str(status), "/jobs")

    found, message = await crelate.refusal("GET", "/jobs")

    assert found == status
    assert message


@pytest.mark.parametrize("retry_after", [None, 7])
async def test_too_many_requests_may_say_when_to_come_back(
    simulator: Simulator, crelate: Crelate, retry_after: int | None
) -> None:
    """429 as plain text, with `Retry-After` if the rule has it."""
    simulator.faults.add("429", "/jobs", retry_after=retry_after)

    refused = await crelate.call("GET", "/jobs")

    assert refused.status_code == 429
    assert refused.headers.get("retry-after") == (retry_after and str(retry_after))
    assert refused.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("status", "media_type"), [(500, "plain"), (502, "html"), (503, "html"), (504, "html")])
async def test_a_broken_server_does_not_speak_json(
    simulator: Simulator, crelate: Crelate, status: int, media_type: str
) -> None:
    """500 is plain text, what comes from the proxy in front is HTML."""
    simulator.faults.add(str(status), "/jobs")

    broken = await crelate.call("GET", "/jobs")

    assert broken.status_code == status
    assert broken.headers["content-type"].startswith(f"text/{media_type}")
    with pytest.raises(ValueError, match="Expecting value"):
        broken.json()


async def test_a_success_may_carry_errors(simulator: Simulator, crelate: Crelate) -> None:
    """200, no data, and a message."""
    simulator.faults.add("errors", "/jobs")

    body = (await crelate.call("GET", "/jobs")).json()

    assert body["Data"] is None
    assert body["Errors"][0]["Message"]


async def test_a_success_may_be_empty(simulator: Simulator, crelate: Crelate) -> None:
    """200 without a byte."""
    simulator.faults.add("empty", "/jobs")

    empty = await crelate.call("GET", "/jobs")

    assert (empty.status_code, empty.content) == (200, b"")


async def test_an_answer_may_be_cut_short(simulator: Simulator, crelate: Crelate) -> None:
    """200, and JSON that ends in the middle."""
    simulator.faults.add("truncated", "/jobs")

    cut = await crelate.call("GET", "/jobs")

    assert cut.status_code == 200
    assert cut.content.startswith(b'{"Data":[')
    with pytest.raises(ValueError, match=r"."):
        cut.json()


async def test_an_answer_may_be_late(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """Right, but only after the seconds asked for."""
    simulator.faults.add("slow", "/users/self", seconds=90)
    before = clock.now

    assert (await crelate.data("/users/self"))["Id"] == simulator.state.user_id
    assert (clock.now - before).total_seconds() == 90


async def test_a_dropped_connection_is_a_transport_error(simulator: Simulator, crelate: Crelate) -> None:
    """The client meets what it would meet on a network, and the log has no status."""
    simulator.faults.add("drop", "/jobs")

    with pytest.raises(httpx.RemoteProtocolError):
        await crelate.call("GET", "/jobs")

    assert simulator.log[-1].status is None
    assert (await crelate.call("GET", "/jobs")).status_code == 200


@pytest.mark.parametrize("kind", ["drop", "500", "502", "504", "empty"])
@pytest.mark.parametrize("after_write", [True, False])
async def test_a_write_may_happen_though_its_answer_is_lost(
    simulator: Simulator, crelate: Crelate, kind: str, after_write: bool
) -> None:
    """With `after_write` the record is there, without it is not; the client cannot tell."""
    simulator.faults.add(kind, "/contacts", method="POST", after_write=after_write)
    before = len(simulator.state["contacts"])

    try:
        assert (await crelate.call("POST", "/contacts", json=ADA)).status_code != 201
    except httpx.RemoteProtocolError:
        assert kind == "drop"

    assert len(simulator.state["contacts"]) == before + after_write


async def test_a_row_may_come_while_a_list_is_paged(simulator: Simulator, crelate: Crelate) -> None:
    """The next page begins with a row that was on the last one: a client sees it twice."""
    simulator.faults.add("insert-row", "/contacts")

    first = await crelate.ids("/contacts", limit=50)
    second = await crelate.ids("/contacts", limit=50, offset=50)

    assert second[0] == first[-1]
    assert set(first) & set(second) == {first[-1]}


async def test_a_person_may_come_while_a_pipeline_is_paged(simulator: Simulator, crelate: Crelate) -> None:
    """Likewise on a job."""
    jobs = simulator.state["jobs"]
    job = max(jobs, key=lambda job_id: len(simulator.state.pipeline.of_job(job_id)))
    simulator.faults.add("insert-row", "/jobs/{id}/contacts")

    first = await crelate.data(f"/jobs/{job}/contacts", limit=100)
    second = (await crelate.call("GET", f"/jobs/{job}/contacts", params={"limit": 100, "offset": 100})).json()

    assert second["Data"][0] == first[-1]
    assert second["Metadata"]["TotalRecords"] == len(simulator.state.pipeline.of_job(job))


async def test_a_record_may_go_between_list_and_get(simulator: Simulator, crelate: Crelate) -> None:
    """It was in the list, and is not to be found."""
    simulator.faults.add("delete-record", "/contacts")
    first = (await crelate.ids("/contacts", limit=5))[0]

    assert (await crelate.refusal("GET", f"/contacts/{first}"))[0] == 404


@pytest.mark.parametrize("profile", [PipelineProfile.DEFAULT, PipelineProfile.V1, PipelineProfile.ITEM])
async def test_a_candidate_may_go_after_the_pipeline_was_read(
    simulator: Simulator, crelate: Crelate, profile: PipelineProfile
) -> None:
    """Whatever the row's shape, the first one's contact is gone; or the one that the rule names."""
    simulator.knobs.pipeline_profile = profile
    job = next(job for job in simulator.state["jobs"] if len(simulator.state.pipeline.of_job(job)) > 3)
    first, second, *_ = [item.contact_id for item in simulator.state.pipeline.of_job(job)]
    simulator.faults.add("delete-record", "/jobs/{id}/contacts")
    simulator.faults.add("delete-record", "/jobs/{id}/contacts", record_id=second)

    for gone in (first, second):
        assert gone in simulator.state["contacts"]
        await crelate.data(f"/jobs/{job}/contacts")
        assert (await crelate.refusal("GET", f"/contacts/{gone}"))[0] == 404


async def test_a_rule_meets_its_path_and_method_only(simulator: Simulator, crelate: Crelate) -> None:
    """A template, or a regular expression for the whole path; any method unless one is named."""
    job = next(iter(simulator.state["jobs"]))
    simulator.faults.add("403", "/jobs/{id}", method="PATCH", times=None)
    simulator.faults.add("404", f"/jobs/{re.escape(job)}.*", times=None)
    simulator.faults.add("500", "/user", times=None)

    assert (await crelate.call("PATCH", f"/jobs/{job}", json={})).status_code == 403
    assert (await crelate.call("GET", f"/jobs/{job}")).status_code == 404
    assert (await crelate.call("GET", f"/jobs/{job}/contacts")).status_code == 404
    assert (await crelate.call("GET", "/jobs")).status_code == 200
    assert (await crelate.call("GET", "/users")).status_code == 200


async def test_a_rule_waits_strikes_and_is_used_up(simulator: Simulator, crelate: Crelate) -> None:
    """`skip` requests pass, `times` are struck, the rest pass again."""
    simulator.faults.add(FaultKind.UNAVAILABLE, "/jobs", skip=2, times=3)

    statuses = [(await crelate.call("GET", "/jobs")).status_code for _ in range(7)]

    assert statuses == [200, 200, 503, 503, 503, 200, 200]
    assert simulator.faults.rules == []


async def test_rules_can_be_lifted(simulator: Simulator, crelate: Crelate) -> None:
    """A rule without an end lasts until it is cleared."""
    simulator.faults.add("503", ".*", times=None)
    assert {(await crelate.call("GET", "/jobs")).status_code for _ in range(5)} == {503}

    simulator.faults.clear()

    assert (await crelate.call("GET", "/jobs")).status_code == 200


async def test_an_answer_may_never_come(simulator: Simulator, crelate: Crelate) -> None:
    """It hangs once: only the client's own patience ends it, it is logged, and the next answer is right."""
    simulator.faults.add("hang", "/jobs")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await crelate.call("GET", "/jobs")

    assert [entry.status for entry in simulator.log] == [None]
    assert (await crelate.call("GET", "/jobs")).status_code == 200


async def test_an_answer_may_not_come_for_a_while(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """With `seconds` the connection ends after them."""
    simulator.faults.add("hang", "/jobs", seconds=30)
    before = clock.now

    with pytest.raises(httpx.RemoteProtocolError):
        await crelate.call("GET", "/jobs")

    assert (clock.now - before).total_seconds() == 30


@pytest.mark.parametrize("after_write", [True, False])
async def test_a_write_may_happen_though_its_answer_never_comes(
    simulator: Simulator, crelate: Crelate, after_write: bool
) -> None:
    """A client that gives up cannot tell whether the record is there."""
    simulator.faults.add("hang", "/contacts", method="POST", after_write=after_write)
    before = len(simulator.state["contacts"])

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await crelate.call("POST", "/contacts", json=ADA)

    assert len(simulator.state["contacts"]) == before + after_write


async def test_a_late_write_may_have_happened_at_once(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """With `after_write` the record is of the time before the delay."""
    simulator.faults.add("slow", "/contacts", method="POST", seconds=60, after_write=True)
    before = clock.now

    guid = await crelate.make("contacts", **ADA["entity"])

    assert len([entry for entry in simulator.log if entry.method == "POST"]) == 1
    assert simulator.state["contacts"][guid]["CreatedOn"] == f"{before:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert clock.now > before


async def test_a_list_may_shrink_between_two_pages(simulator: Simulator, crelate: Crelate) -> None:
    """Rows of the first page are gone, so as many after it are on no page; the total says so."""
    whole = [row["Id"] for row in simulator.state["contacts"].ordered()]
    simulator.faults.add("shrink-list", "/contacts", rows=3)

    first = await crelate.ids("/contacts", limit=50)
    answer = (await crelate.call("GET", "/contacts", params={"limit": 50, "offset": 50})).json()

    assert first == whole[:50]
    assert [row["Id"] for row in answer["Data"]] == whole[53:103]
    assert answer["Metadata"]["TotalRecords"] == len(whole) - 3


async def test_a_pipeline_may_shrink_between_two_pages(simulator: Simulator, crelate: Crelate) -> None:
    """Its contacts are off the job and still there."""
    state = simulator.state
    job = max(state["jobs"], key=lambda job_id: len(state.pipeline.of_job(job_id)))
    whole = [item.contact_id for item in state.pipeline.of_job(job)]
    simulator.faults.add("shrink-list", "/jobs/{id}/contacts", rows=2)

    await crelate.data(f"/jobs/{job}/contacts", limit=100)
    rest = await crelate.data(f"/jobs/{job}/contacts", limit=100, offset=100)

    assert [row["ContactId"]["Id"] for row in rest] == whole[102:]
    assert set(whole[:2]) <= state["contacts"].keys()


async def test_a_record_may_be_hidden_after_it_was_listed(simulator: Simulator, crelate: Crelate) -> None:
    """It leaves the list and can still be read: it was not deleted."""
    simulator.faults.add("hide-record", "/contacts")
    first, second = await crelate.ids("/contacts", limit=2)

    assert (await crelate.ids("/contacts", limit=1)) == [second]
    assert (await crelate.data(f"/contacts/{first}"))["Id"] == first


@pytest.mark.parametrize("path", ["/contacts", "/workflowstatuses", "/jobs/{job}/contacts"])
async def test_a_list_may_come_back_empty(simulator: Simulator, crelate: Crelate, path: str) -> None:
    """200, no row, a total of 0, no more; single records are as ever."""
    job = next(job for job in simulator.state["jobs"] if simulator.state.pipeline.of_job(job))
    path = path.format(job=job)
    simulator.faults.add("empty-list", ".*", times=2)

    answer = (await crelate.call("GET", path)).json()
    one = await crelate.data(f"/jobs/{job}")

    assert answer["Data"] == answer["Errors"] == []
    assert answer["Metadata"].items() >= {"TotalRecords": 0, "MoreRecords": False}.items()
    assert one["Id"] == job
    assert await crelate.data(path) != []


async def test_a_list_of_the_first_version_may_come_back_empty(simulator: Simulator, crelate: Crelate) -> None:
    """In its own frame."""
    simulator.faults.add("empty-list", ".*")

    answer = await crelate.call("GET", "https://sim/api/pub/v1/domain/workflowTypes")

    assert answer.json() == {"MoreRecords": False, "Results": []}


async def test_one_entity_may_be_forbidden(simulator: Simulator, crelate: Crelate) -> None:
    """403 for whatever begins with its name, as for a key without the right to it; the others are open."""
    simulator.faults.add("403", "/activities(/.*)?", times=None)
    activity = next(iter(simulator.state["activities"]))

    for path in ("/activities", "/activities/count", "/activities/info", f"/activities/{activity}"):
        assert (await crelate.refusal("GET", path))[0] == 403
    for path in ("/activitytypes", "/contacts", "/users/self"):
        assert (await crelate.call("GET", path)).status_code == 200


async def test_a_hanging_connection_of_a_served_simulator_ends_with_the_client() -> None:
    """Over a socket the client's read timeout strikes, and the server goes on."""
    with serving("simulated-key", Size(jobs=12, contacts=150, activities=20)) as address:
        async with httpx.AsyncClient(base_url=address, headers={"X-Api-Key": "simulated-key"}) as http:
            await http.post("/_simulator/faults", json={"kind": "hang", "path": "/jobs"})
            with pytest.raises(httpx.ReadTimeout):
                await http.get("/api3/jobs", timeout=httpx.Timeout(5, read=0.2))
            assert (await http.get("/api3/jobs")).status_code == 200
