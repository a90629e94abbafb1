"""The filters of Crelate's lists, and which rows each may bring (crelate-api 2.4, ASM-04 to ASM-07)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from gateway.crelate.entities import Contact, Row, whole
from gateway.crelate.mapping.expression import reading
from gateway.crelate.readers import addresses, instant, key
from resolvers.errors import Rejected
from schema.addresses import same_address


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """A filter of a list.

    Attributes:
        template: Path of the list.
        param: Query parameter.
        values: The values a row answers to.
        later: Whether the parameter is a moment and rows answer when theirs is later, rather than a list of values of
            which rows have one.
        nowhere: Makes a value that no row answers to.
        same: The one spelling of a value that all spellings share which may bring the same rows.
        name: Such as `/contacts?ids`.
    """

    template: str
    param: str
    values: Callable[[Any], Collection[str]]
    later: bool = False
    nowhere: Callable[[], str] = lambda: str(uuid4())
    same: Callable[[str], str] = str
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.template}?{self.param}")

    def allows(self, rows: Iterable[Row], asked: Collection[str]) -> bool:
        """Whether all of these rows may be in the answer to these values, all in lower case.

        Whether a moment itself counts as later is not known, so it may (ASM-06).
        """
        if self.later:
            return all(any(value >= limit for value in self.values(row) for limit in asked) for row in rows)
        wanted = set(map(self.same, asked))
        return not any(wanted.isdisjoint(map(self.same, self.values(row))) for row in rows)

    def demands(self, row: Row, asked: Collection[str]) -> bool:
        """Whether a row must be in the answer to these values."""
        if self.later:
            return any(value > limit for value in self.values(row) for limit in asked)
        return any(value in asked for value in self.values(row))


class FilterViolation(Exception):
    """A filter let something through that it should have held back, or a list with filters was refused.

    Attributes:
        culprits: The filter; of a refusal all that were used.
        refusal: The refusal, or null.
    """

    def __init__(self, *culprits: Filter, refusal: Rejected | None = None) -> None:
        self.culprits = culprits
        self.refusal = refusal
        super().__init__(*(culprit.name for culprit in culprits))


def moment(value: datetime) -> str:
    """A moment as Crelate's filters take it, to the second; such texts sort as the moments do."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _keys(column: str) -> Callable[[Row], Collection[str]]:
    key_of = reading(column, key)
    return lambda row: () if (found := key_of(row)) is None else (found,)


def _addresses(row: Contact) -> Collection[str]:
    return addresses(whole(row))


def _modified(row: Row) -> Collection[str]:
    changed = instant(row.ModifiedOn or row.CreatedOn)
    return () if changed is None else (moment(changed),)


def _never() -> str:
    return "9998-01-01T00:00:00Z"


CONTACT_IDS = Filter("/contacts", "ids", _keys("Id"))
CONTACT_EMAILS = Filter(
    "/contacts", "emails", _addresses, nowhere=lambda: f"{uuid4().hex}@example.invalid", same=same_address
)
JOB_IDS = Filter("/jobs", "ids", _keys("Id"))
ACTIVITY_IDS = Filter("/activities", "ids", _keys("Id"))
ACTIVITY_PARENTS = Filter("/activities", "parent_ids", _keys("ParentId"))
ACTIVITY_REGARDING = Filter("/activities", "regarding_ids", _keys("RegardingId"))
ACTIVITY_VERBS = Filter("/activities", "verb_ids", _keys("VerbId"))
FILE_IDS = Filter("/artifacts", "ids", _keys("Id"))
MODIFIED_AFTER = {
    template: Filter(template, "modified_after", _modified, later=True, nowhere=_never)
    for template in ("/contacts", "/jobs", "/activities")
}

FILTERS = (
    CONTACT_IDS,
    CONTACT_EMAILS,
    JOB_IDS,
    ACTIVITY_IDS,
    ACTIVITY_PARENTS,
    ACTIVITY_REGARDING,
    ACTIVITY_VERBS,
    FILE_IDS,
    *MODIFIED_AFTER.values(),
)
"""Every filter that reading may use (ASM-04 to ASM-07)."""

Asked = Mapping[Filter, Sequence[str]]
"""Filters of one list with the values asked for, in lower case."""
