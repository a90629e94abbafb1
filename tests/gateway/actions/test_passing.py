"""Requests that callers send through the gateway to the ATS's own API."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.actions.actions import Actions
from gateway.actions.passing import READ_ONLY, Allowance
from gateway.crelate.account import Account
from gateway.database.engine import Database
from gateway.simulator import Simulator
from resolvers.errors import BadUserInput, Forbidden, UpstreamUnavailable
from schema.actions.action import Action, ActionFilter, ActionName
from schema.actions.attachment import AttachmentInput
from schema.actions.passthrough import HttpMethod, MultipartFieldInput, PassthroughInput, PassthroughPayload
from schema.scalars import JSON
from tests.gateway.actions.conftest import INTEGRATION, KEY, running
from tests.gateway.actions.inputs import PDF
from tests.gateway.simulator.conftest import Clock


async def send(actions: Actions, method: str, path: str, **more: Any) -> PassthroughPayload:
    """Pass a request through."""
    given = PassthroughInput(method=HttpMethod(method), path=path, **more)
    return await actions.of(INTEGRATION, "ci").pass_through(given)


async def trail(actions: Actions) -> list[Action]:
    """All passed requests in the audit trail."""
    passed = ActionFilter(names=[ActionName.PASSTHROUGH])
    return list((await actions.of(INTEGRATION).trail(50, None, passed)).actions)


async def test_an_answer_comes_as_it_is_less_the_key(actions: Actions, simulator: Simulator) -> None:
    """Status, headers and body; the address in it is the one without the key."""
    simulator.state["contactsources"]["x"] = {"Id": "x", "Name": f"leaks {KEY}"}

    payload = await send(actions, "GET", "/contactsources?limit=100", params=JSON({"offset": 0}))

    assert payload.status == 200
    assert payload.url == "https://sim/api3/contactsources?limit=100&offset=0"
    data: Any = payload.data
    assert data["Metadata"]["Url"] == payload.url
    assert "leaks ***" in {row["Name"] for row in data["Data"]}
    assert KEY not in str(payload)


async def test_a_refusal_of_the_ats_is_an_answer_too(actions: Actions) -> None:
    """With its status."""
    payload = await send(actions, "GET", "/contacts/00000000-0000-4000-8000-000000000000")
    assert payload.status == 404


async def test_bodies_go_both_ways(actions: Actions, simulator: Simulator) -> None:
    """JSON, forms with files, and bytes as base64."""
    made = await send(actions, "POST", "/contacts", data=JSON({"entity": {"LastName": "Halvorsen"}}))
    contact = str(made.data["Data"])  # type: ignore[index]  # JSON
    file = AttachmentInput(name="cv.pdf", content_type="application/pdf", data=b64encode(PDF).decode())
    params = JSON({"target_entity_name": "Contacts", "target_record_id": contact})
    form = [MultipartFieldInput(name="file", file=file)]
    uploaded = await send(actions, "POST", "/artifacts", params=params, multipart_form_data=form)
    file_id = uploaded.data["Data"]  # type: ignore[index]  # JSON

    content = await send(actions, "GET", f"/artifacts/{file_id}/content", response_as_base64=True)

    assert (made.status, uploaded.status) == (201, 201)
    assert b64decode(str(content.data)) == PDF
    assert simulator.state["contacts"][contact]["LastName"] == "Halvorsen"


@pytest.mark.parametrize(
    "path",
    [
        "contacts", "https://evil.example.com/contacts", "//evil.example.com/contacts", "/../admin", "/contacts/../x",
        "/./contacts", "/contacts/%2e%2e/x", "/contacts%2f..", "/contacts\\x", "/contacts\n", "/contacts#x", "/a b", "",
        "/contacts//x", "/contacts?x=1#y", "/@evil.example.com:80//x",
        "/..;/admin", "/contacts/..;/x", "/contacts/..;a=b;c/x", "/contacts/..;", "/.;/contacts", "/;/contacts",
        "/%252e%252e/x", "/%2e./x", "/.%2e/x", "/contacts/..%5cx", "/contacts/..%2fx", "/contacts/..%00/x", "/..\\x",
        "/%c0%ae%c0%ae/x", "/%u002e%u002e/x", "/contacts/..%3b/x", "/\uff0e\uff0e/x", "/..\t/x", "/..?/x",
    ],
)  # fmt: skip
async def test_only_plain_paths_below_the_base_address(path: str, actions: Actions, simulator: Simulator) -> None:
    """Nothing that could lead elsewhere is sent."""
    simulator.reset_log()
    with pytest.raises(BadUserInput):
        await send(actions, "GET", path)
    assert simulator.log == []


@pytest.mark.parametrize("name", ["api_key", "API_KEY", " api_key", "_method"])
async def test_no_credentials_in_parameters(name: str, actions: Actions, simulator: Simulator) -> None:
    """Neither in the path's query nor beside it."""
    simulator.reset_log()
    with pytest.raises(BadUserInput):
        await send(actions, "GET", "/contacts", params=JSON({name: "other"}))
    with pytest.raises(BadUserInput):
        await send(actions, "GET", f"/contacts?{name.strip()}=other")
    assert simulator.log == []


