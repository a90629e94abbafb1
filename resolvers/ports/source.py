"""The port of records: the few questions the graph can ask of an ATS or of the copies.

Always plural: lists of keys in, a mapping out. The live connector, the replica and the tests' in-memory source all
satisfy this protocol, and the engine knows nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from resolvers.errors import AtsError
from resolvers.ports.custom_fields import Definitions
from schema.criterion import Criterion, Order
from schema.record import Tracked

Requests = Mapping[tuple[str, str], float]
"""Type and key that its objects are asked for by -> requests to the ATS for each parent, where not a hundredth."""


@dataclass(frozen=True, slots=True)
class Children:
    """The records that belong to one parent, in the source's order.

    Attributes:
        records: At least as many as were asked for, where there are that many.
        total: How many there are in all, or null when the source cannot tell.
    """

    records: Sequence[Tracked]
    total: int | None = None


Fields = tuple[tuple[str, tuple[str, ...]], ...]
"""Models, each with attributes of its records."""

Following = tuple[str, str]
"""A model and its attribute that holds the key of the record that was asked for before."""


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """One page of a model.

    Attributes:
        criteria: Conditions that must all hold.
        orders: How to sort; empty for the source's own order.
        size: Records wanted; a source is never asked for less than 1.
        position: A position the source gave out earlier; the page starts behind it, or ends in front of it when
            `backward`. Null for the list's first (or last) page.
        backward: Whether the page is taken from the end.
        include_deleted: Whether records that are gone from the ATS are wanted too.
        counted: Whether the caller will read `Page.total`.
    """

    size: int
    criteria: tuple[Criterion, ...] = ()
    orders: tuple[Order, ...] = ()
    position: str | None = None
    backward: bool = False
    include_deleted: bool = False
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a `PageQuestion`, in list order whichever way it was taken.

    Attributes:
        records: At most `size` of them.
        positions: For each record the place in the list, opaque to everyone but the source.
        has_next, has_previous: Whether records follow or precede the page.
        total: Records under the question's conditions, or null when the source does not know.
    """

    records: Sequence[Tracked]
    positions: Sequence[str]
    has_next: bool = False
    has_previous: bool = False
    total: int | None = None


class Source(Protocol):
    """Who answers the graph's questions about one integration.

    Every method may raise `AtsError`; an error that concerns single keys is a value of the mapping instead.
    """

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """The records of `model` under these keys; a key without a record is absent from the mapping."""

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """For each key, the records of `model` whose `attribute` holds it; absent means none.

        Args:
            model: Name of the model.
            attribute: A key attribute of the model, such as `job_key`.
            keys: Keys of the parents, distinct.
            limit: How many records per parent are wanted at least, where there are that many; null for all.
        """

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Read what will be asked about the children, where that takes no more requests now than it does later.

        It never fails: whoever asks then gets the error.

        Args:
            model: As for `by_parents`, which is asked at the same time.
            attribute: Likewise.
            keys: Likewise.
            following: What will be asked about the keys of the children.
        """

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page of all records of `model`.

        Raises:
            FilterNeedsSync: the source cannot apply a condition or order; it names the argument.
            BadUserInput: the position is not one this source gave out for this question.
        """

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        """What the account has added to the records of a model.

        Args:
            model: Name of a model with custom fields.
            known: Whether the ATS may not be asked, and what is known of them has to do.
        """


class LiveSource(Source, Protocol):
    """A source of one request that asks the ATS itself, and keeps what it has read until the request ends."""

    def anew(self, asking: Sequence["LiveSource"], /) -> "LiveSource":
        """A source like this one that has read nothing yet, and answers for all of these.

        What nothing but their records tells, such as the name of an owner who has left, it takes from them.
        """

    def expect(self, fields: Fields) -> None:
        """Be told, before anything is asked, what will be looked at of all records; others may cost more to look at."""
