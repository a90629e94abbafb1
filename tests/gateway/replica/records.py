"""Records for tests: made by hand with few words, or by Hypothesis from their types."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, get_args, get_origin

from hypothesis import strategies as st

from gateway.database.columns import is_key
from gateway.replica.codec import RAW, STAMPS
from schema.annotation import annotation
from schema.application import Application
from schema.candidate import Candidate
from schema.job import Job
from schema.model import MODELS
from schema.record import Tracked
from schema.user import User
from schema.values import EmailAddress

INTEGRATION = "crelate:default"
START = datetime(2026, 1, 1, tzinfo=UTC)

DEEP: Any = None
"""JSON that is too deep to be written."""
for _ in range(300):
    DEEP = [DEEP]

Leaves = Mapping[Any, st.SearchStrategy[Any]]
"""Type -> values of it."""


class Clock:
    """A clock that tests move by hand.

    Attributes:
        now: The instant it shows.
    """

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.now

    def tick(self, seconds: float = 1) -> datetime:
        """Move on; the new instant."""
        self.now += timedelta(seconds=seconds)
        return self.now


def job(key: str, **values: Any) -> Job:
    """A job with a title."""
    return Job(**{"key": key, "remote_id": key, "name": f"Job {key}"} | values)


def candidate(key: str, *addresses: str, **values: Any) -> Candidate:
    """A candidate with these e-mail addresses."""
    emails = [EmailAddress(email_address=address) for address in addresses]
    return Candidate(**{"key": key, "remote_id": key, "email_addresses": emails} | values)


def user(key: str, *, listed: bool = True, **values: Any) -> User:
    """A user, of the list or as other records name them."""
    made = User(**{"key": key, "remote_id": key} | values)
    made.is_listed = listed
    return made


def application(job_key: str, candidate_key: str, stage_key: str | None = None) -> Application:
    """A candidate's application for a job."""
    key = f"{job_key}:{candidate_key}"
    return Application(
        key=key, remote_id=key, job_key=job_key, candidate_key=candidate_key, current_stage_key=stage_key
    )


def properties(record: Any) -> dict[str, Any]:
    """Everything a record was made from, by attribute."""
    return {field.name: getattr(record, field.name) for field in fields(record) if field.init}


def value(record: object, name: str) -> Any:
    """An attribute that only some models have."""
    return getattr(record, name)


def records(model: str, text: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Tracked]:
    """Any record of a model; `text` makes the texts in it, its keys excepted."""
    record_type = MODELS[model].record
    leaves = _LEAVES if text is None else {**_LEAVES, str: text}
    given = {
        field.name: _values(record_type, field.name, _LEAVES if is_key(field.name) else leaves)
        for field in fields(record_type)
        if field.init and field.name not in STAMPS
    }
    return st.builds(record_type, **given)


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT, lambda items: st.lists(items, max_size=3)
)
_INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # Hypothesis adds the zone
_LEAVES: Leaves = {
    str: _TEXT,
    float: st.floats(-1e9, 1e9),
    datetime: _INSTANTS,
}


def _values(held_by: type, name: str, leaves: Leaves) -> st.SearchStrategy[Any]:
    if name == RAW:
        return st.dictionaries(leaves[str], _JSON | leaves[str], min_size=1)
    return _of(annotation(held_by, name), leaves)


def _of(held: Any, leaves: Leaves) -> st.SearchStrategy[Any]:
    if get_origin(held) is list:
        return st.lists(_of(get_args(held)[0], leaves), max_size=3)
    if isinstance(held, type) and issubclass(held, Enum):
        return st.sampled_from(held)
    if is_dataclass(held) and isinstance(held, type):
        return st.builds(held, **{field.name: _of(annotation(held, field.name), leaves) for field in fields(held)})
    return leaves.get(held, _JSON)
