"""What is said to Crelate and what its answers mean."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.crelate import decoding, protocol
from gateway.crelate.entities import PipelineRow
from gateway.crelate.protocol import Answer, Request, Version
from resolvers.errors import (
    AtsError,
    Duplicate,
    NotFound,
    Rejected,
    UpstreamRateLimited,
    UpstreamUnauthorized,
    UpstreamUnavailable,
    UpstreamUnreadable,
)

GUID = "0c6d1f8e-2b9b-4c7e-9a10-5f2f6c3a7e01"
SECRET = "hidden-key"
REQUEST = protocol.page("/jobs/{id}/contacts", 200, id=GUID)


def envelope(data: object = None, *errors: str, **metadata: object) -> bytes:
    """A body as Crelate sends it, its address and key included."""
    frame = {
        "Data": data,
        "Metadata": {
            "CorrelationId": "c-1",
            "TimeStamp": "2025-02-11T08:00:00.1234567Z",
            "Url": f"https://sim/api3/jobs?api_key={SECRET}",
            **metadata,
        },
        "Errors": [{"Message": message} for message in errors],
    }
    return orjson.dumps(frame)


def test_a_list_is_read_with_its_totals_and_the_servers_clock() -> None:
    """Seven digits of a second are cut to six."""
    body = envelope([{"Id": "a"}], TotalRecords=7, MoreRecords=True)
    moment = datetime(2025, 2, 11, 8, 0, 0, 123456, tzinfo=UTC)
    assert protocol.read(REQUEST, 200, {}, body) == Answer(
        [PipelineRow(Id="a")], 7, more=True, server_time=moment, correlation_id="c-1"
    )


def test_a_page_asks_for_the_largest_page() -> None:
    """Never for more than Crelate gives at once (ASM-01)."""
    assert REQUEST.params == {"limit": "100", "offset": "200"}
    assert REQUEST.target() == f"/jobs/{GUID}/contacts?limit=100&offset=200"


def test_an_id_cannot_break_out_of_its_place() -> None:
    """Whatever stands in a placeholder stays one segment."""
    assert protocol.get("/jobs/{id}", id="../users?x=/").target() == "/jobs/..%2Fusers%3Fx%3D%2F"


def test_a_parameter_cannot_break_out_of_its_place() -> None:
    """Only commas stand for themselves: a long list of keys goes out as it is."""
    asked = protocol.get("/contacts", {"ids": f"{GUID},{GUID}", "name": "a&b=c d+é#"})
    assert (
        asked.target({"api_key": "k/1"}) == f"/contacts?ids={GUID},{GUID}&name=a%26b%3Dc%20d%2B%C3%A9%23&api_key=k%2F1"
    )


def test_writes_are_wrapped() -> None:
    """`{"entity": ...}`, and a change goes to the record's own path (crelate-api 2.8)."""
    assert protocol.create("/notes", {"Display": "x"}).json == {"entity": {"Display": "x"}}
    change = protocol.change("/contacts", GUID, {"Salary": 1})
    assert (change.method, change.target(), change.idempotent) == ("PATCH", f"/contacts/{GUID}", False)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, UpstreamUnreadable),
        (400, Rejected),
        (401, UpstreamUnauthorized),
        (403, UpstreamUnauthorized),
        (404, NotFound),
        (410, NotFound),
        (408, UpstreamUnavailable),
        (409, Duplicate),
        (418, Rejected),
        (422, Rejected),
        (429, UpstreamRateLimited),
        (500, UpstreamUnavailable),
        (504, UpstreamUnavailable),
    ],
)
def test_each_status_has_one_meaning(status: int, error: type[AtsError]) -> None:
    """And the error names the call without anything secret."""
    with pytest.raises(AtsError) as caught:
        protocol.read(REQUEST, status, {}, envelope(None, f"bad value {SECRET}"))
    assert type(caught.value) is error
    assert caught.value.extensions["upstream"] == {
        "method": "GET",
        "path": "/jobs/{id}/contacts",
        "status": status,
        "correlationId": "c-1",
    }
    assert SECRET not in f"{caught.value!r} {caught.value.extensions}"
    assert GUID not in f"{caught.value!r} {caught.value.extensions}"


@pytest.mark.parametrize("body", [b"An unknown error occurred.", b"<html></html>", b"[1]", b'{"Metadata": 3}', b""])
def test_an_error_may_have_any_body(body: bytes) -> None:
    """Text and HTML say no less than an envelope."""
    with pytest.raises(UpstreamUnavailable):
        protocol.read(REQUEST, 502, {}, body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"Other": 1}', b"<html></html>"])
