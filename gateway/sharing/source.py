"""A source whose questions are asked together with those of other requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

from gateway.sharing.single_flight import SingleFlight
from resolvers.errors import AtsError
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Children, Following, Page, PageQuestion, Source
from schema.record import Tracked

T = TypeVar("T")


class ChildrenQuestion(NamedTuple):
    """A question about children, whoever their parents are; the arguments of `Source.by_parents`."""

    model: str
    attribute: str
    limit: int | None


class AheadQuestion(NamedTuple):
    """What is read ahead, whoever the parents are; the arguments of `Source.read_ahead`."""

    model: str
    attribute: str
    following: Following


ReadingAhead: TypeAlias = SingleFlight[Source, AheadQuestion, Any]
"""What is read ahead for requests of the same moment is read by one of them, who is likely to be asked for it too."""


class Sharing:
    """The questions of one account that are asked for several requests together.

    Attributes:
        records: Look-ups by key.
        children: Records of parents.
        ahead: What is read ahead.
    """

    def __init__(self) -> None:
        self.records: SingleFlight[Source, str, Tracked] = SingleFlight(_records)
        self.children: SingleFlight[Source, ChildrenQuestion, Children] = SingleFlight(_children)
        self.ahead: ReadingAhead = SingleFlight(read_ahead)

    def reading(self, live: Source) -> SharingSource:
        """The source of one request."""
        return SharingSource(live, self)

    async def close(self) -> None:
        """Stop what is under way."""
        for flight in (self.records, self.children, self.ahead):
            await flight.close()


@dataclass(frozen=True, slots=True)
class SharingSource:
    """The source of one request: what it asks by key goes out with what others ask in the same turn of the loop.

    What is under way already is not waited for: it was asked before this request came, and may be answered as of then.

    Attributes:
        live: The ATS.
        sharing: The account's.
    """

    live: Source
    sharing: Sharing

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """The records under these keys."""
        return _there(await self.sharing.records.request(self.live, model, keys, join=False))

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """The children of the parents with these keys."""
        question = ChildrenQuestion(model, attribute, limit)
        return _there(await self.sharing.children.request(self.live, question, keys, join=False))

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Read ahead, for all who are about to ask."""
        await self.sharing.ahead.request(self.live, AheadQuestion(model, attribute, following), keys, join=False)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page, asked for this request alone."""
        return await self.live.page(model, question)

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        """As the ATS describes them."""
        return await self.live.custom_fields(model, known=known)


async def _records(source: Source, model: str, keys: list[str]) -> Mapping[str, Tracked | AtsError]:
    return await source.by_ids(model, keys)


async def _children(source: Source, question: ChildrenQuestion, keys: list[str]) -> Mapping[str, Children | AtsError]:
    model, attribute, limit = question
    return await source.by_parents(model, attribute, keys, limit)


async def read_ahead(source: Source, question: AheadQuestion, keys: list[str]) -> Mapping[str, AtsError]:
    """Have a source read ahead for several requests; there is nothing to answer."""
    model, attribute, following = question
    await source.read_ahead(model, attribute, keys, following)
    return {}


def _there(answers: Mapping[str, T | AtsError | None]) -> Mapping[str, T | AtsError]:
    """The answers without the keys that have none."""
    return {key: answer for key, answer in answers.items() if answer is not None}
