"""A small schema to ask, and the context its operations run in."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry
from graphql import GraphQLSchema
from starlette.requests import HTTPConnection
from strawberry.scalars import JSON

from gateway.http.deadline import current_deadline
from resolvers.cost import FieldCost
from resolvers.errors import (
    BadUserInput,
    IntegrationNotFound,
    Unauthenticated,
    UpstreamRateLimited,
    UpstreamUnavailable,
)

SECRET = "hunter2"


@dataclass
class Reader:
    """The context of one operation.

    Attributes:
        library: Where it reads.
        deadline: When it has to be answered, on the loop's clock.
    """

    library: "Library"
    deadline: float | None

    def extensions(self) -> dict[str, Any]:
        """Every answer tells of one upstream request."""
        return {"cost": {"upstreamRequests": 1}, "freshness": {"stale": False}}

    def response_headers(self) -> dict[str, str]:
        """Every answer is seven seconds old."""
        return {"Age": "7"}

    def close(self) -> None:
        """Count it."""
        self.library.closed += 1


@dataclass
class Library:
    """What the tests steer and look at.

    Attributes:
        gate: What `slow` waits for.
        started: Set when `slow` runs.
        cancelled: Set when `slow` is cancelled.
        written: What was written.
        opened: The contexts that were opened, in order.
        closed: How many of them were closed again.
    """

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    written: list[str] = field(default_factory=list)
    opened: list[Reader] = field(default_factory=list)
    closed: int = 0

    async def open_context(self, connection: HTTPConnection, payload: dict[str, Any] | None) -> Reader:
        """Let in whoever does not ask to be refused."""
        refuse(connection.headers.get("x-refuse") or (payload or {}).get("refuse"))
        self.opened.append(Reader(self, current_deadline()))
        return self.opened[-1]


def refuse(reason: str | None) -> None:
    """Raise what was asked for."""
    refusals: Mapping[str, Exception] = {
        "token": Unauthenticated(),
        "integration": IntegrationNotFound(),
        "quota": UpstreamRateLimited(retry_after=2.4),
        "bug": ValueError(SECRET),
    }
    if reason:
        raise refusals[reason]


Info = strawberry.Info[Reader, None]


@strawberry.type
class Book:
    """A book."""

    title: str

    @strawberry.field
    async def sequels(self, first: int = 2) -> list["Book"]:
        """Books like it."""
        return [Book(title=f"{self.title} {number}") for number in range(first)]

    @strawberry.field
    def publisher(self) -> str | None:
        """Fails as an upstream does."""
        raise UpstreamUnavailable(retry_after=3.0)

    @strawberry.field
    def isbn(self) -> str:
        """Fails with text nobody may see, and may not be null."""
        raise ValueError(SECRET)


@strawberry.input(one_of=True)
class Key:
    """One of two keys."""

    id: strawberry.Maybe[strawberry.ID]
    title: strawberry.Maybe[str]


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field
    async def hello(self, info: Info, name: str = "world") -> str:
        """A greeting; knows its variables."""
        return f"Hello, {name}{len(info.variable_values)}"

    @strawberry.field
    def books(self, first: int = 3) -> list[Book]:
        """As many books as you like."""
        return [Book(title=f"Book {number}") for number in range(min(first, 50))]

    @strawberry.field
    def book(self, key: Key) -> Book | None:
        """A book by its key."""
        return Book(title=key.title.value if key.title else "By id")

    @strawberry.field
    def broken(self) -> str | None:
        """Fails with text nobody may see."""
        raise ValueError(SECRET)

    @strawberry.field
    def refused(self) -> str | None:
        """Fails with a known error."""
        raise BadUserInput("No such shelf.", argument="shelf")

    @strawberry.field
    async def slow(self, info: Info) -> str | None:
        """Waits for the gate."""
        info.context.library.started.set()
        try:
            await info.context.library.gate.wait()
        except asyncio.CancelledError:
            info.context.library.cancelled.set()
            raise
        return "done"

    @strawberry.field
    async def poisoned(self) -> str | None:
        """Awaits a future that somebody else cancelled."""
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future
        return None

    @strawberry.field
    def echo(self, value: JSON) -> JSON:
        """What was given."""
        return value

    @strawberry.field
    def huge(self) -> JSON:
        """An integer no JSON encoder of the quick kind takes."""
        return JSON(2**70)

    @strawberry.field
    def endless(self) -> JSON:
        """One that no encoder takes."""
        return JSON([2**70, float("inf"), 1.5])

    @strawberry.field
    def strange(self) -> JSON:
        """No JSON at all."""
        return JSON({1, 2})

    @strawberry.field
    def sum(self, numbers: list[int]) -> int:
        """The sum."""
        return min(max(sum(numbers), -(2**31)), 2**31 - 1)

    @strawberry.field
    def day(self, at: datetime) -> str:
        """The day of a moment."""
        return at.strftime("%A")

    @strawberry.field
    def long(self, characters: int = 100_000) -> str:
        """A long text."""
        return "long " * (characters // 5)


@strawberry.type
class Mutation:
    """What can be written."""

    @strawberry.mutation
    def write(self, info: Info, title: str) -> str:
        """Write a title down."""
        info.context.library.written.append(title)
        return title


@strawberry.type
class Subscription:
    """What can be listened to."""

    @strawberry.subscription
    async def count(self, to: int = 3, fail_at: int | None = None) -> AsyncGenerator[int, None]:
        """Count up."""
        for number in range(to):
            if number == fail_at:
                raise UpstreamUnavailable
            yield number

    @strawberry.subscription
    async def wait(self, info: Info) -> AsyncGenerator[str, None]:
        """Waits for the gate."""
        info.context.library.started.set()
        try:
            await info.context.library.gate.wait()
            yield "done"
        finally:
            info.context.library.cancelled.set()

    @strawberry.subscription
    async def locked(self) -> AsyncGenerator[int, None]:
        """Cannot be listened to."""
        raise BadUserInput("Locked.")
        yield 0

    @strawberry.subscription
    async def shut(self) -> AsyncGenerator[int, None]:
        """Is refused before there is anything to listen to."""
        raise BadUserInput("Shut.")


def build_schema() -> GraphQLSchema:
    """The schema, as the endpoint takes it."""
    return strawberry.Schema(Query, Mutation, Subscription)._schema  # noqa: SLF001 - the one way to graphql-core's schema


class LibraryCost:
    """Each list of books is one request, each sequel a hundredth of one for every book."""

    arguments = ("first",)

    def field_cost(self, parent_type: str, field: str, arguments: Mapping[str, Any]) -> FieldCost:
        """Books and sequels cost their page size."""
        if (parent_type, field) == ("Query", "books"):
            return FieldCost(nodes=arguments["first"], multiplier=arguments["first"], upstream=1)
        if field == "sequels":
            return FieldCost(nodes=arguments["first"], multiplier=arguments["first"], upstream_per_parent=0.01)
        return FieldCost()
