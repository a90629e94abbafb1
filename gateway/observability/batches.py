"""A source that tells of the batches it is asked for, whoever collects them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from resolvers.errors import AtsError
from resolvers.ports.source import Children, Page, PageQuestion, Source
from schema.record import Tracked


class CountedSource:
    """A `Source` that answers as another one does.

    Args:
        source: Who answers.
        batched: Is told of each batch: name of the model, number of keys.
    """

    def __init__(self, source: Source, batched: Callable[[str, int], None]) -> None:
        self._source = source
        self._batched = batched

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """As `Source.by_ids`."""
        self._batched(model, len(keys))
        return await self._source.by_ids(model, keys)

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """As `Source.by_parents`."""
        self._batched(model, len(keys))
        return await self._source.by_parents(model, attribute, keys, limit)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """As `Source.page`."""
        return await self._source.page(model, question)
