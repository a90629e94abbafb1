"""A source whose look-ups are asked together with those of other requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.sharing.single_flight import SingleFlight
from resolvers.errors import AtsError
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Children, Following, LiveSource, Page, PageQuestion
from schema.record import Tracked

LookUps = SingleFlight[LiveSource, str, Tracked]
"""Look-ups by key of one account, by model."""


def look_ups() -> LookUps:
    """What joins the look-ups of one account.

    Those of several requests are answered by a source that has read nothing yet: what one of them has read before
    may be older than another request.
    """
    return SingleFlight(lambda source, model, keys: source.by_ids(model, keys), lambda source: source.anew())


@dataclass(slots=True)
class SharingSource:
    """The source of one request: records it asks for by key go out with what others ask in the same turn of the loop.

    What is under way already is not waited for: it was asked before this request came, and may be answered as of then.
    Children and pages are asked for this request alone: what they take depends on all the parents that are asked about.

    Attributes:
        live: The ATS.
        look_ups: The account's.
    """

    live: LiveSource
    look_ups: LookUps

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """The records under these keys."""
        found = await self.look_ups.request(self.live, model, keys, join=False)
        return {key: answer for key, answer in found.items() if answer is not None}

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """The children of the parents with these keys."""
        return await self.live.by_parents(model, attribute, keys, limit)

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Read what will be asked about the children."""
        await self.live.read_ahead(model, attribute, keys, following)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page."""
        return await self.live.page(model, question)

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        """As the ATS describes them."""
        return await self.live.custom_fields(model, known=known)
