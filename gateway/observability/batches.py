"""A source in front of another one that counts the batches it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from resolvers.errors import AtsError
from resolvers.ports.source import Children, Page, PageQuestion, Source
from schema.record import Tracked


class CountedSource:
    """A `Source` that answers as another one does.

    Args:
        source: The source that answers.
        batched: Called with each batch: name of the model, number of keys.
    """

    def __init__(self, source: Source, batched: Callable[[str, int], None]) -> None:
        self._source = source
        self._batched = batched

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """Count the keys, then ask."""
        self._batched(model, len(keys))
        return await self._source.by_ids(model, keys)

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """Count the parents' keys, then ask."""
        self._batched(model, len(keys))
        return await self._source.by_parents(model, attribute, keys, limit)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """Ask; a page is no batch."""
        return await self._source.page(model, question)
