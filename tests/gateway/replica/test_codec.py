"""Records as JSON and back."""

from copy import copy

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.replica import codec
from schema.model import MODELS
from tests.gateway.replica.records import START, candidate, job, properties, records, value

STAMPS = {"changed_at": START, "remote_deleted_at": None}


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_what_was_stored_comes_back(model: str, data: st.DataObject) -> None:
    """Every record of every model survives the way into the store and out again, and being copied."""
    record = data.draw(records(model))
    read = codec.decode(model, codec.encode(record), codec.encode_raw(record), STAMPS)
    assert properties(read) == properties(copy(read)) == properties(record) | STAMPS


def test_a_property_that_is_younger_than_the_copy_has_its_default() -> None:
    """Null, or an empty list of one's own."""
    one, other = (codec.decode("Candidate", b'{"key":"c1","remote_id":"c1"}', None, STAMPS) for _ in range(2))
    assert properties(one) == properties(candidate("c1", changed_at=START))
    assert value(one, "email_addresses") is not value(other, "email_addresses")


def test_the_raw_record_is_no_property() -> None:
    """Two records that differ in nothing but what the ATS sent have the same content."""
    one, other = candidate("c1", remote_data={"/a": 1}), candidate("c1", remote_data={"/a": 2})
    assert codec.encode(one) == codec.encode(other)
    assert codec.encode_raw(one) != codec.encode_raw(other)


def test_changed_fields_are_named() -> None:
    """The names of the properties that differ, and of no others."""
    before, after = job("j1", job_code="1"), job("j1", job_code="2", name="New")
    assert codec.changed_fields(codec.encode(before), codec.encode(after)) == ["job_code", "name"]


def test_an_anonymous_body_holds_nothing_but_keys() -> None:
    """After its retention a record tells no more than that it existed, and it can still be read."""
    record = candidate("c1", "ada@example.com", first_name="Ada", title="Engineer")
    body = codec.anonymous(codec.encode(record))
    assert {name for name, value in orjson.loads(body).items() if value} == {"key", "remote_id"}
    assert codec.decode("Candidate", body, None, STAMPS).key == "c1"
