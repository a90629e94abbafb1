"""What the source has said so far, and how it is asked for the rest: at most once for each key."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from resolvers.context import RequestContext
from resolvers.errors import AtsError, UpstreamUnavailable
from resolvers.loaders import Loader
from resolvers.ports.source import Children
from schema.record import Tracked


class Question(NamedTuple):
    """A question about keys.

    Attributes:
        model: Name of the model the answers are of.
        attribute: The attribute that holds the key; null for the record's own key.
        limit: How many records are wanted for each key at least; null for all.
    """

    model: str
    attribute: str | None = None
    limit: int | None = None


Wanted = Mapping[Question, Collection[str]]
"""Question -> the keys it is about."""


class Answers:
    """The answers of one operation.

    Args:
        context: The request.
    """

    def __init__(self, context: RequestContext) -> None:
        self._context = context
        self._known: defaultdict[Question, dict[str, Any]] = defaultdict(dict)

    def to(self, question: Question) -> dict[str, Any]:
        """For each key asked about: the record or `Children`, an `AtsError`, or null."""
        return self._known[question]

    def know(self, wanted: Wanted) -> bool:
        """Whether nothing is left to ask."""
        return all(self._known[question].keys() >= set(keys) for question, keys in wanted.items())

    def keep(self, model: str, records: Iterable[Tracked]) -> None:
        """Let records that came in a list answer later look-ups by key."""
        known = self._known[Question(model)]
        for record in records:
            known.setdefault(record.key, record)

    async def ask(self, wanted: Iterable[Wanted], further: Iterable[Awaitable[None]]) -> None:
        """Put each question once for all who want something of it, all at the same time, with `further` work beside.

        Raises:
            Exception: what neither the source nor the further work may raise.
        """
        merged: defaultdict[Question, dict[str, None]] = defaultdict(dict)
        for each in wanted:
            for question, keys in each.items():
                merged[question].update((key, None) for key in keys if key not in self._known[question])
        work = [*further, *(self._put(question, list(keys)) for question, keys in merged.items() if keys)]
        if len(work) == 1:
            await work[0]
            return
        # One that fails must not take away what the others bring.
        outcomes = await asyncio.gather(*work, return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def _put(self, question: Question, keys: list[str]) -> None:
        try:
            found = await self._context.in_time(self._answer(question, keys))
        except AtsError as error:
            found = dict.fromkeys(keys, error)
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            found = dict.fromkeys(keys, UpstreamUnavailable("The request was cancelled."))
        # What is asked about a key by name comes before what a list happened to bring of it.
        self._known[question].update((key, found.get(key)) for key in keys)
        if question.attribute is not None:
            for children in found.values():
                if isinstance(children, Children):
                    self.keep(question.model, children.records)

    def _answer(self, question: Question, keys: list[str]) -> Awaitable[Mapping[str, Any]]:
        source = self._context.source
        if question.attribute is None:
            return source.by_ids(question.model, keys)
        return source.by_parents(question.model, question.attribute, keys, question.limit)

    def hand_over(self) -> None:
        """Let the loaders know all this, for whoever answers the operation instead."""
        loaders = self._context.loaders
        for question, known in self._known.items():
            loader: Loader[Any] = (
                loaders.by_key(question.model)
                if question.attribute is None
                else loaders.by_parent(question.model, question.attribute, question.limit)
            )
            for key, value in known.items():
                loader.settle(key, value)