@pytest.mark.parametrize(
    "name",
    ["Host", "Authorization", "X-Api-Key", "Cookie", "Content-Length", "Transfer-Encoding", "X-HTTP-Method-Override",
     "X-Forwarded-Host", "X-Original-URL", "Proxy-Authorization", "bad name", "Accept:"],
)  # fmt: skip
async def test_no_header_that_changes_who_asks_whom(name: str, actions: Actions, simulator: Simulator) -> None:
    """Credentials and routing are the gateway's."""
    simulator.reset_log()
    with pytest.raises(BadUserInput):
        await send(actions, "GET", "/contacts", headers=JSON({name: "x"}))
    with pytest.raises(BadUserInput):
        await send(actions, "GET", "/contacts", headers=JSON({"Accept": "x\r\nHost: evil"}))
    assert simulator.log == []


@pytest.fixture
async def reading(sqlite: Database, account: Account, clock: Clock) -> AsyncIterator[Actions]:
    """Actions that pass through what they do unless told otherwise."""
    async with running(sqlite, account, clock, allowed=READ_ONLY) as actions:
        yield actions


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_only_reading_is_allowed_at_first(method: str, reading: Actions, simulator: Simulator) -> None:
    """Writing has to be allowed, integration by integration."""
    simulator.reset_log()
    with pytest.raises(Forbidden):
        await send(reading, method, "/contacts")
    assert simulator.log == []
    assert (await send(reading, "GET", "/contacts")).status == 200


def test_an_allow_list_names_methods_and_paths() -> None:
    """One segment for a star, any number for two."""
    allowed = Allowance(["GET /jobs/**", "PATCH /contacts/*", "* /notes"])
    permitted = {
        (method.value, path)
        for method in HttpMethod
        for path in ("/jobs", "/jobs/1/contacts", "/contacts", "/contacts/1", "/contacts/1/x", "/notes", "/notes/1")
        if allowed.permits(method, path)
    }
    assert permitted == {
        ("GET", "/jobs/1/contacts"), ("PATCH", "/contacts/1"), *((method.value, "/notes") for method in HttpMethod)
    }  # fmt: skip
    with pytest.raises(ValueError, match="pattern"):
        Allowance(["FETCH /contacts"])


async def test_every_request_is_in_the_audit_trail(actions: Actions, simulator: Simulator) -> None:
    """Who, what and with which status; no values of the path, the query or the body."""
    contact = next(iter(simulator.state["contacts"]))
    await send(actions, "GET", f"/contacts/{contact}")
    await send(actions, "POST", "/contacts/search/ada@example.com", params=JSON({"q": "ada@example.com"}))
    simulator.faults.add("drop", "/jobs", times=None)
    with pytest.raises(UpstreamUnavailable):
        await send(actions, "GET", "/jobs")

    rows = sorted(await trail(actions), key=lambda row: str(row.request))

    assert [(row.request, row.status_code, row.outcome.name, row.token_name) for row in rows] == [
        ("GET /contacts/{id}", 200, "DONE", "ci"),
        ("GET /jobs", None, "FAILED", "ci"),
        ("POST /contacts/search/{value}", 404, "DONE", "ci"),
    ]
    assert rows[0].correlation_ids != []
