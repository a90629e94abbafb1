"""A description of Crelate's API: where it comes from, and how what is said of it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.connect import Exit, Visit, doctor
from gateway.connect.describing import LARGEST, read_description
from gateway.connect.exits import Stop
from gateway.settings import read_settings
from tests.gateway.connect.conftest import Desk
from tests.gateway.crelate.openapi.description import describing


def compared(desk: Desk, where: str, *, as_json: bool = True) -> int:
    """The doctor with a description."""
    visit = Visit(read_settings(), desk.account, desk.time.now, openapi=where)
    return doctor(desk.console, desk.talk, desk.person, visit, as_json=as_json)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A whole description."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(describing()))
    return str(path)


def test_it_takes_no_account(desk: Desk, file: str) -> None:
    """Nothing is asked of anybody."""
    assert compared(desk, file) == Exit.DONE
    found = json.loads(desk.shown)
    assert (found["accounts"], found["ok"]) == ([], True)
    assert "things that the gateway relies on are there" in found["openapi"]["findings"][0]["text"]
    assert desk.simulator.log == []
    assert compared(desk, file, as_json=False) == Exit.DONE
    assert "Description of the ATS's API" in desk.shown


def test_an_account_knows_better_than_the_description(desk: Desk, file: str) -> None:
    """Of what it leaves open, the description is believed."""
    desk.connect()
    desk.simulator.knobs.contact_jobs = False
    desk.screen.truncate(0)
    desk.screen.seek(0)
    assert compared(desk, file) == Exit.DONE
    (account,) = json.loads(desk.shown)["accounts"]
    found = {one["number"]: one for one in account["assumptions"]}
    assert found["ASM-09"]["state"] == "does not hold"
    assert (found["ASM-28"]["state"], found["ASM-28"]["detail"]) == ("holds", "the file has it")
    assert found["ASM-12"]["state"] == "not checked"


@pytest.mark.parametrize(
    ("content", "words"),
    [("openapi: 3.0.0\npaths:\n", "no JSON"), ("[1, 2]", "no OpenAPI description"), ("[" * 100_000, "no JSON")],
)
def test_a_file_that_is_none_is_said_in_a_sentence(desk: Desk, tmp_path: Path, content: str, words: str) -> None:
    """With an exit code of its own."""
    path = tmp_path / "described"
    path.write_text(content)
    assert compared(desk, str(path)) == Exit.UNUSABLE
    assert words in desk.aside.getvalue()
    assert compared(desk, str(tmp_path / "nowhere")) == Exit.UNUSABLE
    assert "cannot be read: No such file" in desk.aside.getvalue()


def answering(*responses: httpx.Response) -> httpx.MockTransport:
    """A network that gives these answers, one after the other, and the last one for ever."""
    left = list(responses)
    return httpx.MockTransport(lambda _: left.pop(0) if len(left) > 1 else left[0])


def fetched(where: str, *responses: httpx.Response) -> Any:
    """A description from that network."""
    return read_description(where, answering(*responses))


def test_a_description_is_fetched_from_an_address() -> None:
    """Also behind a redirect."""
    moved = httpx.Response(301, headers={"location": "/there"})
    assert fetched("https://example.com/openapi.json", moved, httpx.Response(200, json={"a": 1})) == {"a": 1}
    assert fetched("http://127.0.0.1:8010/openapi.json", httpx.Response(200, json=[])) == []


@pytest.mark.parametrize(
    ("where", "response", "words"),
    [
        ("http://example.com/a", httpx.Response(200, json={}), "must begin with https"),
        ("ftp://example.com/a", httpx.Response(200, json={}), "must begin with https"),
        ("https://example.com/a", httpx.Response(404), "status 404"),
        ("https://example.com/a", httpx.Response(302, headers={"location": "http://example.com/b"}), "https"),
        ("https://example.com/a", httpx.Response(302, headers={"location": "https://example.com/a"}), "on and on"),
        ("https://example.com/a", httpx.Response(200, html="<h1>Welcome</h1>"), "no JSON"),
        ("https://[::1/a", httpx.Response(200), "cannot be fetched"),
    ],
    ids=["no TLS", "no HTTP", "missing", "to no TLS", "in a circle", "a page", "no address"],
)
def test_an_address_without_a_description_is_said_in_a_sentence(
    where: str, response: httpx.Response, words: str
) -> None:
    """Whatever it answers."""
    with pytest.raises(Stop, match=words) as stop:
        fetched(where, response)
    assert stop.value.exit == Exit.UNUSABLE


def test_no_more_than_a_description_can_be_is_read() -> None:
    """Neither from the network, nor when nobody answers."""
    with pytest.raises(Stop, match="larger than"):
        fetched("https://example.com/a", httpx.Response(200, content=b" " * (LARGEST + 1)))

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("", request=request)

    with pytest.raises(Stop, match="ConnectTimeout"):
        read_description("https://example.com/a", httpx.MockTransport(silent))