def test_a_success_that_is_no_envelope_cannot_be_read(body: bytes) -> None:
    """Never taken for an empty list."""
    with pytest.raises(UpstreamUnreadable):
        protocol.read(REQUEST, 200, {}, body)


def test_a_write_may_answer_without_a_body() -> None:
    """As PATCH and DELETE may (crelate-api 2.1)."""
    assert protocol.read(protocol.change("/contacts", GUID, {}), 204, {}, b"").data is None


def test_errors_in_a_success_are_a_refusal_unless_switched_off() -> None:
    """ASM-13."""
    body = envelope([], "no")
    with pytest.raises(Rejected):
        protocol.read(REQUEST, 200, {}, body)
    assert protocol.read(REQUEST, 200, {}, body, errors_refuse=False).data == []


def test_a_duplicate_names_the_record_that_is_there() -> None:
    """From the message; a copy of the error knows it too."""
    message = f"A duplicate record of type Contacts with ID '{GUID.upper()}' was found."
    with pytest.raises(Duplicate) as caught:
        protocol.read(protocol.create("/contacts", {}), 409, {}, envelope(None, message))
    assert caught.value.key == GUID
    copy = caught.value.again()
    assert isinstance(copy, Duplicate)
    assert copy.key == GUID


def test_the_first_api_answers_without_an_envelope() -> None:
    """Lists as `{MoreRecords, Results}` or bare (crelate-api 2.1)."""
    request = Request(method="GET", template="/domain/workflowTypes", version=Version.V1)
    assert protocol.read(request, 200, {}, b'{"Results": [1], "MoreRecords": false}') == Answer([1], more=False)
    assert protocol.read(request, 200, {}, b"[1]").data == [1]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:10 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:10 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    """A date counts from the answer's own clock; anything else says nothing."""
    assert protocol.retry_after(headers) == seconds
    with pytest.raises(UpstreamRateLimited) as caught:
        protocol.read(REQUEST, 429, headers, b"Too many requests.")
    assert caught.value.retry_after == seconds


@given(st.integers(100, 599), st.binary(max_size=60) | st.recursive(st.none() | st.text(), st.lists).map(orjson.dumps))
def test_any_answer_is_data_or_an_error_of_ours(status: int, body: bytes) -> None:
    """Reading never fails in another way."""
    with suppress(AtsError):
        assert isinstance(protocol.read(REQUEST, status, {}, body), Answer)


def test_keys_are_stored_in_lower_case() -> None:
    """GUIDs only: what a role is called keeps its case."""
    assert protocol.stored(f"{GUID.upper()}:system:Client Portal User") == f"{GUID}:system:Client Portal User"


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (rb'["a\u0000b", "c"]', ["a\ufffdb", "c"]),
        (rb'["a\ud83db", "c"]', ["a\ufffdb", "c"]),
        (rb'["a\udc00", {"\ud800": "\ud83d\udc69"}]', ["a\ufffd", {"\ufffd": "\U0001f469"}]),
        (rb'["\\u0000", "\\ud800"]', ["\\u0000", "\\ud800"]),
        (b'["a\xffb", "c"]', ["a\ufffdb", "c"]),
        (b'["a\x00b", "c\nd"]', ["a\ufffdb", "c\nd"]),
        (b'\xef\xbb\xbf["a"]', ["a"]),
        (b"[NaN, 1]", [None, 1]),
        (rb'["\ud800", 99999999999999999999, -9223372036854775807]', ["\ufffd", 1e20, -9223372036854775807]),
    ],
)
def test_what_cannot_be_kept_costs_no_other_value(body: bytes, data: object) -> None:
    """It becomes U+FFFD in its own text; a number that is none becomes null."""
    assert decoding.decode(body) == data
    assert orjson.loads(orjson.dumps(decoding.decode(body))) == data


@pytest.mark.parametrize("body", [b'["\\u0000"', rb"\ud800", b"[" * 100_000, b'["\xff"', b"<html>\0</html>"])
def test_what_is_no_json_stays_unreadable(body: bytes) -> None:
    """Half a body among it."""
    assert decoding.decode(body) is decoding.UNREADABLE


GUIDS = st.sampled_from(["0b2f5280-909a-4792-95cb-93899543cba6", "0B2F5280-909A-4792-95CB-93899543CBA6"])
KEYS = GUIDS | st.builds(",".join, st.tuples(GUIDS, GUIDS)) | st.sampled_from(["", ",", "x" * 36, "0b2f5280"])


@given(st.lists(KEYS, max_size=4))
def test_only_guids_are_asked_about(keys: list[str]) -> None:
    """One by one or all at once: what has a comma in it is no two of them."""
    assert list(protocol.guids(keys)) == [key for key in keys if protocol.GUID.fullmatch(key)]
