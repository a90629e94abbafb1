"""Loaders: each collects the keys of one level and asks the source once.

There is one per question: records of a model by key, and records of a model by parent. They are made per request,
inside the running loop, as they are first needed.
"""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar, cast

from aiodataloader import DataLoader

from resolvers.errors import AtsError, UpstreamUnavailable
from resolvers.ports.source import Children, Page, PageQuestion, Source
from schema.record import Tracked

T = TypeVar("T")

Batch = Callable[[list[str]], Awaitable[Mapping[str, T | AtsError]]]
"""Distinct keys in; found values or errors out, by key."""


class Loader(DataLoader[str, T | None], Generic[T]):
    """aiodataloader with its faults closed.

    A waiter that is cancelled does not take the others with it, a batch that fails fails each key by itself, a batch
    that is late fails at the operation's deadline, and a key without a record is null.

    Args:
        batch: Answers the keys of one level; absent keys become null.
        deadline: When to give up, on the running loop's clock; null to wait.
        running: Where the loader notes its running batches, so that an abandoned operation can stop them.
    """

    def __init__(self, batch: Batch[T], deadline: float | None, running: "set[asyncio.Task[object]]") -> None:
        super().__init__()
        self._batch = batch
        self._deadline = deadline
        self._running = running

    def load(self, key: str) -> "Future[T | None]":
        """The record under `key`, or null; raises that key's own `AtsError`."""
        return cast("Future[T | None]", asyncio.shield(super().load(key)))

    def settle(self, key: str, value: T | AtsError | None) -> None:
        """Let what is known of a key answer later look-ups, be it an error; what was asked before stands."""
        super().prime(key, cast("T", value))
        if isinstance(value, AtsError):
            self._cache[key].exception()  # nobody may ever ask for it, which is no fault

    async def batch_load_fn(self, keys: list[str]) -> list[T | AtsError | None]:  # type: ignore[override]  # an error is a value here
        """Answer each key, in order."""
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            async with asyncio.timeout_at(self._deadline):
                found = await self._batch(keys)
        except TimeoutError:
            return [UpstreamUnavailable("The ATS did not answer before the operation's deadline.") for _ in keys]
        except AtsError as error:
            return [error.again() for _ in keys]
        except asyncio.CancelledError:
            return [UpstreamUnavailable("The request was cancelled.") for _ in keys]
        return [_own(found.get(key)) for key in keys]


def _own(value: T | AtsError | None) -> T | AtsError | None:
    """Several keys may share one error object; each waiter gets its own, so that each gets its own path."""
    return value.again() if isinstance(value, AtsError) else value


class Loaders:
    """The loaders of one request.

    Args:
        source: Who answers.
        deadline: When batches give up, on the running loop's clock; null to wait.
    """

    def __init__(self, source: Source, deadline: float | None = None) -> None:
        self._source = source
        self._deadline = deadline
        self._by_key: dict[str, Loader[Tracked]] = {}
        self._by_parent: dict[tuple[str, str, int | None], Loader[Children]] = {}
        self._pages: dict[tuple[str, PageQuestion], Page] = {}
        self._running: set[asyncio.Task[object]] = set()

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page of all records of `model`; its records answer later look-ups by key."""
        asked = (model, question)
        if asked not in self._pages:
            self._pages[asked] = await self._source.page(model, question)
            self.prime(model, self._pages[asked].records)
        return self._pages[asked]

    def by_key(self, model: str) -> Loader[Tracked]:
        """The loader for records of `model` by their key."""
        if model not in self._by_key:

            async def batch(keys: list[str]) -> Mapping[str, Tracked | AtsError]:
                return await self._source.by_ids(model, keys)

            self._by_key[model] = Loader(batch, self._deadline, self._running)
        return self._by_key[model]

    def by_parent(self, model: str, attribute: str, limit: int | None = None) -> Loader[Children]:
        """The loader for records of `model` by the parent key they hold in `attribute`."""
        question = (model, attribute, limit)
        if question not in self._by_parent:

            async def batch(keys: list[str]) -> Mapping[str, Children | AtsError]:
                found = await self._source.by_parents(model, attribute, keys, limit)
                for children in found.values():
                    if isinstance(children, Children):
                        self.prime(model, children.records)
                return found

            self._by_parent[question] = Loader(batch, self._deadline, self._running)
        return self._by_parent[question]

    def prime(self, model: str, records: Iterable[Tracked]) -> None:
        """Let records that came in a list answer later look-ups by key."""
        loader = self.by_key(model)
        for record in records:
            loader.prime(record.key, record)

    async def each(self, model: str, keys: Sequence[str]) -> list[Tracked]:
        """The records under these keys, in order, without those that do not exist."""
        loader = self.by_key(model)
        found = await asyncio.gather(*(loader.load(key) for key in keys))
        return [record for record in found if record is not None]

    def stop(self) -> None:
        """Stop the batches still under way: nobody waits for them any more."""
        for task in tuple(self._running):
            task.cancel()
