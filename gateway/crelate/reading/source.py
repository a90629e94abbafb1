"""The graph's questions, answered by Crelate: fills `resolvers.ports.source.Source`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.crelate.protocol import stored
from gateway.crelate.reading.answers import ChildrenByParent, Records
from gateway.crelate.reading.paging import page
from gateway.crelate.reading.questions import BY_IDS, BY_PARENTS
from gateway.crelate.reading.session import Session
from resolvers.errors import FilterNeedsSync
from resolvers.ports.source import Page, PageQuestion

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LiveSource:
    """A source for one request; rows it has read it does not read again.

    Attributes:
        session: The request's.
    """

    session: Session

    async def by_ids(self, model: str, keys: Sequence[str]) -> Records:
        """The records of a model under these keys, in any case."""
        names = {name: stored(name) for name in keys}
        return as_asked(names, await BY_IDS[model](self.session, list(dict.fromkeys(names.values()))))

    async def by_parents(self, model: str, attribute: str, keys: Sequence[str], limit: int | None) -> ChildrenByParent:
        """The records of a model that hold one of these keys in `attribute`.

        Raises:
            FilterNeedsSync: Crelate cannot be asked this way.
        """
        if (model, attribute) not in BY_PARENTS:
            raise FilterNeedsSync(argument=attribute)
        names = {name: stored(name) for name in keys}
        found = await BY_PARENTS[model, attribute](self.session, list(dict.fromkeys(names.values())), limit)
        return as_asked(names, found)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page of a model.

        Raises:
            FilterNeedsSync: Crelate cannot apply a condition or order.
            BadUserInput: the position is not one of this list.
        """
        return await page(self.session, model, question)


def as_asked(names: Mapping[str, str], found: Mapping[str, T]) -> dict[str, T]:
    """What was found, under the keys that were asked for; `names` says how each of them is stored."""
    return {asked: answer for asked, name in names.items() if (answer := found.get(name)) is not None}
