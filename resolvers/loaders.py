"""aiodataloader with its faults closed, for resolvers that ask key by key (graphql-core's leaf)."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar, cast

from aiodataloader import DataLoader

from resolvers.errors import AtsError

T = TypeVar("T")

Ask = Callable[[list[str]], Awaitable[Mapping[str, T | AtsError | None]]]
"""Distinct keys in; for each key the value, an error, or null out."""


class Loader(DataLoader[str, T | None], Generic[T]):
    """Collects the keys of one turn of the event loop and asks about them together.

    A waiter that is cancelled does not take the others with it, and a key that fails does so by itself. Nothing is
    kept here: `resolvers.answers.Answers` knows what has been answered.

    Args:
        ask: Answers keys.
    """

    cache = False

    def __init__(self, ask: Ask[T]) -> None:
        super().__init__()
        self._ask = ask

    def load(self, key: str) -> "Future[T | None]":
        """The value under `key`, or null; raises that key's own `AtsError`."""
        return cast("Future[T | None]", asyncio.shield(super().load(key)))

    async def batch_load_fn(self, keys: list[str]) -> list[T | AtsError | None]:  # type: ignore[override]  # an error is a value here
        """Answer each key, in order."""
        found = await self._ask(list(dict.fromkeys(keys)))
        return [_own(found[key]) for key in keys]


def _own(value: T | AtsError | None) -> T | AtsError | None:
    """Several keys may share one error object; each waiter gets its own, so that each gets its own path."""
    return value.again() if isinstance(value, AtsError) else value
